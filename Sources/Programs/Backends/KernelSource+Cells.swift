extension KernelSource {
  /// Prints the loop over the cells of a population, if the program has one.
  ///
  /// Blocks outside, steps inside: what a cell keeps stays in registers from step to step.
  mutating func printCellLoop() {
    guard let cells = program.cells else { return }
    var usage = ArrayUsage(of: [.attempt], in: program)
    usage.include(cells)
    text += "\nvoid afterglow_step_cells(double *all, const double *shared,\n"
    text += "    struct afterglow_cells *control) {\n"
    text += "  struct afterglow_spike *spike = control->spikes + control->spike_count;\n"
    text +=
      "  for (long long block = control->first_block; block < control->end_block; block++) {\n"
    text += "  double *workspace = all + block * \(layout.workspaceCount);\n"
    text += entry(usage)
    text += """
        long long slot = control->first_slot;
        for (long long s = 0; s < control->step_count; s++) {
          long long number = control->first_step + s;
          \(name(cells.clock))[0] = (V)(control->start + (double)number * control->time_step);
          \(name(cells.clock))[1] = (V)((double)number);

      """
    for element in 0..<program[cells.arrivals].count {
      text += """
            {
              V *arrived = (V *)(control->arrivals[\(element)] + slot * control->slot_stride) + block;
              \(name(cells.arrivals))[\(element)] = *arrived;
              *arrived = (V)(0.0);
            }

        """
    }
    for element in 0..<program[cells.sums].count {
      text += "    \(name(cells.sums))[\(element)] = "
      text += "((const V *)control->sums[\(element)])[block];\n"
    }
    text += statements(.attempt, indent: "    ")
    text += """
          M fired = \(name(cells.spike))[0] != ((V)(0.0));
          if (__builtin_expect(__builtin_reduce_or(fired) != 0, 0)) {
            for (int lane = 0; lane < AFTERGLOW_LANES; lane++) {
              long long cell = block * AFTERGLOW_LANES + lane;
              if (!fired[lane] || cell >= control->cell_count) continue;
              spike->cell = (unsigned)cell;
              spike->step = (unsigned)s;
              spike->fraction = \(name(cells.fraction))[0][lane];
              spike++;
            }
          }
          if (++slot == control->slot_count) slot = 0;
        }

      """
    text += exit(usage)
    text += "  }\n  control->spike_count = spike - control->spikes;\n}\n"
  }
}
