// Sines, cosines and tangents of every argument.
//
// x = k·π/2 + r with r in two parts: by three parts of π/2 for |x| up to 2²⁰, else with the digits
// of 2/π that matter (Payne and Hanek 1983), in the lanes that need it. Then polynomials on
// |r| up to π/4 that err by less than 2e-20.
#ifndef AFTERGLOW_TRIGONOMETRIC_H
#define AFTERGLOW_TRIGONOMETRIC_H

#ifndef AFTERGLOW_KERNEL
#include "lanes.h"
#endif

/// An argument less the nearest multiple of π/2, and which multiple, modulo 4.
typedef struct {
  afterglow_pair rest;
  afterglow_mask quadrant;
} afterglow_angle;

/// The rest of one large argument: the product with 2/π in integers, of which only 192 bits count.
static inline void afterglow_reduce_large(double x, double *high, double *low, long *quadrant) {
  // 2/π, 64 bits in each word.
  static const unsigned long digits[20] = {
      0xA2F9836E4E441529UL, 0xFC2757D1F534DDC0UL, 0xDB6295993C439041UL, 0xFE5163ABDEBBC561UL,
      0xB7246E3A424DD2E0UL, 0x06492EEA09D1921CUL, 0xFE1DEB1CB129A73EUL, 0xE88235F52EBB4484UL,
      0xE99C7026B45F7E41UL, 0x3991D639835339F4UL, 0x9C845F8BBDF9283BUL, 0x1FF897FFDE05980FUL,
      0xEF2F118B5A0A6D1FUL, 0x6D367ECF27CB09B7UL, 0x4F463F669E5FEA2DUL, 0x7527BAC7EBE5F17BUL,
      0x3D0739F78A5292EAUL, 0x6BFB5FB11F8D5D08UL, 0x56033046FC7B6BABUL, 0xF0CFBC209AF4361DUL};
  union {
    double number;
    unsigned long bits;
  } view = {x};
  unsigned long mantissa = (view.bits & 0x000FFFFFFFFFFFFFUL) | 0x0010000000000000UL;
  int exponent = (int)((view.bits >> 52) & 0x7FF) - 1023 - 52;
  // x = mantissa·2^exponent. The digits above 2^(2 − exponent) give multiples of 4.
  int skip = exponent > 2 ? exponent - 2 : 0;
  int word = skip / 64;
  int shift = skip % 64;
  unsigned long window[4];
  for (int i = 0; i < 4; i++) {
    unsigned long first = word + i < 20 ? digits[word + i] : 0;
    unsigned long second = word + i + 1 < 20 ? digits[word + i + 1] : 0;
    window[i] = shift ? (first << shift) | (second >> (64 - shift)) : first;
  }
  // The product of 53 bits and 256 bits, from below; what overflows on top is a multiple of 4.
  unsigned __int128 carry = 0;
  unsigned long product[4];
  for (int i = 3; i >= 0; i--) {
    unsigned __int128 part = (unsigned __int128)window[i] * mantissa + carry;
    product[i] = (unsigned long)part;
    carry = part >> 64;
  }
  unsigned long top = (unsigned long)carry;
  // Binary point: the window stands for digits from 2^(−skip − 1) down, so the product counts
  // units of 2^(exponent − skip − 64) in product[0]'s last bit, with top above it.
  int point = 64 - (exponent - skip);
  // Bits left of the point: the lowest two are the quadrant.
  unsigned long fraction[3];
  unsigned long whole;
  if (point >= 64) {
    int up = point - 64;
    whole = up ? (up < 64 ? top >> up : 0) : top;
    unsigned long a = up ? (top << (64 - up)) | (product[0] >> up) : product[0];
    unsigned long b = up ? (product[0] << (64 - up)) | (product[1] >> up) : product[1];
    unsigned long c = up ? (product[1] << (64 - up)) | (product[2] >> up) : product[2];
    fraction[0] = a;
    fraction[1] = b;
    fraction[2] = c;
  } else {
    int down = 64 - point;
    whole = (top << down) | (product[0] >> point);
    fraction[0] = (product[0] << down) | (product[1] >> point);
    fraction[1] = (product[1] << down) | (product[2] >> point);
    fraction[2] = (product[2] << down) | (product[3] >> point);
  }
  long count = (long)(whole & 3);
  int is_negative = 0;
  if (fraction[0] >> 63) {
    // Nearer to the next multiple: take the distance to it.
    count += 1;
    is_negative = 1;
    fraction[0] = ~fraction[0];
    fraction[1] = ~fraction[1];
    fraction[2] = ~fraction[2];
  }
  // Normalised to 128 bits behind the leading one.
  int lead = 0;
  while (lead < 128 && !(fraction[0] >> 63)) {
    fraction[0] = (fraction[0] << 1) | (fraction[1] >> 63);
    fraction[1] = (fraction[1] << 1) | (fraction[2] >> 63);
    fraction[2] <<= 1;
    lead++;
  }
  double scale = 0x1p-53;
  for (int i = 0; i < lead; i++) scale *= 0.5;
  double upper = (double)(fraction[0] >> 11) * scale;
  double lower =
      (double)(((fraction[0] & 0x7FF) << 42) | (fraction[1] >> 22)) * (scale * 0x1p-53);
  // Times π/2 in two parts.
  double a = upper * 0x1.921fb54442d18p+0;
  double b = __builtin_fma(upper, 0x1.921fb54442d18p+0, -a);
  b += upper * 0x1.1a62633145c07p-54 + lower * 0x1.921fb54442d18p+0;
  double sum = a + b;
  double rest = b - (sum - a);
  if (is_negative) {
    sum = -sum;
    rest = -rest;
  }
  if (view.bits >> 63) {
    sum = -sum;
    rest = -rest;
    count = -count;
  }
  *high = sum;
  *low = rest;
  *quadrant = count & 3;
}

/// The rest of every argument; NaN for what is not finite.
AFTERGLOW_FUNCTION afterglow_angle afterglow_reduce(afterglow_lanes x) {
  afterglow_lanes magnitude = afterglow_abs(x);
  afterglow_mask is_large = (magnitude > 0x1p20) & (magnitude < AFTERGLOW_INFINITY);
  afterglow_lanes inside = afterglow_select(is_large, AFTERGLOW_ALL(0.0), x);
  afterglow_lanes k =
      afterglow_fma(inside, AFTERGLOW_ALL(0x1.45f306dc9c883p-1), AFTERGLOW_ALL(0x1.8p52)) -
      0x1.8p52;
  // k has at most 21 bits and the first two parts of π/2 33: these products are exact.
  afterglow_lanes a = afterglow_fma(-k, AFTERGLOW_ALL(0x1.921fb54400000p+0), inside);
  afterglow_lanes b = k * 0x1.0b4611a600000p-34;
  afterglow_pair first = afterglow_sum(a, -b);
  afterglow_pair c = afterglow_product(k, AFTERGLOW_ALL(0x1.3198a2e037073p-69));
  afterglow_pair second = afterglow_sum(first.low, -c.high);
  afterglow_lanes tail =
      second.low - c.low - k * 0x1.129024e088a68p-123;
  afterglow_pair third = afterglow_sum(first.high, second.high);
  afterglow_pair rest = afterglow_fast_sum(third.high, third.low + tail);
  afterglow_mask quadrant = (afterglow_mask)(k + 0x1.8p52) & 3;
  if (__builtin_reduce_or(is_large)) {
    for (int lane = 0; lane < AFTERGLOW_LANES; lane++) {
      if (!is_large[lane]) continue;
      double high, low;
      long count;
      afterglow_reduce_large(x[lane], &high, &low, &count);
      rest.high[lane] = high;
      rest.low[lane] = low;
      quadrant[lane] = count;
    }
  }
  afterglow_mask is_finite = magnitude < AFTERGLOW_INFINITY;
  rest.high = afterglow_select(is_finite, rest.high, AFTERGLOW_NAN);
  rest.low = afterglow_select(is_finite, rest.low, AFTERGLOW_ALL(0.0));
  // Near 0 the rest is the argument itself, with its sign.
  rest.high = afterglow_select(x == 0.0, x, rest.high);
  afterglow_angle result = {rest, quadrant};
  return result;
}

/// sin r in two parts.
AFTERGLOW_FUNCTION afterglow_pair afterglow_sine_of_rest(afterglow_pair r) {
  afterglow_lanes z = r.high * r.high;
  afterglow_lanes p = AFTERGLOW_ALL(-0x1.ab177b1e72186p-41);
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.61217e74a8c33p-33));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.ae64541207023p-26));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.71de3a5460281p-19));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.a01a01a019934p-13));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.1111111111110p-7));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.5555555555555p-3));
  // sin(r + l) = sin r + l·cos r, and cos r = 1 − r²/2 is enough for l.
  afterglow_lanes low = afterglow_fma(-0.5 * z, r.low, r.low);
  return afterglow_fast_sum(r.high, afterglow_fma(p * z, r.high, low));
}

/// cos r in two parts.
AFTERGLOW_FUNCTION afterglow_pair afterglow_cosine_of_rest(afterglow_pair r) {
  afterglow_pair square = afterglow_product(r.high, r.high);
  afterglow_lanes z = square.high;
  afterglow_lanes p = AFTERGLOW_ALL(0x1.ab780beb786c2p-45);
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.9394b986a8063p-37));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.1eed8deb42fd4p-29));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.27e4fb7712a59p-22));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.a01a01a019d09p-16));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.6c16c16c16c16p-10));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.5555555555555p-5));
  afterglow_pair one = afterglow_fast_sum(AFTERGLOW_ALL(1.0), -0.5 * z);
  afterglow_lanes low = afterglow_fma(z * z, p, one.low - 0.5 * square.low);
  low = afterglow_fma(-r.high, r.low, low);
  return afterglow_fast_sum(one.high, low);
}

/// The sine.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_sin(afterglow_lanes x) {
  afterglow_angle angle = afterglow_reduce(x);
  afterglow_pair sine = afterglow_sine_of_rest(angle.rest);
  afterglow_pair cosine = afterglow_cosine_of_rest(angle.rest);
  afterglow_mask is_odd = (angle.quadrant & 1) != 0;
  afterglow_lanes value =
      afterglow_select(is_odd, cosine.high + cosine.low, sine.high + sine.low);
  value = afterglow_select((angle.quadrant & 2) != 0, -value, value);
  return afterglow_select(x == 0.0, x, value);
}

/// The cosine.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_cos(afterglow_lanes x) {
  afterglow_angle angle = afterglow_reduce(x);
  afterglow_pair sine = afterglow_sine_of_rest(angle.rest);
  afterglow_pair cosine = afterglow_cosine_of_rest(angle.rest);
  afterglow_mask is_odd = (angle.quadrant & 1) != 0;
  afterglow_lanes value =
      afterglow_select(is_odd, sine.high + sine.low, cosine.high + cosine.low);
  return afterglow_select(((angle.quadrant + 1) & 2) != 0, -value, value);
}

/// The tangent.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_tan(afterglow_lanes x) {
  afterglow_angle angle = afterglow_reduce(x);
  afterglow_pair sine = afterglow_sine_of_rest(angle.rest);
  afterglow_pair cosine = afterglow_cosine_of_rest(angle.rest);
  afterglow_mask is_odd = (angle.quadrant & 1) != 0;
  afterglow_lanes n = afterglow_select(is_odd, -cosine.high, sine.high);
  afterglow_lanes n_low = afterglow_select(is_odd, -cosine.low, sine.low);
  afterglow_lanes d = afterglow_select(is_odd, sine.high, cosine.high);
  afterglow_lanes d_low = afterglow_select(is_odd, sine.low, cosine.low);
  afterglow_lanes quotient = n / d;
  afterglow_lanes rest =
      afterglow_fma(-quotient, d_low, afterglow_fma(-quotient, d, n) + n_low);
  afterglow_lanes value = afterglow_fma(rest, afterglow_rough_reciprocal(d), quotient);
  return afterglow_select(x == 0.0, x, value);
}

#endif
