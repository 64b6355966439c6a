// Random numbers that are a function of a counter and a key, and of nothing else.
//
// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): ten rounds of two 32-bit products each. The
// counter says which number, the key which stream; there is no state to keep, split or share.
#ifndef AFTERGLOW_RANDOM_H
#define AFTERGLOW_RANDOM_H

#ifndef AFTERGLOW_KERNEL
#include "exponential.h"
#include "lanes.h"
#include "logarithm.h"
#include "trigonometric.h"
#endif

/// 64 bits in each lane.
typedef unsigned long afterglow_bits __attribute__((ext_vector_type(AFTERGLOW_LANES)));

/// 128 random bits in each lane.
typedef struct {
  afterglow_bits first;
  afterglow_bits second;
} afterglow_random_bits;

/// 128 random bits.
typedef struct {
  unsigned long first;
  unsigned long second;
} afterglow_random_words;

/// The bits of a counter of 128 bits and a key of 64.
///
/// In the words of the authors: the counter is {c0, c1} in its lower and {c2, c3} in its upper
/// half, the key {k0, k1}, the result {r0, r1} and {r2, r3}, the first of each pair being the
/// lower one.
static inline afterglow_random_bits afterglow_philox_lanes(afterglow_bits counter,
                                                           afterglow_bits counter_upper,
                                                           afterglow_bits key) {
  const afterglow_bits word = (afterglow_bits)(0xFFFFFFFFUL);
  afterglow_bits c0 = counter & word;
  afterglow_bits c1 = counter >> 32;
  afterglow_bits c2 = counter_upper & word;
  afterglow_bits c3 = counter_upper >> 32;
  afterglow_bits k0 = key & word;
  afterglow_bits k1 = key >> 32;
  for (int round = 0; round < 10; round++) {
    afterglow_bits a = c0 * 0xD2511F53UL;
    afterglow_bits b = c2 * 0xCD9E8D57UL;
    c0 = (b >> 32) ^ c1 ^ k0;
    c1 = b & word;
    c2 = (a >> 32) ^ c3 ^ k1;
    c3 = a & word;
    k0 = (k0 + 0x9E3779B9UL) & word;
    k1 = (k1 + 0xBB67AE85UL) & word;
  }
  return (afterglow_random_bits){c0 | (c1 << 32), c2 | (c3 << 32)};
}

/// Numbers evenly spread over (0, 1): the midpoints of 2⁵² intervals, by the upper 52 bits.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_uniform_of_bits(afterglow_bits bits) {
  // From 1 to 2 by the bits themselves; the difference is exact.
  afterglow_bits number = (bits >> 12) | 0x3FF0000000000000UL;
  return (afterglow_lanes)number - (1.0 - 0x1p-53);
}

/// Two independent standard normal numbers from two uniform ones (Box and Muller 1958).
///
/// The magnitude is at most 8.6.
static inline afterglow_pair afterglow_normal_pair(afterglow_lanes u, afterglow_lanes v) {
  afterglow_lanes radius = afterglow_sqrt(-2.0 * afterglow_log(u));
  // The angle 2π·v is k quarter turns and a rest of at most an eighth, without loss.
  afterglow_lanes k = afterglow_round(4.0 * v);
  afterglow_lanes f = afterglow_fma(AFTERGLOW_ALL(-0.25), k, v);
  afterglow_pair rest = afterglow_product(f, AFTERGLOW_ALL(0x1.921fb54442d18p+2));
  rest.low = afterglow_fma(f, AFTERGLOW_ALL(0x1.1a62633145c07p-52), rest.low);
  afterglow_pair sine_pair = afterglow_sine_of_rest(rest);
  afterglow_pair cosine_pair = afterglow_cosine_of_rest(rest);
  afterglow_lanes sine = sine_pair.high + sine_pair.low;
  afterglow_lanes cosine = cosine_pair.high + cosine_pair.low;
  afterglow_mask quadrant = __builtin_convertvector(k, afterglow_mask);
  afterglow_mask is_odd = (quadrant & 1) != 0;
  afterglow_lanes x = afterglow_select(is_odd, sine, cosine);
  afterglow_lanes y = afterglow_select(is_odd, cosine, sine);
  x = afterglow_select(((quadrant + 1) & 2) != 0, -x, x);
  y = afterglow_select((quadrant & 2) != 0, -y, y);
  return (afterglow_pair){radius * x, radius * y};
}

/// A standard normal number from two independent uniform ones in (0, 1).
static inline afterglow_lanes afterglow_normal_of_uniform(afterglow_lanes u, afterglow_lanes v) {
  return afterglow_normal_pair(u, v).high;
}

/// Uniform numbers in (0, 1), the first of two that a counter has.
static inline afterglow_lanes afterglow_uniform_lanes(afterglow_bits counter,
                                                      afterglow_bits counter_upper,
                                                      afterglow_bits key) {
  return afterglow_uniform_of_bits(afterglow_philox_lanes(counter, counter_upper, key).first);
}

/// Standard normal numbers, one for each counter, from both halves of its bits.
static inline afterglow_lanes afterglow_normal_lanes(afterglow_bits counter,
                                                     afterglow_bits counter_upper,
                                                     afterglow_bits key) {
  afterglow_random_bits bits = afterglow_philox_lanes(counter, counter_upper, key);
  return afterglow_normal_of_uniform(afterglow_uniform_of_bits(bits.first),
                                     afterglow_uniform_of_bits(bits.second));
}

// What programs call: a stream and a place in it, both by the bits of a number, say which.

/// A standard normal number at a place in a stream.
static inline afterglow_lanes afterglow_normal_number(afterglow_lanes stream,
                                                      afterglow_lanes place) {
  return afterglow_normal_lanes((afterglow_bits)stream, (afterglow_bits)place,
                                (afterglow_bits)(0UL));
}

/// A uniform number in (0, 1) at a place in a stream.
static inline afterglow_lanes afterglow_uniform_number(afterglow_lanes stream,
                                                       afterglow_lanes place) {
  return afterglow_uniform_lanes((afterglow_bits)stream, (afterglow_bits)place,
                                 (afterglow_bits)(0UL));
}

/// The least n for which a Poisson number of a mean from 0 to 600 is at most n with a probability
/// of at least u; NaN for another mean.
///
/// By adding up probabilities (Devroye, Non-Uniform Random Variate Generation, 1986, X.3).
static inline afterglow_lanes afterglow_poisson_quantile(afterglow_lanes u,
                                                         afterglow_lanes mean) {
  afterglow_mask is_valid = (mean >= 0.0) & (mean <= 600.0);
  afterglow_lanes inside = afterglow_select(is_valid, mean, AFTERGLOW_ALL(0.0));
  afterglow_lanes probability = afterglow_exp(-inside);
  afterglow_lanes sum = probability;
  afterglow_lanes n = AFTERGLOW_ALL(0.0);
  afterglow_mask goes_on = is_valid & (u > sum);
  while (__builtin_reduce_or(goes_on)) {
    n = afterglow_select(goes_on, n + 1.0, n);
    probability = afterglow_select(goes_on, probability * inside / n, probability);
    afterglow_lanes next = sum + probability;
    // Past the mean, what is too small to be added stays so.
    goes_on = goes_on & (u > next) & ((next != sum) | (n < inside));
    sum = next;
  }
  return afterglow_select(is_valid, n, AFTERGLOW_NAN);
}

/// The bits of one counter and key; the same as in a lane.
static inline afterglow_random_words afterglow_philox(unsigned long counter,
                                                      unsigned long counter_upper,
                                                      unsigned long key) {
  afterglow_random_bits bits = afterglow_philox_lanes(
      (afterglow_bits)(counter), (afterglow_bits)(counter_upper), (afterglow_bits)(key));
  return (afterglow_random_words){bits.first[0], bits.second[0]};
}

/// A uniform number in (0, 1); the same as in a lane.
static inline double afterglow_uniform(unsigned long counter, unsigned long counter_upper,
                                       unsigned long key) {
  return afterglow_uniform_lanes((afterglow_bits)(counter), (afterglow_bits)(counter_upper),
                                 (afterglow_bits)(key))[0];
}

/// A standard normal number; the same as in a lane.
static inline double afterglow_normal(unsigned long counter, unsigned long counter_upper,
                                      unsigned long key) {
  return afterglow_normal_lanes((afterglow_bits)(counter), (afterglow_bits)(counter_upper),
                                (afterglow_bits)(key))[0];
}

#endif
