// The mathematics of the C library in its widest number, to judge the elementary functions by, and
// the arguments at which they are judged.
#ifndef AFTERGLOW_REFERENCE_MATHEMATICS_H
#define AFTERGLOW_REFERENCE_MATHEMATICS_H

#include <stdint.h>

/// Binary digits of the reference's numbers: 64 or 113; 53 where it is too coarse to judge.
int reference_digits(void);

/// The value of a function, rounded; NaN for a name it does not know.
double reference_value(const char *function, double x, double y);

/// How far a value is from that of a function of one or two arguments, in units in the last place
/// of the exact value; infinite for a wrong infinity, NaN or sign of zero.
double reference_error(const char *function, double x, double y, double found);

/// Arguments of a function: by turns within its usual range, of any magnitude, of any bits, and
/// within a thousand neighbours of a special one. The same on every machine.
double sample_argument(const char *function, uint64_t index);

/// The second argument of a function that has two, such that powers are finite, mostly.
double sample_second_argument(const char *function, uint64_t index);

/// How many functions the recorded bits cover.
int recorded_count(void);

/// The name of one of them.
const char *recorded_name(int function);

/// A hash over the results of one of them at the first sample arguments, every NaN alike.
uint64_t recorded_hash(int function, uint64_t count);

/// The hash so far, and one more result.
uint64_t hash_adding(uint64_t hash, double value);

#endif
