#include "prelude.h"

static const char elementwise[] = {
#embed "include/elementwise.h"
    , 0};

static const char step_control[] = {
#embed "include/step_control.h"
    , 0};

const char *afterglow_prelude_elementwise(void) { return elementwise; }
const char *afterglow_prelude_step_control(void) { return step_control; }
