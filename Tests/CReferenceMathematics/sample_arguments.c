#include "CReferenceMathematics.h"

#include <string.h>

// Only exact operations make the arguments, so that every machine makes the same.

/// Even and independent bits of an index (SplitMix64; Steele, Lea and Flood 2014).
static uint64_t bits_of(uint64_t index) {
  uint64_t z = (index + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static double number_of_bits(uint64_t bits) {
  double number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

static uint64_t bits_of_number(double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

static double uniform(uint64_t bits) { return (double)(bits >> 11) * 0x1p-53; }

/// Where most of a function's values are.
static const struct {
  const char *function;
  double width;
  double lower;
} usual_ranges[] = {
    {"exp", 1456, -746},   {"exp2", 2101, -1076}, {"expm1", 760, -50},   {"exprel", 820, -100},
    {"linoid", 860, -100}, {"log", 10, 0},        {"log2", 4, 0},        {"log10", 10, 0},
    {"log1p", 11, -1},     {"pow", 4, 0},         {"asin", 2, -1},       {"acos", 2, -1},
    {"atan", 20, -10},     {"sinh", 1422, -711},  {"cosh", 1422, -711},  {"tanh", 44, -22},
    {"sin", 2000, -1000},  {"cos", 2000, -1000},  {"tan", 2000, -1000},
};

static double usual_argument(const char *function, double part) {
  int count = sizeof usual_ranges / sizeof usual_ranges[0];
  for (int i = 0; i < count; i++) {
    if (strcmp(usual_ranges[i].function, function) == 0) {
      double distance = usual_ranges[i].width * part;
      return usual_ranges[i].lower + distance;
    }
  }
  return 16 * part - 8;
}

// Zeros, ends of ranges, multiples of pi/2 (6381956970095103·2^797 is the double nearest to one),
// and where the functions change their method.
static const double special[] = {
    0.0, 1.0, 2.0, 3.0, 0.5, 1.5, 0x1p-1022, 0x1p-1074, 0x1.fffffffffffffp1023, __builtin_inf(),
    __builtin_nan(""), 745.1332191019412, 744.4400719213812, 709.782712893384, 708.3964185322641,
    710.4758600739439, 716.4, 752.0, 1024, 1022, 1074, 1074.5, 1075, 22, 19.0625, 18.4, 40, 37.5,
    708, 712, 720, 760, 0x1.62e42fefa39efp-1, 0x1.62e42fefa39efp-2, 0x1.6a09e667f3bcdp0,
    0x1.6a09e667f3bcdp-1, 0x1.921fb54442d18p0, 0x1.921fb54442d18p1, 0x1.921fb54442d18p-1,
    6381956970095103.0 * 0x1p797, 0x1p20, 0x1p52, 0x1p53, 0x1p51, 0x1p-27, 0x1p-28, 0x1p-54,
    0.4375, 0.6875, 1.1875, 2.4375, 0x1p400, 0x1p-400, 0x1p64, 10, 100, 1000};

double sample_argument(const char *function, uint64_t index) {
  uint64_t bits = bits_of(2 * index);
  uint64_t more = bits_of(2 * index + 1);
  uint64_t sign = (more & 1) << 63;
  switch (index % 4) {
  case 0: return usual_argument(function, uniform(bits));
  case 1: {
    // Mostly between 2^-70 and 2^20, where the methods change.
    uint64_t exponent = 1023 - 70 + (more >> 8) % 90;
    return number_of_bits((bits >> 12) | (exponent << 52) | sign);
  }
  case 2: return number_of_bits(bits);
  default: {
    uint64_t count = sizeof special / sizeof special[0];
    uint64_t chosen = bits_of_number(special[(bits >> 16) % count]);
    int is_movable = chosen > 1000 && chosen < 0x7FE0000000000000u && (more >> 60) != 0;
    if (is_movable) chosen += (more >> 20) % 2001 - 1000;
    return number_of_bits(chosen | sign);
  }
  }
}

double sample_second_argument(const char *function, uint64_t index) {
  uint64_t bits = bits_of(~index);
  if (strcmp(function, "pow") != 0) return sample_argument(function, index + 0x100000000u);
  if (index % 16 == 15) return sample_argument(function, (bits << 2) | 3);
  if (index % 8 == 7) return (double)((int64_t)(bits >> 40) % 41 - 20);
  // About 745/log x, by the exponent and the distance from 1.
  double x = sample_argument(function, index);
  if (!(x > 0)) return (double)((int64_t)(bits >> 40) % 401 - 200);
  int exponent = (int)(bits_of_number(x) >> 52) - 1023;
  double distance = x > 1 ? x - 1 : 1 - x;
  int is_near = exponent == 0 || exponent == -1;
  double logarithm = is_near ? distance + 0x1p-53 : (exponent < 0 ? -exponent : exponent) * 0.75;
  return (2 * uniform(bits) - 1) * 800 / logarithm;
}
