// Temporary: replaced by the real elementary functions.
#ifndef AFTERGLOW_ELEMENTWISE_H
#define AFTERGLOW_ELEMENTWISE_H
#pragma clang diagnostic ignored "-Wpsabi"
#ifndef AFTERGLOW_LANES
#define AFTERGLOW_LANES 8
#endif
typedef double afterglow_lanes __attribute__((ext_vector_type(AFTERGLOW_LANES)));
typedef long afterglow_mask __attribute__((ext_vector_type(AFTERGLOW_LANES)));
#define AG_INLINE static inline __attribute__((always_inline))
AG_INLINE afterglow_lanes afterglow_select(afterglow_mask m, afterglow_lanes a, afterglow_lanes b) {
  return (afterglow_lanes)(((afterglow_mask)a & m) | ((afterglow_mask)b & ~m)); }
AG_INLINE afterglow_lanes afterglow_abs(afterglow_lanes x) { return __builtin_elementwise_abs(x); }
AG_INLINE afterglow_lanes afterglow_sqrt(afterglow_lanes x) { return __builtin_elementwise_sqrt(x); }
AG_INLINE afterglow_lanes afterglow_floor(afterglow_lanes x) { return __builtin_elementwise_floor(x); }
AG_INLINE afterglow_lanes afterglow_ceil(afterglow_lanes x) { return __builtin_elementwise_ceil(x); }
AG_INLINE afterglow_lanes afterglow_fma(afterglow_lanes a, afterglow_lanes b, afterglow_lanes c) { return __builtin_elementwise_fma(a, b, c); }
AG_INLINE afterglow_lanes afterglow_min(afterglow_lanes a, afterglow_lanes b) { return afterglow_select((a < b) | (a != a), a, b); }
AG_INLINE afterglow_lanes afterglow_max(afterglow_lanes a, afterglow_lanes b) { return afterglow_select((a > b) | (a != a), a, b); }
double exp(double);
AG_INLINE afterglow_lanes afterglow_exp(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = exp(x[i]); return r; }
double expm1(double);
AG_INLINE afterglow_lanes afterglow_expm1(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = expm1(x[i]); return r; }
double log(double);
AG_INLINE afterglow_lanes afterglow_log(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = log(x[i]); return r; }
double log2(double);
AG_INLINE afterglow_lanes afterglow_log2(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = log2(x[i]); return r; }
double log10(double);
AG_INLINE afterglow_lanes afterglow_log10(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = log10(x[i]); return r; }
double log1p(double);
AG_INLINE afterglow_lanes afterglow_log1p(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = log1p(x[i]); return r; }
double cbrt(double);
AG_INLINE afterglow_lanes afterglow_cbrt(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = cbrt(x[i]); return r; }
double sin(double);
AG_INLINE afterglow_lanes afterglow_sin(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = sin(x[i]); return r; }
double cos(double);
AG_INLINE afterglow_lanes afterglow_cos(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = cos(x[i]); return r; }
double tan(double);
AG_INLINE afterglow_lanes afterglow_tan(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = tan(x[i]); return r; }
double asin(double);
AG_INLINE afterglow_lanes afterglow_asin(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = asin(x[i]); return r; }
double acos(double);
AG_INLINE afterglow_lanes afterglow_acos(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = acos(x[i]); return r; }
double atan(double);
AG_INLINE afterglow_lanes afterglow_atan(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = atan(x[i]); return r; }
double sinh(double);
AG_INLINE afterglow_lanes afterglow_sinh(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = sinh(x[i]); return r; }
double cosh(double);
AG_INLINE afterglow_lanes afterglow_cosh(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = cosh(x[i]); return r; }
double tanh(double);
AG_INLINE afterglow_lanes afterglow_tanh(afterglow_lanes x) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = tanh(x[i]); return r; }
double pow(double, double);
AG_INLINE afterglow_lanes afterglow_pow(afterglow_lanes x, afterglow_lanes y) { afterglow_lanes r = x; for (int i = 0; i < AFTERGLOW_LANES; i++) r[i] = pow(x[i], y[i]); return r; }
AG_INLINE afterglow_lanes afterglow_exprel(afterglow_lanes x) { return afterglow_select(x == 0.0, (afterglow_lanes)(1.0), afterglow_expm1(x) / x); }
AG_INLINE afterglow_lanes afterglow_linoid(afterglow_lanes x) { return afterglow_select(x == 0.0, (afterglow_lanes)(1.0), x / afterglow_expm1(x)); }
#endif
