// What the loop of steps needs beside the elementary functions: cheap estimates for step control,
// and the block of pointers by which a driver steers a kernel.
//
// The estimates use integer and fused operations only, so they have the same bits everywhere.
// Needs the lane types of elementwise.h.
#ifndef AFTERGLOW_STEP_CONTROL_H
#define AFTERGLOW_STEP_CONTROL_H

#ifndef AFTERGLOW_KERNEL
#include "lanes.h"
#endif

/// How a driver steers the loop of steps; see `AdvanceControl`.
struct afterglow_control {
  /// The sample times, ascending, with an infinite one behind the last.
  const double *sample_times;
  /// For each lane, the index of its next sample.
  long long *sample_index;
  /// For each lane, where the first sample of its first recorded variable goes.
  double **destination;
  /// The distance between two recorded variables of one lane, in numbers.
  long long variable_stride;
  /// After how many rounds to return even if no lane needs attention.
  long long rounds;
  /// Factor and solve dense linear systems; see `DenseLinearSolver`.
  void *dense_context;
  void (*factor_dense)(void *context, double *matrix, long long order, long long width);
  void (*solve_dense)(void *context, double *values, long long order, long long width);
};

/// A threshold crossed by a cell; see `CellSpike`.
struct afterglow_spike {
  unsigned cell;
  unsigned step;
  double fraction;
};

/// How a driver steers the loop over cells; see `CellLoop`.
struct afterglow_cells {
  /// Which blocks of lanes, and how many cells there are in all.
  long long first_block, end_block, cell_count;
  /// The number of the first step, how many there are, and what turns numbers into times.
  long long first_step, step_count;
  double start, time_step;
  /// What arrives: for each element the numbers of all cells, slot by slot; cleared when read.
  double *const *arrivals;
  long long slot_count, first_slot, slot_stride;
  /// For each element, the numbers of all cells.
  const double *const *sums;
  /// Room for the spikes, and how many there are.
  struct afterglow_spike *spikes;
  long long spike_count;
  /// Room for what is told of each spike, those of one spike together.
  double *releases;
  /// The first step after which a state is not finite, the first cell of which it is, and room for
  /// its states.
  long long lost_step, lost_cell;
  double *lost_values;
};

/// 1/x for positive normal x to about 2e-4: a linear guess from the exponent, two Newton steps.
static inline __attribute__((always_inline)) afterglow_lanes
afterglow_coarse_reciprocal(afterglow_lanes x) {
  // The constant balances the error of the guess over an octave: at most 12 %, then 1.4 %, then
  // 0.02 %, which step control cannot feel.
  afterglow_mask bits = 0x7FDE623822FC16E6L - (afterglow_mask)x;
  afterglow_lanes r = (afterglow_lanes)bits;
  afterglow_lanes one = (afterglow_lanes)(1.0);
  r = __builtin_elementwise_fma(r, __builtin_elementwise_fma(-x, r, one), r);
  r = __builtin_elementwise_fma(r, __builtin_elementwise_fma(-x, r, one), r);
  return r;
}

/// log2(x) for positive normal x to about 1.2e-3.
static inline __attribute__((always_inline)) afterglow_lanes
afterglow_coarse_log2(afterglow_lanes x) {
  afterglow_mask bits = (afterglow_mask)x;
  afterglow_mask exponent = (bits >> 52) - 1023;
  afterglow_mask mantissa = (bits & 0xFFFFFFFFFFFFFL) | 0x3FF0000000000000L;
  afterglow_lanes m = (afterglow_lanes)mantissa;
  afterglow_lanes e = __builtin_convertvector(exponent, afterglow_lanes);
  // A cubic through log2 at 1, 4/3, 5/3 and 2.
  afterglow_lanes u = m - 1.0;
  afterglow_lanes p = __builtin_elementwise_fma(u, (afterglow_lanes)(0.153970719),
                                                (afterglow_lanes)(-0.572963039));
  p = __builtin_elementwise_fma(u, p, (afterglow_lanes)(1.41899232));
  return __builtin_elementwise_fma(u, p, e);
}

/// 2^x for |x| below 1000 to about 9e-4.
static inline __attribute__((always_inline)) afterglow_lanes
afterglow_coarse_exp2(afterglow_lanes x) {
  afterglow_lanes shifted = x + 0x1.8p52;
  afterglow_lanes whole = shifted - 0x1.8p52;
  afterglow_lanes r = x - whole;
  // A cubic on [-1/2, 1/2] that is exact at 0.
  afterglow_lanes p = __builtin_elementwise_fma(r, (afterglow_lanes)(0.0558263),
                                                (afterglow_lanes)(0.2402265));
  p = __builtin_elementwise_fma(r, p, (afterglow_lanes)(0.6931472));
  p = __builtin_elementwise_fma(r, p, (afterglow_lanes)(1.0));
  afterglow_mask scale = ((afterglow_mask)shifted << 52) + 0x3FF0000000000000L;
  return p * (afterglow_lanes)scale;
}

#endif
