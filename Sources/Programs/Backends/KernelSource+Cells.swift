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
        M fired = \(fired(cells));
        if (__builtin_expect(__builtin_reduce_or(fired) != 0, 0)) {
          for (int lane = 0; lane < AFTERGLOW_LANES; lane++) {
            long long cell = block * AFTERGLOW_LANES + lane;
            if (!fired[lane] || cell >= control->cell_count) continue;
      \(lossAmongReplaced(cells))\
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
      \(lossAmongStates(cells))\
        if (++slot == control->slot_count) slot = 0;
        }
        }
        control->spike_count = spike - control->spikes;
      }

      """
  }

  /// Where a cell spikes, or has lost a state that something else replaces.
  private func fired(_ cells: CellArrays) -> String {
    let spike = "\(name(cells.spike))[0]"
    guard let check = cells.check else { return "\(spike) != ((V)(0.0))" }
    let sum = "\(name(check))[0]"
    return "\(spike) + (\(sum) - \(sum)) != ((V)(0.0))"
  }

  /// Prints a look at what was replaced within the step.
  private func lossAmongReplaced(_ cells: CellArrays) -> String {
    let count = program[cells.replaced].count
    guard count > 0 else { return "" }
    let states = program[cells.state].count
    let isLost = (0..<count).map {
      "!(\(name(cells.replaced))[\($0)][lane] - \(name(cells.replaced))[\($0)][lane] == 0.0)"
    }.joined(separator: " || ")
    var text = "      if (\(isLost)) {\n"
    text += "        if (s < control->lost_step ||\n"
    text += "            (s == control->lost_step && cell < control->lost_cell)) {\n"
    text += "          control->lost_step = s;\n          control->lost_cell = cell;\n"
    for element in 0..<states {
      text += "          control->lost_values[\(element)] = "
      text += "\(name(cells.state))[\(element)][lane];\n"
    }
    for element in 0..<count {
      text += "          control->lost_values[\(states + element)] = "
      text += "\(name(cells.replaced))[\(element)][lane];\n"
    }
    text += "        }\n        continue;\n      }\n"
    // What has a check may come here without a spike.
    if cells.check != nil { text += "      if (\(name(cells.spike))[0][lane] == 0.0) continue;\n" }
    return text
  }

  /// Prints a look at the states of a chunk behind a step.
  ///
  /// It has a loop of its own: within the step it would cost a tenth, as the compiler then keeps all new
  /// states at hand to the end.
  private func lossAmongStates(_ cells: CellArrays) -> String {
    let count = program[cells.state].count
    guard count > 0 else { return "" }
    let states =
      "(const V *)(all + block * \(layout.workspaceCount)) + \(layout.offset(of: cells.state))"
    let replaced = (0..<program[cells.replaced].count).map {
      "            control->lost_values[\(count + $0)] = 0.0;\n"
    }.joined()
    return """
        V sum = ((V)(0.0));
        for (long long block = chunk; block < chunk_end; block++) {
          const V *y = \(states);
          \(sumOfStates(count))
          sum += part - part;
        }
        if (__builtin_expect(__builtin_reduce_or(sum != ((V)(0.0))) != 0, 0)) {
          for (long long cell = chunk * AFTERGLOW_LANES;
               cell < chunk_end * AFTERGLOW_LANES && cell < control->cell_count; cell++) {
            if (s > control->lost_step ||
                (s == control->lost_step && cell >= control->lost_cell)) break;
            long long block = cell / AFTERGLOW_LANES, lane = cell % AFTERGLOW_LANES;
            const V *y = \(states);
            int is_lost = 0;
            for (int j = 0; j < \(count); j++) is_lost |= !(y[j][lane] - y[j][lane] == 0.0);
            if (!is_lost) continue;
            control->lost_step = s;
            control->lost_cell = cell;
            for (int j = 0; j < \(count); j++) control->lost_values[j] = y[j][lane];
      \(replaced)\
          }
        }

      """
  }

  /// A sum of a block's states, in pairs where they are few, so that few additions wait for each other.
  private func sumOfStates(_ count: Int) -> String {
    guard count <= 32 else {
      return "V part = y[0];\n    for (int j = 1; j < \(count); j++) part += y[j];"
    }
    var terms = (0..<count).map { "y[\($0)]" }
    while terms.count > 1 {
      terms = stride(from: 0, to: terms.count, by: 2).map { index in
        index + 1 < terms.count ? "(\(terms[index]) + \(terms[index + 1]))" : terms[index]
      }
    }
    return "V part = \(terms.joined());"
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
