/// A program printed as C.
///
/// The text depends on the program and the lane count alone, so that it can serve as the key of a
/// cache. Values of parameters, tolerances and sample times are not in it.
struct KernelSource {
  let program: LaneProgram
  let layout: WorkspaceLayout
  /// Programs whose operations, counted once per call, exceed this are large.
  ///
  /// In a small one every procedure is expanded in place. In a large one procedures stay functions,
  /// in two texts that two compilers can work on at the same time.
  static let inliningLimit = 3_000

  var text = ""
  private var isExpanded: [Bool] = []
  private var isLarge = false
  /// Procedures that run a few times per run, in large programs.
  private var isRare: [Bool] = []
  /// Procedures that stand in the second text.
  private var isApart: [Bool] = []

  /// Prints a program.
  ///
  /// - Parameters:
  ///   - program: A complete program, multiply-adds fused.
  ///   - layout: Where the persistent arrays are.
  ///   - prelude: The text of the elementary functions and of step control.
  /// - Returns: One C file, or two that make one library; none includes anything.
  static func print(
    _ program: LaneProgram, layout: WorkspaceLayout, prelude: String
  ) -> [String] {
    var source = KernelSource(program: program, layout: layout)
    source.chooseExpansion()
    var beginning = "#define AFTERGLOW_LANES \(layout.width)\n"
    if source.isLarge { beginning += "#define AFTERGLOW_LARGE\n" }
    beginning += prelude
    beginning += "\ntypedef afterglow_lanes V;\ntypedef afterglow_mask M;\n"
    source.text = beginning
    source.printAll()
    guard source.isLarge else { return [source.text] }
    let first = source.text
    source.text = beginning
    for position in program.procedures.indices where source.isApart[position] {
      source.printProcedure(position)
    }
    return [first, source.text]
  }

  private mutating func printAll() {
    for position in program.procedures.indices where isUsed(position) {
      if isApart[position] { text += "\n\(heading(position));\n" } else { printProcedure(position) }
    }
    printRoutine("afterglow_prepare", [.prepare])
    printRoutine("afterglow_begin", [.begin])
    printRoutine("afterglow_observe", [.observe])
    printRoutine("afterglow_diagnose", [.diagnose])
    // Without events there is nothing to locate, and nothing is kept to interpolate with.
    printRoutine(
      "afterglow_locate",
      program.routines[.locate] == nil ? [] : [.interpolationCoefficients, .locate])
    printAdvance()
    printCellLoop()
  }

  private init(program: LaneProgram, layout: WorkspaceLayout) {
    self.program = program
    self.layout = layout
  }

  // MARK: Procedures

  private func calls(in routines: [LaneProgram.Routine]) -> [(ProcedureHandle, [LaneArray])] {
    routines.flatMap { program.routines[$0] ?? [] }.compactMap {
      if case .call(let handle, let actuals) = $0 { return (handle, actuals) }
      return nil
    }
  }

  private func isUsed(_ position: Int) -> Bool {
    calls(in: LaneProgram.Routine.allCases).contains { $0.0.index == position }
  }

  private mutating func chooseExpansion() {
    var size = 0
    let sizes = program.procedures.map {
      program.graph.reachableNodes(from: $0.stores.map(\.value)).count
    }
    for (handle, _) in calls(in: [.attempt, .commit]) { size += sizes[handle.index] }
    isLarge = size > Self.inliningLimit
    let isLarge = isLarge
    isExpanded = sizes.map { !isLarge || $0 < 60 }
    isApart = sizes.map { _ in false }
    isRare = isApart
    guard isLarge else { return }
    let rarely: [LaneProgram.Routine] = [
      .prepare, .begin, .turningPoints, .turningRound, .turningEnd, .assess,
    ]
    let rare = Set(calls(in: rarely).map(\.0.index))
    let often = Set(
      calls(in: LaneProgram.Routine.allCases.filter { !rarely.contains($0) }).map(\.0.index))
    for position in rare.subtracting(often) where !isExpanded[position] { isRare[position] = true }
    // The routines themselves, which stay in the first text, weigh as much as the loops in them.
    var weights = [Self.weightOfRoutines, 0]
    let functions = sizes.indices.filter { isUsed($0) && !isExpanded[$0] && !isRare[$0] }
    for position in functions.sorted(by: { (sizes[$1], $0) < (sizes[$0], $1) }) {
      isApart[position] = weights[1] < weights[0]
      weights[isApart[position] ? 1 : 0] += sizes[position]
    }
  }

  private static let weightOfRoutines = 2_300

  /// The arrays other than formals that a procedure reads or writes, in order.
  private func globals(of procedure: Procedure) -> [LaneArray] {
    var found: Set<LaneArray> = []
    for node in program.graph.reachableNodes(from: procedure.stores.map(\.value)) {
      if case .load(let array, _) = program.graph[node] { found.insert(array) }
    }
    for store in procedure.stores { found.insert(store.array) }
    return found.subtracting(procedure.formals).sorted()
  }

  func name(_ array: LaneArray) -> String { "a\(array.index)_\(program[array].name)" }

  private func pointerType(_ array: LaneArray) -> String {
    program[array].storage == .shared ? "const double *" : "V *"
  }

  private mutating func printProcedure(_ position: Int) {
    text += "\n" + heading(position) + " {\n"
    text += straightLine(program.procedures[position])
    text += "}\n"
  }

  private func heading(_ position: Int) -> String {
    let procedure = program.procedures[position]
    let parameters = (procedure.formals + globals(of: procedure)).map {
      pointerType($0) + name($0)
    }
    let attribute =
      switch (isExpanded[position], isApart[position]) {
      case (true, _): "static inline __attribute__((always_inline))"
      // Not worth the optimiser's time.
      case _ where isRare[position]: "static __attribute__((noinline, optnone))"
      case (false, false): "static __attribute__((noinline))"
      case (false, true): "__attribute__((visibility(\"hidden\")))"
      }
    return "\(attribute) void "
      + "p\(position)_\(procedure.name)(\(parameters.joined(separator: ", ")))"
  }

  private func straightLine(_ procedure: Procedure) -> String {
    var names = NodeTable<String>()
    var body = ""
    var count = 0
    func bind(_ node: Node, _ expression: String) {
      let isTruth = program.graph[node].isTruthValue
      let fresh = "\(isTruth ? "m" : "v")\(count)"
      count += 1
      names[node] = fresh
      body += "  const \(isTruth ? "M" : "V") \(fresh) = \(expression);\n"
    }
    let written = Set(procedure.stores.map(\.array))
    let order = program.graph.reachableNodes(from: procedure.stores.map(\.value))
    // What is both read and written is read first, so that stores can follow their values at once.
    for node in order {
      if case .load(let array, let element) = program.graph[node], written.contains(array) {
        bind(node, "\(name(array))[\(element)]")
      }
    }
    let uses = program.graph.useCounts(for: procedure.stores.map(\.value))
    // What has a variable of its own counts as nothing.
    var depths: [Node: Int] = [:]
    var isPrinted = names.nodes
    for store in procedure.stores {
      for node in program.graph.reachableNodes(from: [store.value], except: &isPrinted) {
        if case .constant(let bits) = program.graph[node] {
          names[node] = literal(Double(bitPattern: bits))
          continue
        }
        let text = expression(node) { names[$0] }
        let depth = program.graph[node].operands.reduce(0) { max($0, depths[$1] ?? 0) } + 1
        // A variable costs the compiler more than an expression within another.
        if uses[Int(node.index)] == 1 && depth <= Self.nestingLimit {
          names[node] = "(\(text))"
          depths[node] = depth
        } else {
          bind(node, text)
        }
      }
      body += "  \(name(store.array))[\(store.element)] = \(names[store.value]);\n"
    }
    return body
  }

  private static let nestingLimit = 16

  private func literal(_ value: Double) -> String {
    if value.isNaN { return "((V)(__builtin_nan(\"\")))" }
    if value.isInfinite { return value > 0 ? "((V)(__builtin_inf()))" : "((V)(-__builtin_inf()))" }
    return "((V)(\(HexadecimalLiteral.text(of: value))))"
  }

  private func expression(_ node: Node, _ name: (Node) -> String) -> String {
    switch program.graph[node] {
    case .constant(let bits): literal(Double(bitPattern: bits))
    case .load(let array, let element): load(array, "\(element)")
    case .element(let array): load(array, "j")
    case .unary(let operation, let a):
      operation == .negate ? "-\(name(a))" : "\(operation.functionName)(\(name(a)))"
    case .binary(let operation, let a, let b):
      switch operation {
      case .add: "\(name(a)) + \(name(b))"
      case .subtract: "\(name(a)) - \(name(b))"
      case .multiply: "\(name(a)) * \(name(b))"
      case .divide: "\(name(a)) / \(name(b))"
      case .minimum: "afterglow_min(\(name(a)), \(name(b)))"
      case .maximum: "afterglow_max(\(name(a)), \(name(b)))"
      case .power: "afterglow_pow(\(name(a)), \(name(b)))"
      case .normal: "afterglow_normal_number(\(name(a)), \(name(b)))"
      case .uniform: "afterglow_uniform_number(\(name(a)), \(name(b)))"
      case .poissonQuantile: "afterglow_poisson_quantile(\(name(a)), \(name(b)))"
      }
    case .fusedMultiplyAdd(let a, let b, let c):
      "__builtin_elementwise_fma(\(name(a)), \(name(b)), \(name(c)))"
    case .compare(let comparison, let a, let b):
      "\(name(a)) \(comparison.rawValue) \(name(b))"
    case .both(let a, let b): "\(name(a)) & \(name(b))"
    case .either(let a, let b): "\(name(a)) | \(name(b))"
    case .not(let a): "~\(name(a))"
    case .select(let a, let b, let c):
      "afterglow_select(\(name(a)), \(name(b)), \(name(c)))"
    }
  }

  private func load(_ array: LaneArray, _ element: String) -> String {
    program[array].storage == .shared
      ? "((V)(\(name(array))[\(element)]))" : "\(name(array))[\(element)]"
  }

  // MARK: Routines

  private mutating func printRoutine(_ function: String, _ routines: [LaneProgram.Routine]) {
    text += "\nvoid \(function)(double *workspace, const double *shared) {\n"
    let usage = ArrayUsage(of: routines, in: program)
    text += entry(usage)
    for routine in routines { text += statements(routine, indent: "  ") }
    text += exit(usage)
    text += "}\n"
  }

  private mutating func printAdvance() {
    text += "\nvoid afterglow_advance(double *workspace, const double *shared,\n"
    text += "    struct afterglow_control *control) {\n"
    guard let control = program.control else {
      text += "}\n"
      return
    }
    var usage = ArrayUsage(
      of: [
        .attempt, .interpolationError, .judge, .interpolationCoefficients, .interpolate,
        .turningPoints, .turningRound, .turningEnd, .commit, .assess,
      ], in: program)
    usage.include(control)
    text += entry(usage)
    text += "  long long rounds = control->rounds;\n  for (;;) {\n"
    text += statements(.attempt, indent: "    ")
    if let needed = control.needsInterpolation { text += interpolationError(needed) }
    text += statements(.judge, indent: "    ")
    if program[control.recorded].count > 0 { text += sampling(control) }
    if let isTurning = control.isTurning { text += turning(isTurning, control.turningRounds) }
    text += statements(.commit, indent: "    ")
    if let isAssessed = control.isAssessed {
      text += "    if (__builtin_expect("
      text += "__builtin_reduce_or(\(name(isAssessed))[0] != ((V)(0.0))) != 0, 0)) {\n"
      text += statements(.assess, indent: "      ") + "    }\n"
    }
    text += "    if (__builtin_reduce_or(\(name(control.attention))[0] != ((V)(0.0))) "
    text += "|| --rounds == 0) break;\n  }\n"
    text += exit(usage)
    text += "}\n"
  }

  private func sampling(_ control: ControlArrays) -> String {
    let due =
      "(\(name(control.accepted))[0] != ((V)(0.0))) & "
      + "(\(name(control.nextSample))[0] <= \(name(control.newTime))[0])"
    // Where the interpolation is checked first, its coefficients are known.
    let coefficients =
      control.needsInterpolation == nil
      ? statements(.interpolationCoefficients, indent: "      ") : ""
    return """
          M due = \(due);
          if (__builtin_expect(__builtin_reduce_or(due) != 0, 0)) {
      \(coefficients)\
            do {
              \(name(control.fraction))[0] = (\(name(control.nextSample))[0] - \
      \(name(control.time))[0]) / \(name(control.step))[0];
      \(statements(.interpolate, indent: "        "))\
              const double *recorded = (const double *)\(name(control.recorded));
              for (int lane = 0; lane < AFTERGLOW_LANES; lane++) {
                if (!due[lane]) continue;
                double *out = control->destination[lane] + control->sample_index[lane]++;
                for (int variable = 0; variable < \(program[control.recorded].count); variable++)
                  out[variable * control->variable_stride] = \
      recorded[variable * AFTERGLOW_LANES + lane];
                \(name(control.nextSample))[0][lane] = \
      control->sample_times[control->sample_index[lane]];
              }
              due = \(due);
            } while (__builtin_reduce_or(due));
          }

      """
  }

  private func interpolationError(_ needed: LaneArray) -> String {
    let any = "__builtin_reduce_or(\(name(needed))[0] != ((V)(0.0))) != 0"
    return "    if (\(any)) {\n" + statements(.interpolationCoefficients, indent: "      ")
      + statements(.interpolationError, indent: "      ") + "    }\n"
  }

  private func turning(_ isTurning: LaneArray, _ rounds: Int) -> String {
    let any = "__builtin_reduce_or(\(name(isTurning))[0] != ((V)(0.0))) != 0"
    var text = "    if (__builtin_expect(\(any), 0)) {\n"
    if program.control?.needsInterpolation == nil {
      text += statements(.interpolationCoefficients, indent: "      ")
    }
    text += "      do {\n" + statements(.turningPoints, indent: "        ")
    text += "        for (int round = 0; round < \(rounds); round++) {\n"
    text += statements(.turningRound, indent: "          ") + "        }\n"
    text += statements(.turningEnd, indent: "        ")
    return text + "      } while (\(any));\n    }\n"
  }

  func entry(_ usage: ArrayUsage) -> String {
    var text = "  V *w = (V *)workspace;\n  (void)w;\n  (void)shared;\n"
    for array in usage.arrays {
      let declaration = program[array]
      let count = max(1, declaration.count)
      switch declaration.storage {
      case .shared:
        text += "  const double *\(name(array)) = shared + \(layout.offset(of: array));\n"
      case _ where layout.isInWorkspace(array, of: declaration):
        text += "  V *\(name(array)) = w + \(layout.offset(of: array));\n"
      case .persistent:
        text += "  V \(name(array))[\(count)];\n"
        text += copyLoop(array, "\(name(array))[j] = w[\(layout.offset(of: array)) + j];")
      case .temporary, .formal:
        text += "  V \(name(array))[\(count)];\n"
      }
    }
    return text
  }

  func exit(_ usage: ArrayUsage) -> String {
    var text = ""
    for array in usage.written.sorted()
    where program[array].storage == .persistent
      && !layout.isInWorkspace(array, of: program[array])
    {
      text += copyLoop(array, "w[\(layout.offset(of: array)) + j] = \(name(array))[j];")
    }
    return text
  }

  private func copyLoop(_ array: LaneArray, _ statement: String) -> String {
    let count = program[array].count
    return count == 0 ? "" : "  for (int j = 0; j < \(count); j++) \(statement)\n"
  }

  func statements(_ routine: LaneProgram.Routine, indent: String) -> String {
    var text = ""
    for statement in program.routines[routine] ?? [] {
      switch statement {
      case .call(let handle, let actuals):
        let procedure = program[handle]
        let arguments = (actuals + globals(of: procedure)).map(name)
        text +=
          "\(indent)p\(handle.index)_\(procedure.name)(\(arguments.joined(separator: ", ")));\n"
      case .forEach(let count, let loop):
        text += loopText(count, loop, indent: indent)
      case .factorDense(let array, let order):
        text += "\(indent)control->factor_dense(control->dense_context, "
        text += "(double *)\(name(array)), \(order), AFTERGLOW_LANES);\n"
      case .solveDense(let array, let order):
        text += "\(indent)control->solve_dense(control->dense_context, "
        text += "(double *)\(name(array)), \(order), AFTERGLOW_LANES);\n"
      }
    }
    return text
  }

  private func loopText(_ count: Int, _ loop: ElementLoop, indent: String) -> String {
    // A sum over nothing is 0, not what happens to stand there.
    guard count > 0 else {
      return loop.sums.map { "\(indent)\(name($0.array))[0] = ((V)(0.0));\n" }.joined()
    }
    var text = ""
    for (array, _) in loop.sums {
      text += "\(indent)V even_\(name(array)) = ((V)(0.0)), odd_\(name(array)) = ((V)(0.0));\n"
    }
    if count <= 24 { text += "\(indent)#pragma clang loop unroll(full)\n" }
    text += "\(indent)for (int j = 0; j < \(count); j++) {\n"
    var names = NodeTable<String>()
    let roots = loop.stores.map(\.value) + loop.sums.map(\.value)
    for (position, node) in program.graph.reachableNodes(from: roots).enumerated() {
      if case .constant(let bits) = program.graph[node] {
        names[node] = literal(Double(bitPattern: bits))
        continue
      }
      let isTruth = program.graph[node].isTruthValue
      let fresh = "\(isTruth ? "m" : "v")\(position)"
      names[node] = fresh
      text += "\(indent)  const \(isTruth ? "M" : "V") \(fresh) = "
      text += "\(expression(node) { names[$0] });\n"
    }
    for (array, value) in loop.stores {
      text += "\(indent)  \(name(array))[j] = \(names[value]);\n"
    }
    for (array, value) in loop.sums {
      text += "\(indent)  if (j & 1) odd_\(name(array)) += \(names[value]);\n"
      text += "\(indent)  else even_\(name(array)) += \(names[value]);\n"
    }
    text += "\(indent)}\n"
    for (array, _) in loop.sums {
      text += "\(indent)\(name(array))[0] = even_\(name(array)) + odd_\(name(array));\n"
    }
    return text
  }
}
