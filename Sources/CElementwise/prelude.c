#include "prelude.h"

static const char lanes[] = {
#embed "include/lanes.h"
    , 0};

const char *afterglow_text_of_lanes(void) { return lanes; }

static const char exponential[] = {
#embed "include/exponential.h"
    , 0};

const char *afterglow_text_of_exponential(void) { return exponential; }

static const char logarithm[] = {
#embed "include/logarithm.h"
    , 0};

const char *afterglow_text_of_logarithm(void) { return logarithm; }

static const char trigonometric[] = {
#embed "include/trigonometric.h"
    , 0};

const char *afterglow_text_of_trigonometric(void) { return trigonometric; }

static const char inverse_trigonometric[] = {
#embed "include/inverse_trigonometric.h"
    , 0};

const char *afterglow_text_of_inverse_trigonometric(void) { return inverse_trigonometric; }

static const char hyperbolic[] = {
#embed "include/hyperbolic.h"
    , 0};

const char *afterglow_text_of_hyperbolic(void) { return hyperbolic; }

static const char step_control[] = {
#embed "include/step_control.h"
    , 0};

const char *afterglow_text_of_step_control(void) { return step_control; }
