// Lanes: vectors of doubles on which every function here works element by element.
//
// The same text is imported by the interpreter and put in front of every native kernel. The bits
// of a result must not depend on the machine, the number of lanes or the optimiser, so there is
// no contraction, no approximate instruction, and no branch that changes a lane's result
// because of its neighbours; fused multiply-adds are written where they are meant.
#ifndef AFTERGLOW_LANES_H
#define AFTERGLOW_LANES_H

#pragma clang fp contract(off)
// The vectors are wider than the baseline's registers; nothing here is called across a binary.
#pragma clang diagnostic ignored "-Wpsabi"

#ifndef AFTERGLOW_LANES
#define AFTERGLOW_LANES 8
#endif

/// One number in each lane.
typedef double afterglow_lanes __attribute__((ext_vector_type(AFTERGLOW_LANES)));
/// All bits of a lane set for true, none for false.
typedef long afterglow_mask __attribute__((ext_vector_type(AFTERGLOW_LANES)));

// In large kernels the compiler decides, which keeps its own work small.
#ifdef AFTERGLOW_LARGE
#define AFTERGLOW_FUNCTION static inline
#else
#define AFTERGLOW_FUNCTION static inline __attribute__((always_inline))
#endif
#define AFTERGLOW_ALL(x) ((afterglow_lanes)(x))
#define AFTERGLOW_NAN AFTERGLOW_ALL(__builtin_nan(""))
#define AFTERGLOW_INFINITY AFTERGLOW_ALL(__builtin_inf())

/// The unevaluated sum of two numbers, the second below half a last digit of the first.
typedef struct {
  afterglow_lanes high;
  afterglow_lanes low;
} afterglow_pair;

/// The second where the first is true, else the third.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_select(afterglow_mask condition, afterglow_lanes a,
                                                    afterglow_lanes b) {
  return condition ? a : b;
}

/// a·b + c, rounded once.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_fma(afterglow_lanes a, afterglow_lanes b,
                                                 afterglow_lanes c) {
  return __builtin_elementwise_fma(a, b, c);
}

/// The magnitude.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_abs(afterglow_lanes x) {
  return (afterglow_lanes)((afterglow_mask)x & 0x7FFFFFFFFFFFFFFFL);
}

/// The magnitude of the first with the sign of the second.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_with_sign(afterglow_lanes magnitude,
                                                       afterglow_lanes sign) {
  return (afterglow_lanes)(((afterglow_mask)magnitude & 0x7FFFFFFFFFFFFFFFL) |
                           ((afterglow_mask)sign & (-0x7FFFFFFFFFFFFFFFL - 1)));
}

/// −1, 0 or 1; NaN stays NaN.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_sign(afterglow_lanes x) {
  afterglow_lanes positive = afterglow_select(x > 0.0, AFTERGLOW_ALL(1.0), x);
  return afterglow_select(x < 0.0, AFTERGLOW_ALL(-1.0), positive);
}

/// The smaller of two; NaN if one is.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_min(afterglow_lanes a, afterglow_lanes b) {
  return afterglow_select((a < b) | (a != a), a, b);
}

/// The larger of two; NaN if one is.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_max(afterglow_lanes a, afterglow_lanes b) {
  return afterglow_select((a > b) | (a != a), a, b);
}

/// The root, correctly rounded.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_sqrt(afterglow_lanes x) {
  return __builtin_elementwise_sqrt(x);
}

/// The nearest whole number, halves to the even one.
///
/// Adding and taking away 2⁵² rounds away the fraction of a magnitude below 2⁵²; what is larger is
/// whole already.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_round(afterglow_lanes x) {
  afterglow_lanes a = afterglow_abs(x);
  afterglow_lanes whole = (a + 0x1p52) - 0x1p52;
  return afterglow_select(a < 0x1p52, afterglow_with_sign(whole, x), x);
}

/// The largest whole number that is not larger.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_floor(afterglow_lanes x) {
  afterglow_lanes whole = afterglow_round(x);
  afterglow_lanes lower = afterglow_select(whole > x, whole - 1.0, whole);
  return afterglow_with_sign(lower, x);
}

/// The smallest whole number that is not smaller.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_ceil(afterglow_lanes x) {
  afterglow_lanes whole = afterglow_round(x);
  afterglow_lanes upper = afterglow_select(whole < x, whole + 1.0, whole);
  return afterglow_with_sign(upper, x);
}

/// a + b without loss, for |a| at least |b| (Dekker 1971).
AFTERGLOW_FUNCTION afterglow_pair afterglow_fast_sum(afterglow_lanes a, afterglow_lanes b) {
  afterglow_lanes high = a + b;
  afterglow_pair result = {high, b - (high - a)};
  return result;
}

/// a + b without loss (Knuth 1969).
AFTERGLOW_FUNCTION afterglow_pair afterglow_sum(afterglow_lanes a, afterglow_lanes b) {
  afterglow_lanes high = a + b;
  afterglow_lanes part = high - a;
  afterglow_pair result = {high, (a - (high - part)) + (b - part)};
  return result;
}

/// a·b without loss.
AFTERGLOW_FUNCTION afterglow_pair afterglow_product(afterglow_lanes a, afterglow_lanes b) {
  afterglow_lanes high = a * b;
  afterglow_pair result = {high, afterglow_fma(a, b, -high)};
  return result;
}

/// 1/x to about 12 %, either sign, for normal numbers: enough to correct a last digit.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_rough_reciprocal(afterglow_lanes x) {
  afterglow_mask bits = 0x7FDE623822FC16E6L - ((afterglow_mask)x & 0x7FFFFFFFFFFFFFFFL);
  return afterglow_with_sign((afterglow_lanes)bits, x);
}

/// 2ᵏ for whole k from −1022 to 1023, given as a number.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_power_of_two(afterglow_lanes k) {
  return (afterglow_lanes)(((afterglow_mask)(k + 0x1.8p52) << 52) + 0x3FF0000000000000L);
}

#endif
