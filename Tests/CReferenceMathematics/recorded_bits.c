// The results of every function at the sample arguments, as one hash for each.
//
// Part of the tests, where it is compiled as they are; with AFTERGLOW_RECORDED_BITS_PROGRAM it is a
// program of its own that prints the hashes, to be compiled for other processors, other numbers of
// lanes and at other levels of optimisation.
#include "CReferenceMathematics.h"
#include "elementwise.h"

#include <string.h>

static afterglow_lanes random_uniform(afterglow_lanes x, afterglow_lanes y) {
  return afterglow_uniform_lanes((afterglow_bits)x, (afterglow_bits)y, (afterglow_bits)(42UL));
}

static afterglow_lanes random_normal(afterglow_lanes x, afterglow_lanes y) {
  return afterglow_normal_lanes((afterglow_bits)x, (afterglow_bits)y, (afterglow_bits)(42UL));
}

static afterglow_lanes minimum(afterglow_lanes x, afterglow_lanes y) { return afterglow_min(x, y); }
static afterglow_lanes maximum(afterglow_lanes x, afterglow_lanes y) { return afterglow_max(x, y); }
static afterglow_lanes power(afterglow_lanes x, afterglow_lanes y) { return afterglow_pow(x, y); }

static afterglow_lanes multiply_add(afterglow_lanes x, afterglow_lanes y) {
  return afterglow_fma(x, y, x - y);
}

#define OF_ONE(name)                                                      \
  static afterglow_lanes of_##name(afterglow_lanes x, afterglow_lanes y) { \
    (void)y;                                                              \
    return afterglow_##name(x);                                           \
  }
OF_ONE(exp) OF_ONE(exp2) OF_ONE(expm1) OF_ONE(exprel) OF_ONE(linoid)
OF_ONE(log) OF_ONE(log2) OF_ONE(log10) OF_ONE(log1p) OF_ONE(cbrt) OF_ONE(sqrt)
OF_ONE(sin) OF_ONE(cos) OF_ONE(tan) OF_ONE(asin) OF_ONE(acos) OF_ONE(atan)
OF_ONE(sinh) OF_ONE(cosh) OF_ONE(tanh)
OF_ONE(abs) OF_ONE(sign) OF_ONE(floor) OF_ONE(ceil) OF_ONE(round)

#define ROW(name) {#name, of_##name}
static const struct {
  const char *name;
  afterglow_lanes (*function)(afterglow_lanes, afterglow_lanes);
} rows[] = {
    ROW(exp),   ROW(exp2),  ROW(expm1), ROW(exprel),           ROW(linoid),
    ROW(log),   ROW(log2),  ROW(log10), ROW(log1p),            ROW(cbrt),
    ROW(sqrt),  ROW(sin),   ROW(cos),   ROW(tan),              ROW(asin),
    ROW(acos),  ROW(atan),  ROW(sinh),  ROW(cosh),             ROW(tanh),
    ROW(abs),   ROW(sign),  ROW(floor), ROW(ceil),             ROW(round),
    {"pow", power},         {"min", minimum},                  {"max", maximum},
    {"fma", multiply_add},  {"uniform", random_uniform},       {"normal", random_normal},
};

int recorded_count(void) { return sizeof rows / sizeof rows[0]; }

const char *recorded_name(int function) { return rows[function].name; }

/// FNV-1a (Fowler, Noll and Vo 1991) over whole words.
uint64_t hash_adding(uint64_t hash, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return (hash ^ (value != value ? 1 : bits)) * 0x100000001B3u;
}

uint64_t recorded_hash(int function, uint64_t count) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (uint64_t first = 0; first < count; first += AFTERGLOW_LANES) {
    afterglow_lanes x, y;
    for (int lane = 0; lane < AFTERGLOW_LANES; lane++) {
      x[lane] = sample_argument(rows[function].name, first + lane);
      y[lane] = sample_second_argument(rows[function].name, first + lane);
    }
    afterglow_lanes result = rows[function].function(x, y);
    for (int lane = 0; lane < AFTERGLOW_LANES; lane++) hash = hash_adding(hash, result[lane]);
  }
  return hash;
}

#ifdef AFTERGLOW_RECORDED_BITS_PROGRAM
#include <stdio.h>
#include <stdlib.h>

int main(int argumentCount, char **arguments) {
  uint64_t count = argumentCount > 1 ? strtoull(arguments[1], 0, 10) : 0;
  for (int function = 0; function < recorded_count(); function++) {
    printf("%s %016llx\n", recorded_name(function),
           (unsigned long long)recorded_hash(function, count));
  }
  return count == 0;
}
#endif
