// The texts of the headers, which native kernels begin with.
#ifndef AFTERGLOW_PRELUDE_H
#define AFTERGLOW_PRELUDE_H

/// The text of lanes.h, ending in a zero byte.
const char *afterglow_text_of_lanes(void);
/// The text of exponential.h, ending in a zero byte.
const char *afterglow_text_of_exponential(void);
/// The text of logarithm.h, ending in a zero byte.
const char *afterglow_text_of_logarithm(void);
/// The text of trigonometric.h, ending in a zero byte.
const char *afterglow_text_of_trigonometric(void);
/// The text of inverse_trigonometric.h, ending in a zero byte.
const char *afterglow_text_of_inverse_trigonometric(void);
/// The text of hyperbolic.h, ending in a zero byte.
const char *afterglow_text_of_hyperbolic(void);
/// The text of step_control.h, ending in a zero byte.
const char *afterglow_text_of_step_control(void);

#endif
