// Inverse sines, cosines and tangents.
//
// The arctangent by its addition theorem around 0, 1/2, 1, 3/2 and infinity, then a polynomial on
// |t| up to 7/16 that errs by less than 4e-18; the arcsine by a polynomial up to 1/2 (error below
// 2e-17 of x³) and by the half angle beyond (Muller, Elementary Functions, 2016).
#ifndef AFTERGLOW_INVERSE_TRIGONOMETRIC_H
#define AFTERGLOW_INVERSE_TRIGONOMETRIC_H

#ifndef AFTERGLOW_KERNEL
#include "lanes.h"
#endif

/// The arctangent.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_atan(afterglow_lanes x) {
  afterglow_lanes a = afterglow_abs(x);
  afterglow_lanes one = AFTERGLOW_ALL(1.0);
  afterglow_lanes zero = AFTERGLOW_ALL(0.0);
  afterglow_mask above_half = a >= 0.4375;
  afterglow_mask above_one = a >= 0.6875;
  afterglow_mask above_more = a >= 1.1875;
  afterglow_mask above_all = a >= 2.4375;
  // t = (a − c)/(1 + c·a) around the centre c; −1/a beyond all.
  afterglow_lanes centre = afterglow_select(above_half, AFTERGLOW_ALL(0.5), zero);
  centre = afterglow_select(above_one, one, centre);
  centre = afterglow_select(above_more, AFTERGLOW_ALL(1.5), centre);
  afterglow_lanes numerator = afterglow_select(above_all, -one, a - centre);
  afterglow_pair denominator = afterglow_product(centre, a);
  denominator = (afterglow_pair){afterglow_select(above_all, a, denominator.high),
                                 afterglow_select(above_all, zero, denominator.low)};
  afterglow_lanes shift = afterglow_select(above_all, zero, one);
  afterglow_pair sum = afterglow_sum(shift, denominator.high);
  afterglow_lanes d_low = sum.low + denominator.low;
  afterglow_lanes t = numerator / sum.high;
  afterglow_lanes rest =
      afterglow_fma(-t, d_low, afterglow_fma(-t, sum.high, numerator));
  // An infinite argument leaves a rest that is not a number; its t is 0 exactly.
  afterglow_lanes t_low = rest * afterglow_rough_reciprocal(sum.high);
  t_low = afterglow_select(a < 0x1p500, t_low, zero);
  afterglow_lanes high = afterglow_select(above_half, AFTERGLOW_ALL(0x1.dac670561bb4fp-2), zero);
  afterglow_lanes low = afterglow_select(above_half, AFTERGLOW_ALL(0x1.a2b7f222f65e2p-56), zero);
  high = afterglow_select(above_one, AFTERGLOW_ALL(0x1.921fb54442d18p-1), high);
  low = afterglow_select(above_one, AFTERGLOW_ALL(0x1.1a62633145c07p-55), low);
  high = afterglow_select(above_more, AFTERGLOW_ALL(0x1.f730bd281f69bp-1), high);
  low = afterglow_select(above_more, AFTERGLOW_ALL(0x1.007887af0cbbdp-56), low);
  high = afterglow_select(above_all, AFTERGLOW_ALL(0x1.921fb54442d18p+0), high);
  low = afterglow_select(above_all, AFTERGLOW_ALL(0x1.1a62633145c07p-54), low);
  afterglow_lanes z = t * t;
  afterglow_lanes p = AFTERGLOW_ALL(0x1.e3e17f483240ap-7);
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.0f55666ec5c9ep-5));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.6ffbb8354db1ap-5));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.ab5849ab57353p-5));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.e170491df79b9p-5));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.110c9a3d3c1bep-4));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.3b1375a3f24c4p-4));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.745d154ae1c94p-4));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.c71c71bd22246p-4));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.2492492485427p-3));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.99999999998c4p-3));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.5555555555555p-2));
  afterglow_pair total = afterglow_sum(high, t);
  afterglow_lanes tail = afterglow_fma(p * z, t, t_low + low);
  return afterglow_with_sign(total.high + (total.low + tail), x);
}

/// asin a − a for a up to 1/2, given a² .
AFTERGLOW_FUNCTION afterglow_lanes afterglow_arcsine_tail(afterglow_lanes a, afterglow_lanes z) {
  afterglow_lanes p = AFTERGLOW_ALL(0x1.d78189767524ep-6);
  p = afterglow_fma(p, z, AFTERGLOW_ALL(-0x1.e7a24f548c99fp-7));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.1d661531b222ep-6));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.653a8f8cfd43cp-8));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.524ea8b3aad31p-7));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.78246f32d075cp-7));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.c9cf3759fd8ffp-7));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.1c4d343fa57f6p-6));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.6e8bb1d89492bp-6));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.f1c71c1d4aa0dp-6));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.6db6db6e3292ep-5));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.3333333332ec4p-4));
  p = afterglow_fma(p, z, AFTERGLOW_ALL(0x1.5555555555556p-3));
  return p * z * a;
}

/// 2·asin √((1 − a)/2) in two parts, for a from 1/2 to 1.
AFTERGLOW_FUNCTION afterglow_pair afterglow_arcsine_of_half(afterglow_lanes a) {
  afterglow_lanes z = 0.5 * (1.0 - a);
  afterglow_lanes root = afterglow_sqrt(z);
  afterglow_lanes rest = afterglow_fma(-root, root, z);
  // The root of 0 has no rest; the rough reciprocal of 0 is finite.
  afterglow_lanes root_low = 0.5 * rest * afterglow_rough_reciprocal(root);
  afterglow_lanes tail = afterglow_arcsine_tail(root, z) + root_low;
  return afterglow_fast_sum(2.0 * root, 2.0 * tail);
}

/// The arcsine.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_asin(afterglow_lanes x) {
  afterglow_lanes a = afterglow_abs(x);
  afterglow_lanes inside = afterglow_select(a <= 1.0, a, AFTERGLOW_ALL(0.0));
  afterglow_lanes small = inside + afterglow_arcsine_tail(inside, inside * inside);
  afterglow_pair half = afterglow_arcsine_of_half(inside);
  afterglow_pair sum = afterglow_fast_sum(AFTERGLOW_ALL(0x1.921fb54442d18p+0), -half.high);
  afterglow_lanes large = sum.high + (sum.low + (0x1.1a62633145c07p-54 - half.low));
  afterglow_lanes value = afterglow_select(a < 0.5, small, large);
  value = afterglow_select(a <= 1.0, value, AFTERGLOW_NAN);
  return afterglow_select(x == 0.0, x, afterglow_with_sign(value, x));
}

/// The arccosine.
AFTERGLOW_FUNCTION afterglow_lanes afterglow_acos(afterglow_lanes x) {
  afterglow_lanes a = afterglow_abs(x);
  afterglow_lanes inside = afterglow_select(a <= 1.0, a, AFTERGLOW_ALL(0.0));
  afterglow_lanes tail = afterglow_arcsine_tail(inside, inside * inside);
  afterglow_lanes sign = afterglow_with_sign(AFTERGLOW_ALL(1.0), x);
  afterglow_pair middle =
      afterglow_fast_sum(AFTERGLOW_ALL(0x1.921fb54442d18p+0), -sign * inside);
  afterglow_lanes small =
      middle.high + (middle.low + afterglow_fma(-sign, tail, AFTERGLOW_ALL(0x1.1a62633145c07p-54)));
  afterglow_pair half = afterglow_arcsine_of_half(inside);
  afterglow_pair rest = afterglow_fast_sum(AFTERGLOW_ALL(0x1.921fb54442d18p+1), -half.high);
  afterglow_lanes below = rest.high + (rest.low + (0x1.1a62633145c07p-53 - half.low));
  afterglow_lanes above = half.high + half.low;
  afterglow_lanes value =
      afterglow_select(a < 0.5, small, afterglow_select(x < 0.0, below, above));
  return afterglow_select(a <= 1.0, value, AFTERGLOW_NAN);
}

#endif
