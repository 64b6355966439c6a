// The text of the headers that every native kernel begins with.
#ifndef AFTERGLOW_PRELUDE_H
#define AFTERGLOW_PRELUDE_H

/// The elementary functions and step control, as C source that ends in a zero byte.
const char *afterglow_prelude_elementwise(void);
const char *afterglow_prelude_step_control(void);

#endif
