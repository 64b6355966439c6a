// The elementary functions of lanes, each within 1 ulp over its whole range.
#ifndef AFTERGLOW_ELEMENTWISE_H
#define AFTERGLOW_ELEMENTWISE_H

#include "exponential.h"
#include "hyperbolic.h"
#include "inverse_trigonometric.h"
#include "lanes.h"
#include "logarithm.h"
#include "trigonometric.h"

#endif
