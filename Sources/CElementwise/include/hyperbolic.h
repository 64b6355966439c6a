// Hyperbolic functions by e^x − 1 in two parts.
#ifndef AFTERGLOW_HYPERBOLIC_H
#define AFTERGLOW_HYPERBOLIC_H

#ifndef AFTERGLOW_KERNEL
#include "exponential.h"
#endif

/// (e^a − 1) − (e^−a − 1) = t + t/(t + 1), halved, for a up to 22; t in two parts.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_sinh(afterglow_lanes x) {
  afterglow_lanes a = afterglow_abs(x);
  afterglow_mask is_large = a > 22.0;
  afterglow_lanes inside = afterglow_select(is_large, AFTERGLOW_ALL(0.0), a);
  afterglow_pair t = afterglow_expm1_pair(inside);
  afterglow_pair d = afterglow_sum(AFTERGLOW_ALL(1.0), t.high);
  afterglow_lanes d_low = d.low + t.low;
  afterglow_lanes quotient = t.high / d.high;
  afterglow_lanes rest =
      afterglow_fma(-quotient, d_low, afterglow_fma(-quotient, d.high, t.high) + t.low);
  afterglow_lanes q_low = rest * afterglow_rough_reciprocal(d.high);
  afterglow_pair sum = afterglow_fast_sum(t.high, quotient);
  afterglow_lanes small = 0.5 * (sum.high + (sum.low + (t.low + q_low)));
  // e^a/2 without overflow before sinh itself overflows.
  afterglow_lanes bounded = afterglow_select(a > 712.0, AFTERGLOW_ALL(712.0), a);
  afterglow_scaled e = afterglow_exp_scaled(bounded);
  afterglow_lanes large =
      afterglow_scale(e.mantissa.high + e.mantissa.low, e.exponent - 1.0);
  afterglow_lanes value = afterglow_select(is_large, large, small);
  value = afterglow_select(x != x, x, value);
  return afterglow_select(a < 0x1p-28, x, afterglow_with_sign(value, x));
}

/// (e^a + e^−a)/2.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_cosh(afterglow_lanes x) {
  afterglow_lanes a = afterglow_abs(x);
  afterglow_lanes bounded = afterglow_select(a > 712.0, AFTERGLOW_ALL(712.0), a);
  afterglow_scaled e = afterglow_exp_scaled(bounded);
  afterglow_pair p = e.mantissa;
  // In units of 2^(k−1): p + 2^(−2k)/p, of which the second counts only while k is small.
  afterglow_lanes k = afterglow_select(e.exponent > 200.0, AFTERGLOW_ALL(200.0), e.exponent);
  afterglow_lanes inverse = afterglow_power_of_two(-2.0 * k) / p.high;
  afterglow_pair sum = afterglow_fast_sum(p.high, inverse);
  afterglow_lanes value = afterglow_scale(sum.high + (sum.low + p.low), e.exponent - 1.0);
  return afterglow_select(x != x, x, value);
}

/// t/(t + 2) with t = e^(2a) − 1.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_tanh(afterglow_lanes x) {
  afterglow_lanes a = afterglow_abs(x);
  afterglow_mask is_large = a > 22.0;
  afterglow_lanes inside = afterglow_select(is_large, AFTERGLOW_ALL(0.0), a);
  afterglow_pair t = afterglow_expm1_pair(2.0 * inside);
  afterglow_pair d = afterglow_sum(AFTERGLOW_ALL(2.0), t.high);
  afterglow_lanes d_low = d.low + t.low;
  afterglow_lanes quotient = t.high / d.high;
  afterglow_lanes rest =
      afterglow_fma(-quotient, d_low, afterglow_fma(-quotient, d.high, t.high) + t.low);
  afterglow_lanes value =
      afterglow_fma(rest, afterglow_rough_reciprocal(d.high), quotient);
  value = afterglow_select(is_large, AFTERGLOW_ALL(1.0), value);
  value = afterglow_select(x != x, x, value);
  return afterglow_select(a < 0x1p-28, x, afterglow_with_sign(value, x));
}

#endif
