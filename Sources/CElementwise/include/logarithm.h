// Logarithms and powers: log, log2, log10, log1p, pow, cbrt.
//
// x = 2ᵉ·m with m between √½ and √2, s = (m − 1)/(m + 1) in two parts, and
// log m = 2s + (2/3)s³ + s⁵·R(s²) with the first two terms in two parts: about 66 correct bits,
// which a power needs. The polynomial R of degree 7 errs by less than 1.9e-18.
#ifndef AFTERGLOW_LOGARITHM_H
#define AFTERGLOW_LOGARITHM_H

#ifndef AFTERGLOW_KERNEL
#include "exponential.h"
#endif

/// A positive number as 2ᵉ·m with m between √½ and √2.
typedef struct {
  afterglow_lanes exponent;
  afterglow_lanes mantissa;
} afterglow_split;

/// Splits positive numbers, subnormal ones too.
AFTERGLOW_FUNCTION afterglow_split afterglow_split_positive(afterglow_lanes x) {
  afterglow_mask is_subnormal = x < 0x1p-1022;
  x = afterglow_select(is_subnormal, x * 0x1p54, x);
  afterglow_mask bits = (afterglow_mask)x;
  // Adding the distance from √½ to 1 lets the exponent turn over at √2.
  afterglow_mask shifted = bits + (0x3FF0000000000000L - 0x3FE6A09E667F3BCDL);
  afterglow_mask count = (shifted >> 52) - 1023;
  afterglow_mask mantissa = (shifted & 0x000FFFFFFFFFFFFFL) + 0x3FE6A09E667F3BCDL;
  afterglow_lanes exponent = __builtin_convertvector(count, afterglow_lanes);
  afterglow_split result = {
      exponent - afterglow_select(is_subnormal, AFTERGLOW_ALL(54.0), AFTERGLOW_ALL(0.0)),
      (afterglow_lanes)mantissa};
  return result;
}

/// log(1 + f) in two parts, for a pair f between √½ − 1 and √2 − 1.
AFTERGLOW_FUNCTION afterglow_pair afterglow_log_near_one(afterglow_pair f) {
  afterglow_pair d = afterglow_fast_sum(AFTERGLOW_ALL(2.0), f.high);
  afterglow_lanes reciprocal = 1.0 / d.high;
  afterglow_lanes s = f.high * reciprocal;
  afterglow_lanes rest = afterglow_fma(-s, d.high, f.high);
  afterglow_lanes s_low = (rest + afterglow_fma(-s, d.low + f.low, f.low)) * reciprocal;
  afterglow_pair square = afterglow_product(s, s);
  afterglow_lanes square_low = afterglow_fma(2.0 * s, s_low, square.low);
  afterglow_lanes z = square.high;
  afterglow_lanes p = AFTERGLOW_ALL(0x1.e03770765d720p-4);
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.df7bec727b1b0p-4));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.1118cc02cb79ap-3));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.3b1395beb5ad0p-3));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.745d177ac47d7p-3));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.c71c71c6ea6c8p-3));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.2492492492522p-2));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.999999999999ap-2));
  // c = 2/3 + s²·p, then s²·c, then 2s + s·(s²·c), each in two parts.
  afterglow_lanes zp = z * p;
  afterglow_pair c = afterglow_fast_sum(AFTERGLOW_ALL(0x1.5555555555555p-1), zp);
  c.low += 0x1.5555555555555p-55 + afterglow_fma(square_low, p, afterglow_fma(z, p, -zp));
  afterglow_pair zc = afterglow_product(z, c.high);
  zc.low += afterglow_fma(z, c.low, square_low * c.high);
  afterglow_pair szc = afterglow_product(s, zc.high);
  szc.low += afterglow_fma(s, zc.low, s_low * zc.high);
  afterglow_pair sum = afterglow_fast_sum(2.0 * s, szc.high);
  return afterglow_fast_sum(sum.high, sum.low + afterglow_fma(AFTERGLOW_ALL(2.0), s_low, szc.low));
}

/// log of a positive finite number in two parts.
AFTERGLOW_FUNCTION afterglow_pair afterglow_log_pair(afterglow_lanes x) {
  afterglow_split split = afterglow_split_positive(x);
  afterglow_pair f = {split.mantissa - 1.0, AFTERGLOW_ALL(0.0)};
  afterglow_pair m = afterglow_log_near_one(f);
  afterglow_lanes e = split.exponent;
  // e times the upper part of ln 2 is exact.
  afterglow_pair sum = afterglow_sum(e * 0x1.62e42fefa3800p-1, m.high);
  return afterglow_fast_sum(
      sum.high, sum.low + afterglow_fma(e, AFTERGLOW_ALL(0x1.ef35793c76730p-45), m.low));
}

/// The special values of a logarithm around the value for positive finite numbers.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_log_special(afterglow_lanes x,
                                                         afterglow_lanes value) {
  value = afterglow_select(x == AFTERGLOW_INFINITY, x, value);
  value = afterglow_select(x == 0.0, -AFTERGLOW_INFINITY, value);
  value = afterglow_select(x < 0.0, AFTERGLOW_NAN, value);
  return afterglow_select(x != x, x, value);
}

/// x where it is positive and finite, else 1.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_positive_finite(afterglow_lanes x) {
  return afterglow_select((x > 0.0) & (x < AFTERGLOW_INFINITY), x, AFTERGLOW_ALL(1.0));
}

/// The natural logarithm.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_log(afterglow_lanes x) {
  afterglow_pair pair = afterglow_log_pair(afterglow_positive_finite(x));
  return afterglow_log_special(x, pair.high + pair.low);
}

/// The logarithm to another base, whose reciprocal logarithm comes in two parts.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_log_of_base(afterglow_lanes x, double factor,
                                                         double factor_low) {
  afterglow_pair pair = afterglow_log_pair(afterglow_positive_finite(x));
  afterglow_pair product = afterglow_product(pair.high, AFTERGLOW_ALL(factor));
  afterglow_lanes low = afterglow_fma(pair.low, AFTERGLOW_ALL(factor), product.low);
  low = afterglow_fma(pair.high, AFTERGLOW_ALL(factor_low), low);
  return afterglow_log_special(x, product.high + low);
}

/// The binary logarithm.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_log2(afterglow_lanes x) {
  return afterglow_log_of_base(x, 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56);
}

/// The decimal logarithm.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_log10(afterglow_lanes x) {
  return afterglow_log_of_base(x, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57);
}

/// log(1 + x).
AFTERGLOW_FUNCTION afterglow_lanes afterglow_log1p(afterglow_lanes x) {
  afterglow_mask is_usual = (x > -1.0) & (x < AFTERGLOW_INFINITY);
  afterglow_lanes inside = afterglow_select(is_usual, x, AFTERGLOW_ALL(1.0));
  afterglow_pair u = afterglow_sum(AFTERGLOW_ALL(1.0), inside);
  afterglow_split split = afterglow_split_positive(u.high);
  afterglow_lanes e = split.exponent;
  // 2^−e, which is exact: e is far from the ends but for huge x, whose lower part is 0 then.
  afterglow_lanes bounded = afterglow_select(e > 1000.0, AFTERGLOW_ALL(1000.0), e);
  afterglow_lanes low = u.low * afterglow_power_of_two(-bounded);
  afterglow_pair f = afterglow_sum(split.mantissa - 1.0, low);
  afterglow_pair m = afterglow_log_near_one(f);
  afterglow_pair sum = afterglow_sum(e * 0x1.62e42fefa3800p-1, m.high);
  afterglow_lanes result =
      sum.high + (sum.low + afterglow_fma(e, AFTERGLOW_ALL(0x1.ef35793c76730p-45), m.low));
  result = afterglow_select(afterglow_abs(x) < 0x1p-54, x, result);
  result = afterglow_select(x == AFTERGLOW_INFINITY, x, result);
  result = afterglow_select(x == -1.0, -AFTERGLOW_INFINITY, result);
  result = afterglow_select(x < -1.0, AFTERGLOW_NAN, result);
  return afterglow_select(x != x, x, result);
}

/// e^(high + low), for a sum of any size.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_exp_of_pair(afterglow_pair x) {
  afterglow_mask is_outside = (x.high > 720.0) | (x.high < -760.0);
  afterglow_lanes low = afterglow_select(is_outside, AFTERGLOW_ALL(0.0), x.low);
  afterglow_lanes high = afterglow_exponential_clamp(x.high);
  afterglow_lanes k = afterglow_exponential_count(high);
  afterglow_pair r = afterglow_exponential_rest(high, k);
  r = afterglow_fast_sum(r.high, r.low + low);
  afterglow_pair m = afterglow_exponential_less_one(r);
  afterglow_pair p = afterglow_fast_sum(AFTERGLOW_ALL(1.0), m.high);
  return afterglow_scale(p.high + (p.low + m.low), k);
}

/// x^y with the special values of C.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_pow(afterglow_lanes x, afterglow_lanes y) {
  afterglow_lanes magnitude = afterglow_abs(x);
  afterglow_pair l = afterglow_log_pair(afterglow_positive_finite(magnitude));
  // Beyond 2^64 only the sign of y counts, and the product must not overflow in its lower part.
  afterglow_lanes bounded = afterglow_select(afterglow_abs(y) > 0x1p64,
                                             afterglow_with_sign(AFTERGLOW_ALL(0x1p64), y), y);
  afterglow_pair product = afterglow_product(bounded, l.high);
  afterglow_pair exponent = {product.high, afterglow_fma(bounded, l.low, product.low)};
  afterglow_lanes result = afterglow_exp_of_pair(exponent);

  afterglow_mask y_is_infinite = afterglow_abs(y) == AFTERGLOW_INFINITY;
  afterglow_mask y_is_whole = (afterglow_floor(y) == y) | y_is_infinite;
  afterglow_lanes y_half = y * 0.5;
  afterglow_mask y_is_odd =
      y_is_whole & (afterglow_abs(y) < 0x1p53) & (afterglow_floor(y_half) != y_half);
  afterglow_mask is_huge = magnitude == AFTERGLOW_INFINITY;
  afterglow_mask is_zero = magnitude == 0.0;
  afterglow_lanes up = AFTERGLOW_INFINITY;
  afterglow_lanes nothing = AFTERGLOW_ALL(0.0);
  result = afterglow_select(is_huge, afterglow_select(y > 0.0, up, nothing), result);
  result = afterglow_select(is_zero, afterglow_select(y > 0.0, nothing, up), result);
  afterglow_mask grows = ((magnitude > 1.0) & (y > 0.0)) | ((magnitude < 1.0) & (y < 0.0));
  result = afterglow_select(
      y_is_infinite & (magnitude == magnitude),
      afterglow_select(magnitude == 1.0, AFTERGLOW_ALL(1.0), afterglow_select(grows, up, nothing)),
      result);
  afterglow_mask x_is_negative = (afterglow_mask)x < 0;
  result = afterglow_select(x_is_negative & y_is_odd, -result, result);
  afterglow_mask has_no_value =
      x_is_negative & ~y_is_whole & ~is_zero & ~is_huge & (x == x);
  result = afterglow_select(has_no_value, AFTERGLOW_NAN, result);
  result = afterglow_select((x != x) | (y != y), x + y, result);
  return afterglow_select((x == 1.0) | (y == 0.0), AFTERGLOW_ALL(1.0), result);
}

/// The cube root.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_cbrt(afterglow_lanes x) {
  afterglow_lanes magnitude = afterglow_positive_finite(afterglow_abs(x));
  afterglow_mask is_small = magnitude < 0x1p-400;
  afterglow_mask is_large = magnitude > 0x1p400;
  afterglow_lanes a = afterglow_select(is_small, magnitude * 0x1p600, magnitude);
  a = afterglow_select(is_large, magnitude * 0x1p-600, a);
  // A third of the exponent for a start, good to 5 %.
  afterglow_mask bits = (afterglow_mask)a;
  afterglow_lanes third = __builtin_convertvector(bits >> 20, afterglow_lanes) * (1.0 / 3.0);
  afterglow_mask start = __builtin_convertvector(third, afterglow_mask) << 20;
  afterglow_lanes y = (afterglow_lanes)(start + 0x2A9F789300000000L);
  // Halley's iteration multiplies the digits by three: 5 %, 1e-4, 1e-13.
  for (int round = 0; round < 3; round++) {
    afterglow_lanes cube = y * y * y;
    y = y * (cube + 2.0 * a) / (2.0 * cube + a);
  }
  // One Newton step with the residual without loss.
  afterglow_pair square = afterglow_product(y, y);
  afterglow_pair cube = afterglow_product(square.high, y);
  afterglow_lanes residual = (cube.high - a) + afterglow_fma(square.low, y, cube.low);
  y = y - residual / (3.0 * square.high);
  y = afterglow_select(is_small, y * 0x1p-200, y);
  y = afterglow_select(is_large, y * 0x1p200, y);
  y = afterglow_with_sign(y, x);
  afterglow_mask is_usual = (afterglow_abs(x) > 0.0) & (afterglow_abs(x) < AFTERGLOW_INFINITY);
  return afterglow_select(is_usual, y, x);
}

#endif
