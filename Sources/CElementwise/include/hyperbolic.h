// Hyperbolic functions, with |x| = k·ln 2 + r as for the exponential function.
//
// sinh and cosh by their addition theorems, so that nothing is divided; tanh as a quotient of sums
// in two parts. Each sum begins with its largest term, whose rounding error is kept.
#ifndef AFTERGLOW_HYPERBOLIC_H
#define AFTERGLOW_HYPERBOLIC_H

#ifndef AFTERGLOW_KERNEL
#include "exponential.h"
#endif

/// 2^(1 − k) times the hyperbolic sine or cosine of |x|, and k − 1.
typedef struct {
  afterglow_lanes value;
  afterglow_lanes exponent;
} afterglow_hyperbolic;

/// first·(1 + cosh r − 1) + second·sinh r, where first and second are 1 − 2^(−2k) and 1 + 2^(−2k)
/// for the sine and the other way round for the cosine.
AFTERGLOW_FUNCTION afterglow_hyperbolic afterglow_hyperbolic_sum(afterglow_lanes x, double sign) {
  afterglow_lanes a = afterglow_abs(x);
  a = afterglow_select(a > 712.0, AFTERGLOW_ALL(712.0), a);
  afterglow_lanes k = afterglow_exponential_count(a);
  afterglow_pair r = afterglow_exponential_rest(a, k);
  // From k = 40 on the second power makes no difference.
  afterglow_lanes bounded = afterglow_select(k > 40.0, AFTERGLOW_ALL(40.0), k);
  afterglow_lanes small = sign * afterglow_power_of_two(-2.0 * bounded);
  afterglow_lanes first = 1.0 + small;
  afterglow_lanes lost = small - (first - 1.0);
  afterglow_lanes second = 1.0 - small;
  afterglow_lanes square = r.high * r.high;
  afterglow_exponential_parts parts = afterglow_exponential_polynomial(square);
  afterglow_lanes cosine = afterglow_fma(parts.even * square, square, 0.5 * square);
  afterglow_lanes sine_low = afterglow_fma(parts.odd * square, r.high, r.low);
  afterglow_pair product = afterglow_product(second, r.high);
  afterglow_pair sum = afterglow_fast_sum(first, product.high);
  afterglow_lanes low = afterglow_fma(second, sine_low, (sum.low + lost) + product.low);
  return (afterglow_hyperbolic){sum.high + afterglow_fma(first, cosine, low), k - 1.0};
}

/// The hyperbolic sine.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_sinh(afterglow_lanes x) {
  afterglow_hyperbolic sine = afterglow_hyperbolic_sum(x, -1.0);
  return afterglow_with_sign(afterglow_scale(sine.value, sine.exponent), x);
}

/// The hyperbolic cosine.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_cosh(afterglow_lanes x) {
  afterglow_hyperbolic cosine = afterglow_hyperbolic_sum(x, 1.0);
  return afterglow_scale(cosine.value, cosine.exponent);
}

/// (e^2a − 1)/(e^2a + 1).
AFTERGLOW_FUNCTION afterglow_lanes afterglow_tanh(afterglow_lanes x) {
  afterglow_lanes a = afterglow_abs(x);
  // From 19.1 on the result rounds to 1.
  a = 2.0 * afterglow_select(a > 22.0, AFTERGLOW_ALL(22.0), a);
  afterglow_lanes k = afterglow_exponential_count(a);
  afterglow_pair m = afterglow_exponential_less_one(afterglow_exponential_rest(a, k));
  afterglow_lanes scale = afterglow_power_of_two(k);
  afterglow_lanes product = scale * m.high;
  // 2ᵏ − 1 and 2ᵏ + 1 without loss; both are the larger part of their sums.
  afterglow_pair less = afterglow_fast_sum(scale, AFTERGLOW_ALL(-1.0));
  afterglow_pair more = afterglow_fast_sum(scale, AFTERGLOW_ALL(1.0));
  afterglow_pair n = afterglow_fast_sum(less.high, product);
  afterglow_pair d = afterglow_fast_sum(more.high, product);
  n.low = afterglow_fma(scale, m.low, n.low + less.low);
  d.low = afterglow_fma(scale, m.low, d.low + more.low);
  afterglow_lanes quotient = n.high / d.high;
  afterglow_lanes rest =
      afterglow_fma(-quotient, d.low, afterglow_fma(-quotient, d.high, n.high) + n.low);
  afterglow_lanes value = afterglow_fma(rest, afterglow_rough_reciprocal(d.high), quotient);
  return afterglow_with_sign(value, x);
}

#endif
