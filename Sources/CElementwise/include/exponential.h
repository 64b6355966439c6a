// Exponential functions: exp, exp2, expm1, exprel, linoid.
//
// exp by eighths of a power of two and a short polynomial (Tang 1989). The others:
// x = k·ln 2 + r with |r| at most half of ln 2; e^r − 1 by a polynomial, as an unevaluated sum of
// two numbers where a last digit would be lost otherwise (Cody and Waite 1980; Muller, Elementary
// Functions, 2016). The minimax polynomial of degree 10 for (e^r − 1 − r)/r² errs by less than
// 2.6e-18, the rounding of its coefficients included.
#ifndef AFTERGLOW_EXPONENTIAL_H
#define AFTERGLOW_EXPONENTIAL_H

#ifndef AFTERGLOW_KERNEL
#include "lanes.h"
#endif

/// (e^r − 1 − r)/r² as even + r·odd, for |r| up to 0.3467; both parts depend on r² only.
typedef struct {
  afterglow_lanes even;
  afterglow_lanes odd;
} afterglow_exponential_parts;

/// The two parts for s = r², the even one less 1/2: (cosh r − 1 − r²/2)/r⁴ and (sinh r − r)/r³.
AFTERGLOW_FUNCTION afterglow_exponential_parts afterglow_exponential_polynomial(
    afterglow_lanes s) {
  afterglow_lanes even = AFTERGLOW_ALL(0x1.1f730349868cep-29);
  even = afterglow_fma(even, s, AFTERGLOW_ALL(0x1.27e4db646b17ep-22));
  even = afterglow_fma(even, s, AFTERGLOW_ALL(0x1.a01a01a6d889cp-16));
  even = afterglow_fma(even, s, AFTERGLOW_ALL(0x1.6c16c16c162d4p-10));
  even = afterglow_fma(even, s, AFTERGLOW_ALL(0x1.5555555555556p-5));
  afterglow_lanes odd = AFTERGLOW_ALL(0x1.af4de97ca4194p-26);
  odd = afterglow_fma(odd, s, AFTERGLOW_ALL(0x1.71de0231960ebp-19));
  odd = afterglow_fma(odd, s, AFTERGLOW_ALL(0x1.a01a01abe7fe1p-13));
  odd = afterglow_fma(odd, s, AFTERGLOW_ALL(0x1.11111111100dcp-7));
  odd = afterglow_fma(odd, s, AFTERGLOW_ALL(0x1.5555555555557p-3));
  return (afterglow_exponential_parts){even, odd};
}

/// (e^r − 1 − r)/r² for |r| up to 0.3467.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_exponential_tail(afterglow_lanes r,
                                                              afterglow_lanes s) {
  afterglow_exponential_parts parts = afterglow_exponential_polynomial(s);
  return afterglow_fma(parts.odd, r, afterglow_fma(parts.even, s, AFTERGLOW_ALL(0.5)));
}

/// p·2ᵏ for whole k from −2044 to 2046, through subnormal numbers and into infinity.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_scale(afterglow_lanes p, afterglow_lanes k) {
  afterglow_lanes half = afterglow_round(k * 0.5);
  return (p * afterglow_power_of_two(half)) * afterglow_power_of_two(k - half);
}

/// k of x = k·ln 2 + r.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_exponential_count(afterglow_lanes x) {
  return afterglow_fma(x, AFTERGLOW_ALL(0x1.71547652b82fep+0), AFTERGLOW_ALL(0x1.8p52)) - 0x1.8p52;
}

/// r of x = k·ln 2 + r; the first product is exact and so is the difference.
AFTERGLOW_FUNCTION afterglow_pair afterglow_exponential_rest(afterglow_lanes x,
                                                             afterglow_lanes k) {
  afterglow_lanes exact = afterglow_fma(-k, AFTERGLOW_ALL(0x1.62e42fefa3800p-1), x);
  afterglow_lanes rest = afterglow_fma(-k, AFTERGLOW_ALL(0x1.ef35793c76730p-45), exact);
  afterglow_pair result = {
      rest, afterglow_fma(-k, AFTERGLOW_ALL(0x1.ef35793c76730p-45), exact - rest)};
  return result;
}

/// x between the least and the largest argument that make a difference; NaN stays.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_exponential_clamp(afterglow_lanes x) {
  x = afterglow_select(x > 720.0, AFTERGLOW_ALL(720.0), x);
  return afterglow_select(x < -760.0, AFTERGLOW_ALL(-760.0), x);
}

/// x = k·ln 2 + r for k a multiple of 1/8, with 2^(k − ⌊k⌋) and e^r − 1.
typedef struct {
  afterglow_lanes count;
  afterglow_lanes floor;
  afterglow_pair power;
  afterglow_lanes growth;
} afterglow_eighths;

#if defined(__AVX512F__) && AFTERGLOW_LANES % 8 == 0
// Some instructions of AVX-512 have no counterpart in the language of vectors.
#define AFTERGLOW_REGISTERS (AFTERGLOW_LANES / 8)
typedef double afterglow_register __attribute__((ext_vector_type(8)));
typedef long afterglow_register_bits __attribute__((ext_vector_type(8)));
/// Lanes, and the registers that hold them.
typedef union {
  afterglow_lanes lanes;
  afterglow_register parts[AFTERGLOW_REGISTERS];
} afterglow_parts;

/// x·2^⌊k⌋, rounded once.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_times_power(afterglow_lanes x, afterglow_lanes k) {
  afterglow_parts values = {.lanes = x};
  afterglow_parts powers = {.lanes = k};
  for (int part = 0; part < AFTERGLOW_REGISTERS; part++)
    values.parts[part] = __builtin_ia32_scalefpd512_mask(
        values.parts[part], powers.parts[part], values.parts[part], (unsigned char)-1, 4);
  return values.lanes;
}
#endif

/// The element of eight numbers that the low three bits say.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_element_of_eight(const double *numbers,
                                                              afterglow_mask bits) {
#ifdef AFTERGLOW_REGISTERS
  afterglow_register all = {numbers[0], numbers[1], numbers[2], numbers[3],
                            numbers[4], numbers[5], numbers[6], numbers[7]};
  afterglow_parts which = {.lanes = (afterglow_lanes)bits};
  afterglow_parts result;
  for (int part = 0; part < AFTERGLOW_REGISTERS; part++)
    result.parts[part] =
        __builtin_ia32_permvardf512(all, (afterglow_register_bits)which.parts[part]);
  return result.lanes;
#else
  afterglow_lanes result;
  for (int lane = 0; lane < AFTERGLOW_LANES; lane++) result[lane] = numbers[bits[lane] & 7];
  return result;
#endif
}

/// 2^(j/8) for j from 0 to 7, and what rounding them loses (Tang 1989, ACM Trans. Math. Softw. 15,
/// 144, for the method).
static const double afterglow_roots_of_two[8] = {
    0x1.0000000000000p+0, 0x1.172b83c7d517bp+0, 0x1.306fe0a31b715p+0, 0x1.4bfdad5362a27p+0,
    0x1.6a09e667f3bcdp+0, 0x1.8ace5422aa0dbp+0, 0x1.ae89f995ad3adp+0, 0x1.d5818dcfba487p+0};
static const double afterglow_rests_of_roots[8] = {
    0x0.0p+0, -0x1.19041b9d78a76p-55, 0x1.6f46ad23182e4p-55, 0x1.d4397afec42e2p-56,
    -0x1.bdd3413b26456p-54, 0x1.6e9f156864b27p-54, 0x1.7a1cd345dcc81p-54, 0x1.2ed02d75b3707p-55};

/// Splits x, of at most 2000 in magnitude; the polynomial errs by less than 1e-17.
AFTERGLOW_FUNCTION afterglow_eighths afterglow_exponential_eighths(afterglow_lanes x) {
  // Adding a number whose last digit is 1/8 rounds, and leaves 8·k in the low bits.
  afterglow_lanes shifted =
      afterglow_fma(x, AFTERGLOW_ALL(0x1.71547652b82fep+0), AFTERGLOW_ALL(0x1.8p49));
  afterglow_mask bits = (afterglow_mask)shifted;
  afterglow_lanes k = shifted - 0x1.8p49;
  afterglow_lanes exact = afterglow_fma(-k, AFTERGLOW_ALL(0x1.62e42fefa3800p-1), x);
  afterglow_lanes r = afterglow_fma(-k, AFTERGLOW_ALL(0x1.ef35793c76730p-45), exact);
  afterglow_lanes tail = AFTERGLOW_ALL(0x1.a01e3023fda39p-13);
  tail = afterglow_fma(tail, r, AFTERGLOW_ALL(0x1.6c1b75c1c8d89p-10));
  tail = afterglow_fma(tail, r, AFTERGLOW_ALL(0x1.1111110e0a799p-7));
  tail = afterglow_fma(tail, r, AFTERGLOW_ALL(0x1.5555554e867e1p-5));
  tail = afterglow_fma(tail, r, AFTERGLOW_ALL(0x1.555555555556ap-3));
  tail = afterglow_fma(tail, r, AFTERGLOW_ALL(0x1.000000000002fp-1));
  afterglow_eighths result = {
      k, (afterglow_lanes)(bits & ~7L) - 0x1.8p49,
      {afterglow_element_of_eight(afterglow_roots_of_two, bits),
       afterglow_element_of_eight(afterglow_rests_of_roots, bits)},
      afterglow_fma(tail, r * r, r)};
  return result;
}

/// e^x − 1 within 2 ulp, for steps of fixed size; beyond ±708 it stays as it is there.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_coarse_expm1(afterglow_lanes x) {
  x = afterglow_select(x > 708.0, AFTERGLOW_ALL(708.0), x);
  x = afterglow_select(x < -708.0, AFTERGLOW_ALL(-708.0), x);
  afterglow_eighths parts = afterglow_exponential_eighths(x);
  afterglow_lanes rest = afterglow_fma(parts.power.high, parts.growth, parts.power.low);
  // 2ᵏ·high − 1 is exact near 0, where k is 0 and the rest is all there is.
#ifdef AFTERGLOW_REGISTERS
  afterglow_lanes high = afterglow_times_power(parts.power.high, parts.count);
  afterglow_lanes low = afterglow_times_power(rest, parts.count);
#else
  afterglow_lanes scale = afterglow_power_of_two(parts.floor);
  afterglow_lanes high = scale * parts.power.high;
  afterglow_lanes low = scale * rest;
#endif
  return (high - 1.0) + low;
}

/// e^x.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_exp(afterglow_lanes x) {
  afterglow_eighths parts = afterglow_exponential_eighths(afterglow_exponential_clamp(x));
  afterglow_lanes p =
      afterglow_fma(parts.power.high, parts.growth, parts.power.low) + parts.power.high;
#ifdef AFTERGLOW_REGISTERS
  // One instruction, rounded once, as below.
  return afterglow_times_power(p, parts.count);
#else
  // Two factors in place of one: the first is 2^(k/2), rounded, and its product exact; neither
  // overflows.
  afterglow_lanes k = parts.floor;
  afterglow_lanes half = (k * 0.5 + 0x1.8p52) - 0x1.8p52;
  return (p * afterglow_power_of_two(half)) * afterglow_power_of_two(k - half);
#endif
}

/// 2^x.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_exp2(afterglow_lanes x) {
  x = afterglow_select(x > 1026.0, AFTERGLOW_ALL(1026.0), x);
  x = afterglow_select(x < -1077.0, AFTERGLOW_ALL(-1077.0), x);
  afterglow_lanes k = (x + 0x1.8p52) - 0x1.8p52;
  afterglow_lanes f = x - k;
  afterglow_lanes r = f * 0x1.62e42fefa39efp-1;
  afterglow_lanes low = afterglow_fma(f, AFTERGLOW_ALL(0x1.62e42fefa39efp-1), -r);
  low = afterglow_fma(f, AFTERGLOW_ALL(0x1.abc9e3b39803fp-56), low);
  afterglow_lanes s = r * r;
  afterglow_lanes p = (afterglow_fma(afterglow_exponential_tail(r, s), s, low) + r) + 1.0;
  return afterglow_scale(p, k);
}

/// e^r − 1 for a rest in two parts: r + r²/2 without loss, then the small terms.
AFTERGLOW_FUNCTION afterglow_pair afterglow_exponential_less_one(afterglow_pair r) {
  afterglow_lanes square = r.high * r.high;
  afterglow_exponential_parts parts = afterglow_exponential_polynomial(square);
  afterglow_lanes tail = afterglow_fma(parts.odd, r.high, parts.even * square);
  afterglow_lanes half = 0.5 * square;
  // What r²/2 lost in rounding, and r.low·(1 + r).
  afterglow_lanes lost = afterglow_fma(0.5 * r.high, r.high, -half);
  afterglow_lanes low = r.low + afterglow_fma(r.low, r.high, afterglow_fma(tail, square, lost));
  afterglow_pair sum = afterglow_fast_sum(r.high, half);
  return afterglow_fast_sum(sum.high, sum.low + low);
}

/// e^x − 1 in two parts, for x up to 709.
AFTERGLOW_FUNCTION afterglow_pair afterglow_expm1_pair(afterglow_lanes x) {
  afterglow_lanes k = afterglow_exponential_count(x);
  afterglow_pair m = afterglow_exponential_less_one(afterglow_exponential_rest(x, k));
  afterglow_lanes scale = afterglow_power_of_two(k);
  // (2ᵏ − 1) + 2ᵏ·m; the product is exact, and |m| below 0.42 makes it the smaller one.
  afterglow_pair less = afterglow_sum(scale, AFTERGLOW_ALL(-1.0));
  afterglow_pair sum = afterglow_fast_sum(less.high, scale * m.high);
  sum.low = afterglow_fma(scale, m.low, sum.low + less.low);
  return sum;
}

/// e^x as (high + low)·2ᵏ, for the ends of the range, where e^x itself is no number any more.
typedef struct {
  afterglow_pair mantissa;
  afterglow_lanes exponent;
} afterglow_scaled;

/// e^x for x from −760 to 720.
AFTERGLOW_FUNCTION afterglow_scaled afterglow_exp_scaled(afterglow_lanes x) {
  afterglow_lanes k = afterglow_exponential_count(x);
  afterglow_pair m = afterglow_exponential_less_one(afterglow_exponential_rest(x, k));
  afterglow_pair p = afterglow_fast_sum(AFTERGLOW_ALL(1.0), m.high);
  p.low += m.low;
  afterglow_scaled result = {p, k};
  return result;
}

/// e^x − 1.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_expm1(afterglow_lanes x) {
  // Where 2ᵏ could be no number any more, in units of 2⁸: the 1 is long lost there.
  afterglow_lanes inside = afterglow_select(x > 712.0, AFTERGLOW_ALL(712.0), x);
  inside = afterglow_select(inside < -40.0, AFTERGLOW_ALL(-40.0), inside);
  afterglow_lanes k = afterglow_exponential_count(inside);
  afterglow_pair m = afterglow_exponential_less_one(afterglow_exponential_rest(inside, k));
  afterglow_mask is_large = k > 1000.0;
  afterglow_lanes scale = afterglow_power_of_two(afterglow_select(is_large, k - 8.0, k));
  afterglow_pair less = afterglow_sum(scale, AFTERGLOW_ALL(-1.0));
  afterglow_pair sum = afterglow_fast_sum(less.high, scale * m.high);
  afterglow_lanes value = sum.high + afterglow_fma(scale, m.low, sum.low + less.low);
  value = afterglow_select(is_large, value * 256.0, value);
  return afterglow_select(x == 0.0, x, value);
}

/// (e^x − 1)/x, which is 1 at 0.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_exprel(afterglow_lanes x) {
  afterglow_mask is_large = x > 708.0;
  afterglow_mask is_small = x < -40.0;
  afterglow_mask is_tiny = afterglow_abs(x) < 0x1p-54;
  afterglow_lanes inside =
      afterglow_select(is_large | is_small | is_tiny, AFTERGLOW_ALL(1.0), x);
  afterglow_pair pair = afterglow_expm1_pair(inside);
  afterglow_lanes quotient = pair.high / inside;
  afterglow_lanes rest = afterglow_fma(-quotient, inside, pair.high) + pair.low;
  afterglow_lanes result =
      afterglow_fma(rest, afterglow_rough_reciprocal(inside), quotient);
  result = afterglow_select(is_tiny, AFTERGLOW_ALL(1.0), result);
  if (!__builtin_reduce_or(is_large)) return afterglow_select(is_small, -1.0 / x, result);
  // e^x/x where e^x is near the largest number; other lanes keep what they have.
  afterglow_lanes top =
      afterglow_select(is_large, afterglow_exponential_clamp(x), AFTERGLOW_ALL(1.0));
  afterglow_scaled e = afterglow_exp_scaled(top);
  afterglow_lanes ratio = e.mantissa.high / top;
  afterglow_lanes ratio_rest =
      afterglow_fma(-ratio, top, e.mantissa.high) + e.mantissa.low;
  ratio = afterglow_fma(ratio_rest, afterglow_rough_reciprocal(top), ratio);
  result = afterglow_select(is_large, afterglow_scale(ratio, e.exponent), result);
  return afterglow_select(is_small, -1.0 / x, result);
}

/// x/(e^x − 1), which is 1 at 0: the linoid rate of ion channels.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_linoid(afterglow_lanes x) {
  afterglow_mask is_large = x > 708.0;
  afterglow_mask is_small = x < -40.0;
  afterglow_mask is_tiny = afterglow_abs(x) < 0x1p-54;
  afterglow_lanes inside =
      afterglow_select(is_large | is_small | is_tiny, AFTERGLOW_ALL(1.0), x);
  afterglow_pair pair = afterglow_expm1_pair(inside);
  afterglow_lanes quotient = inside / pair.high;
  afterglow_lanes rest =
      afterglow_fma(-quotient, pair.low, afterglow_fma(-quotient, pair.high, inside));
  afterglow_lanes result =
      afterglow_fma(rest, afterglow_rough_reciprocal(pair.high), quotient);
  result = afterglow_select(is_tiny, AFTERGLOW_ALL(1.0), result);
  if (!__builtin_reduce_or(is_large)) return afterglow_select(is_small, -x, result);
  // x·e^−x where e^x is near the largest number; other lanes keep what they have.
  afterglow_lanes bottom =
      afterglow_select(is_large, afterglow_exponential_clamp(-x), AFTERGLOW_ALL(-1.0));
  afterglow_scaled e = afterglow_exp_scaled(bottom);
  afterglow_pair product = afterglow_product(-bottom, e.mantissa.high);
  product.low = afterglow_fma(-bottom, e.mantissa.low, product.low);
  afterglow_lanes large = afterglow_scale(product.high + product.low, e.exponent);
  result = afterglow_select(is_large, large, result);
  return afterglow_select(is_small, -x, result);
}

#endif
