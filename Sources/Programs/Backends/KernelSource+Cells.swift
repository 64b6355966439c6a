extension KernelSource {
  /// How many blocks go through a step together: few enough to stay in the nearest cache, enough
  /// for the processor to work on one while another waits.
  private static let blocksPerChunk = 8

  /// Prints the loop over the cells of a population, if the program has one.
  mutating func printCellLoop() {
    guard let cells = program.cells else { return }
    var usage = ArrayUsage(of: [.attempt], in: program)
    usage.include(cells)
    text += """

      void afterglow_step_cells(double *all, const double *shared,
          struct afterglow_cells *control) {
        struct afterglow_spike *spike = control->spikes + control->spike_count;
        for (long long chunk = control->first_block; chunk < control->end_block;
             chunk += \(Self.blocksPerChunk)) {
        long long chunk_end = chunk + \(Self.blocksPerChunk);
        if (chunk_end > control->end_block) chunk_end = control->end_block;
        long long slot = control->first_slot;
        for (long long s = 0; s < control->step_count; s++) {
        double number = (double)(control->first_step + s);
        double time = control->start + number * control->time_step;
        double end = control->start + (number + 1.0) * control->time_step;
        for (long long block = chunk; block < chunk_end; block++) {
        double *workspace = all + block * \(layout.workspaceCount);

      """
    text += entry(usage)
    text += "  \(name(cells.clock))[0] = (V)(time);\n"
    text += "  \(name(cells.clock))[1] = (V)(number);\n"
    text += "  \(name(cells.clock))[2] = (V)(end);\n"
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
      text += "  \(name(cells.sums))[\(element)] = "
      text += "((const V *)control->sums[\(element)])[block];\n"
    }
    text += statements(.attempt, indent: "  ")
    text += """
        M fired = \(name(cells.spike))[0] != ((V)(0.0));
        if (__builtin_expect(__builtin_reduce_or(fired) != 0, 0)) {
          for (int lane = 0; lane < AFTERGLOW_LANES; lane++) {
            long long cell = block * AFTERGLOW_LANES + lane;
            if (!fired[lane] || cell >= control->cell_count) continue;
            spike->cell = (unsigned)cell;
            spike->step = (unsigned)s;
            double before = \(name(cells.crossing))[0][lane];
            spike->fraction = before / (before - \(name(cells.crossing))[1][lane]);
      \(releases(cells))      spike++;
          }
        }

      """
    // Behind the look at spikes, which leaves the compiler more room: 7 % on a bank of burst cells.
    text += exit(usage)
    text += """
        }
        if (++slot == control->slot_count) slot = 0;
        }
        }
        control->spike_count = spike - control->spikes;
      }

      """
  }

  /// Prints how what is told of a spike is written down.
  private func releases(_ cells: CellArrays) -> String {
    guard let array = cells.releases else { return "" }
    let count = program[array].count
    return (0..<count).map {
      "      control->releases[(spike - control->spikes) * \(count) + \($0)] = "
        + "\(name(array))[\($0)][lane];\n"
    }.joined()
  }
}
