#include "CReferenceMathematics.h"

#include <float.h>
#include <math.h>
#include <string.h>

int reference_digits(void) { return LDBL_MANT_DIG; }

static long double exprel_reference(long double x) {
  if (x == 0) return 1;
  return isinf(x) && x > 0 ? x : expm1l(x) / x;
}

static long double linoid_reference(long double x) {
  if (x == 0) return 1;
  return isinf(x) && x > 0 ? 0 : x / expm1l(x);
}

static const struct {
  const char *name;
  long double (*value)(long double);
} functions[] = {
    {"exp", expl},     {"exp2", exp2l},   {"expm1", expm1l}, {"exprel", exprel_reference},
    {"log", logl},     {"log2", log2l},   {"log10", log10l}, {"linoid", linoid_reference},
    {"log1p", log1pl}, {"cbrt", cbrtl},   {"sqrt", sqrtl},   {"sin", sinl},
    {"cos", cosl},     {"tan", tanl},     {"asin", asinl},   {"acos", acosl},
    {"atan", atanl},   {"sinh", sinhl},   {"cosh", coshl},   {"tanh", tanhl},
    {"abs", fabsl},    {"floor", floorl}, {"ceil", ceill},   {"round", rintl},
};

static long double exact_value(const char *name, double x, double y) {
  if (strcmp(name, "pow") == 0) return powl(x, y);
  int count = sizeof functions / sizeof functions[0];
  for (int i = 0; i < count; i++) {
    if (strcmp(functions[i].name, name) == 0) return functions[i].value(x);
  }
  return NAN;
}

double reference_value(const char *function, double x, double y) {
  return (double)exact_value(function, x, y);
}

double reference_error(const char *function, double x, double y, double found) {
  long double exact = exact_value(function, x, y);
  double rounded = (double)exact;
  if (isnan(found) || isnan(rounded)) return isnan(found) && isnan(rounded) ? 0 : INFINITY;
  if (isinf(found) || isinf(rounded)) return found == rounded ? 0 : INFINITY;
  if (found == 0 && rounded == 0) return signbit(found) == signbit(rounded) ? 0 : INFINITY;
  int exponent = DBL_MIN_EXP;
  if (rounded != 0) frexp(rounded, &exponent);
  if (exponent < DBL_MIN_EXP) exponent = DBL_MIN_EXP;
  return (double)(fabsl(found - exact) / ldexpl(1, exponent - DBL_MANT_DIG));
}
