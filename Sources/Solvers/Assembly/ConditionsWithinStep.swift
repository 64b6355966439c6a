import Programs

/// The looking for changes of conditions within an attempted step.
///
/// A condition is looked at where the step ends and at three places within it: in the middle and just
/// inside both ends, whose differences from the ends are slopes. What begins and ends within the step is
/// seen where it holds at one of them, or where the margin has a top between them that the slopes say may
/// reach zero; the driver then looks closer. Nothing of a step is taken over in which a condition changes.
///
/// Source of the principle: Shampine and Thompson (2000), Computers and Mathematics with Applications 39, 43;
/// of kinks as stops: Cellier and Kofman (2006), Continuous System Simulation, chapter 9.
extension StepAssembly {
  var watchesConditions: Bool { !system.conditions.isEmpty || !system.kinks.isEmpty }

  /// Defines the procedures that say how conditions and kinks stand at a time and a state.
  mutating func defineConditions() {
    if !system.conditions.isEmpty {
      let count = system.conditions.count
      let margins = program.declare("condition_margins", count: count, storage: .formal)
      let goneBack = program.declare("condition_gone_back", count: count, storage: .formal)
      var stores: [Procedure.Store] = []
      for (index, condition) in system.conditions.enumerated() {
        stores.append(.init(margins, index, signedMargin(condition)))
        let isBack = program.graph.select(
          condition.hasGoneBack, program.graph.constant(1), program.graph.constant(0))
        stores.append(.init(goneBack, index, isBack))
      }
      conditionProcedure = program.define(
        Procedure(
          name: "conditions", formals: [system.time, system.state, margins, goneBack],
          stores: stores))
    }
    if !system.kinks.isEmpty {
      let sides = program.declare("sides", count: system.kinks.count, storage: .formal)
      let arrays = arrays
      kinkProcedure = program.define(
        Procedure(
          name: "kink_sides", formals: [system.time, system.state, sides],
          stores: system.kinks.enumerated().map { index, kink in
            .init(sides, index, Self.side(of: kink, arrays, &program.graph))
          }))
    }
  }

  /// The margin with the sign that agrees with whether the condition holds.
  private mutating func signedMargin(_ condition: WatchedCondition) -> Node {
    let size = program.graph.unary(.absolute, condition.margin)
    // What does not hold stays below zero, even where the margin is zero.
    let smallest = program.graph.constant(Double.leastNormalMagnitude)
    let below = program.graph.negate(program.graph.add(size, smallest))
    return program.graph.select(condition.holds, size, below)
  }

  /// −1 or 1 where the two values differ clearly, 0 where they agree within ten tolerances.
  private static func side(
    of kink: Kink, _ arrays: SteppingArrays, _ graph: inout ExpressionGraph
  ) -> Node {
    let difference = graph.subtract(kink.left, kink.right)
    let size = graph.add(graph.unary(.absolute, kink.left), graph.unary(.absolute, kink.right))
    let relative = graph.multiply(graph.constant(10), graph.load(arrays.relativeTolerance))
    let distance = graph.multiply(relative, size)
    let isAbove = graph.compare(.greater, difference, distance)
    let isBelow = graph.compare(.less, difference, graph.negate(distance))
    return graph.select(
      isAbove, graph.constant(1), graph.select(isBelow, graph.constant(-1), graph.constant(0)))
  }

  /// Adds what `judge` needs: conditions and kinks at the end of the attempt and within it.
  mutating func addConditionsWithinStep() {
    let arrays = arrays
    let scratch = scratch
    if let kinkProcedure {
      append(
        .call(kinkProcedure, [scratch.newTime, scratch.newState, scratch.newKinkSides]),
        to: .attempt)
    }
    defer { addChangeTest() }
    guard let conditionProcedure else { return }
    append(
      .call(
        conditionProcedure,
        [scratch.newTime, scratch.newState, scratch.newMargins, scratch.newGoneBack]),
      to: .attempt)
    for statement in program.routines[.interpolationCoefficients] ?? [] {
      append(statement, to: .attempt)
    }
    let count = system.conditions.count
    innerConditions = SteppedProgram.conditionFractions.indices.map { place in
      (
        margins: program.declare("inner_margins_\(place)", count: count, storage: .temporary),
        goneBack: program.declare("inner_gone_back_\(place)", count: count, storage: .temporary)
      )
    }
    let interpolation = program.routines[.interpolate] ?? []
    for (fraction, inner) in zip(SteppedProgram.conditionFractions, innerConditions) {
      add("fraction", to: .attempt) { graph in
        [.init(arrays.fraction, 0, graph.constant(fraction))]
      }
      // The interpolation without the recording, which is added later.
      for statement in interpolation { append(statement, to: .attempt) }
      append(
        .call(
          conditionProcedure,
          [scratch.sampleTime, scratch.sampleState, inner.margins, inner.goneBack]),
        to: .attempt)
    }
  }

  /// Marks the attempts that the driver has to look at: something changes in them, or may.
  private mutating func addChangeTest() {
    let assembly = self
    add("find_changes", to: .attempt) { graph in
      guard let changes = Self.changesWithinStep(assembly, &graph) else { return [] }
      let zero = graph.constant(0)
      let looks = graph.compare(.equal, graph.load(assembly.arrays.ignoresConditions), zero)
      return [
        .init(
          assembly.scratch.changes, 0,
          graph.select(graph.both(looks, changes), graph.constant(1), zero))
      ]
    }
  }

  private static func changesWithinStep(
    _ assembly: StepAssembly, _ graph: inout ExpressionGraph
  ) -> Node? {
    let system = assembly.system
    let arrays = assembly.arrays
    let scratch = assembly.scratch
    let zero = graph.constant(0)
    var result: Node?
    func note(_ truth: Node, _ graph: inout ExpressionGraph) {
      result = result.map { graph.either($0, truth) } ?? truth
    }
    for (index, condition) in system.conditions.enumerated() {
      let holds = graph.compare(.notEqual, graph.load(arrays.holding, index), zero)
      let old = graph.load(arrays.margins, index)
      let new = graph.load(scratch.newMargins, index)
      let inner = assembly.innerConditions.map { graph.load($0.margins, index) }
      var begins = graph.compare(.greaterOrEqual, new, zero)
      for margin in inner {
        begins = graph.either(begins, graph.compare(.greaterOrEqual, margin, zero))
      }
      let losesValue = graph.both(
        graph.compare(.notEqual, new, new), graph.compare(.equal, old, old))
      let mayTouch = Self.mayReachZero(old, inner, new, isFromBelow: true, &graph)
      begins = graph.either(begins, graph.either(losesValue, mayTouch))
      note(graph.both(graph.not(holds), begins), &graph)
      guard condition.tellsEnd else { continue }
      var ends = graph.compare(.notEqual, graph.load(scratch.newGoneBack, index), zero)
      for place in assembly.innerConditions {
        ends = graph.either(
          ends, graph.compare(.notEqual, graph.load(place.goneBack, index), zero))
      }
      ends = graph.either(ends, Self.mayReachZero(old, inner, new, isFromBelow: false, &graph))
      note(graph.both(holds, ends), &graph)
    }
    for index in system.kinks.indices {
      let product = graph.multiply(
        graph.load(arrays.kinkSides, index), graph.load(scratch.newKinkSides, index))
      note(graph.compare(.less, product, zero), &graph)
    }
    return result
  }

  /// Whether a margin may reach zero between the places it was looked at, going by its slopes.
  ///
  /// That needs a top between them: it rises at the one and falls at the other. A curve that bends one
  /// way there lies below both straight lines.
  private static func mayReachZero(
    _ old: Node, _ inner: [Node], _ new: Node, isFromBelow: Bool, _ graph: inout ExpressionGraph
  ) -> Node {
    let part = SteppedProgram.conditionFractions[0]
    let sign = graph.constant(isFromBelow ? 1 : -1)
    let values = ([old] + inner + [new]).map { graph.multiply(sign, $0) }
    let zero = graph.constant(0)
    let first = graph.subtract(values[1], values[0])
    let last = graph.subtract(values[4], values[3])
    let turns = graph.both(
      graph.compare(.greater, first, zero), graph.compare(.less, last, zero))
    let reach = graph.constant((1 - part) / part)
    // From either end straight on to the other one.
    let fromStart = graph.add(values[1], graph.multiply(reach, first))
    let fromEnd = graph.subtract(values[3], graph.multiply(reach, last))
    let bound = graph.both(
      graph.compare(.greaterOrEqual, fromStart, zero), graph.compare(.greaterOrEqual, fromEnd, zero)
    )
    return graph.both(turns, bound)
  }

  /// Adds how conditions and kinks stand where a lane starts afresh.
  mutating func addConditionsAtBeginning() {
    let arrays = arrays
    if let conditionProcedure {
      append(
        .call(conditionProcedure, [arrays.time, arrays.state, arrays.margins, arrays.goneBack]),
        to: .begin)
    }
    guard let kinkProcedure else { return }
    let sides = program.declare("first_sides", count: system.kinks.count, storage: .temporary)
    append(.call(kinkProcedure, [arrays.time, arrays.state, sides]), to: .begin)
    addLoop(to: .begin, count: system.kinks.count) { graph in
      // A lane on its way past a kink keeps the side that it comes from.
      let restarts = graph.compare(
        .notEqual, graph.load(arrays.isRestarting), graph.constant(0))
      let side = graph.select(
        restarts, graph.element(sides), graph.element(arrays.kinkSides))
      return ElementLoop(stores: [(arrays.kinkSides, side)])
    }
  }

  /// Adds how conditions stand at the current time to what a driver may ask.
  mutating func addConditionsToObservation() {
    let arrays = arrays
    if let conditionProcedure {
      append(
        .call(conditionProcedure, [arrays.time, arrays.state, arrays.margins, arrays.goneBack]),
        to: .observe)
    }
    guard !system.kinks.isEmpty else { return }
    var differences: [Node] = []
    for kink in system.kinks {
      differences.append(program.graph.subtract(kink.left, kink.right))
    }
    let procedure = defineOverState("kinks", differences, into: arrays.locatedKinks)
    kinkDifferences = procedure
    append(.call(procedure, [arrays.time, arrays.state]), to: .observe)
  }

  /// Takes over how conditions and kinks stand at the end of an accepted step.
  mutating func addConditionsToCommit() {
    let arrays = arrays
    let scratch = scratch
    let tellsEnd = system.conditions.map(\.tellsEnd)
    let kinks = system.kinks.indices
    add("keep_conditions", to: .commit) { graph in
      let zero = graph.constant(0)
      let isAccepted = graph.compare(.notEqual, graph.load(scratch.accepted), zero)
      var stores: [Procedure.Store] = []
      func take(_ array: LaneArray, _ new: LaneArray, _ index: Int) {
        let value = graph.select(isAccepted, graph.load(new, index), graph.load(array, index))
        stores.append(.init(array, index, value))
      }
      for index in tellsEnd.indices {
        take(arrays.margins, scratch.newMargins, index)
        take(arrays.goneBack, scratch.newGoneBack, index)
        guard !tellsEnd[index] else { continue }
        let isBack = graph.compare(.notEqual, graph.load(scratch.newGoneBack, index), zero)
        let rest = graph.select(
          graph.both(isAccepted, isBack), zero, graph.load(arrays.holding, index))
        stores.append(.init(arrays.holding, index, rest))
      }
      for index in kinks {
        take(arrays.kinkSides, scratch.newKinkSides, index)
      }
      return stores
    }
  }

  /// How conditions and kinks stand within the attempted step.
  mutating func addLocation() {
    guard watchesConditions else { return }
    let arrays = arrays
    let scratch = scratch
    // The interpolation without the recording, which comes last.
    let interpolation = (program.routines[.interpolate] ?? [])
      .dropLast(system.recorded.isEmpty ? 0 : 1)
    program.routines[.locate] = Array(interpolation)
    if let conditionProcedure {
      append(
        .call(
          conditionProcedure,
          [
            scratch.sampleTime, scratch.sampleState, arrays.locatedMargins,
            arrays.locatedGoneBack,
          ]), to: .locate)
    }
    guard let kinkDifferences else { return }
    append(.call(kinkDifferences, [scratch.sampleTime, scratch.sampleState]), to: .locate)
  }
}
