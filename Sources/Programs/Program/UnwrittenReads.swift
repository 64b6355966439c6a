extension LaneProgram {
  /// Elements that something reads although nothing can have written them before; none in a right program.
  ///
  /// Whatever lives within a routine has to be written in it first: natively it is a local variable of which
  /// nobody knows the value. Every path that a driver can take is followed, each from its beginning.
  ///
  /// - Returns: A sentence for each element and path.
  public func unwrittenReads() -> [String] {
    var found: [String] = []
    for path in paths {
      var walk = Walk(program: self)
      walk.write(path.given)
      for routine in path.routines {
        for statement in routines[routine] ?? [] { walk.pass(statement, of: routine) }
      }
      walk.read(path.taken)
      for problem in walk.problems where !found.contains(problem) { found.append(problem) }
    }
    return found
  }

  /// Routines that run one after the other, what their driver writes before them, and what it reads behind.
  private struct Path {
    var routines: [Routine]
    var given: [LaneArray] = []
    var taken: [LaneArray] = []
  }

  private var paths: [Path] {
    var paths = [Routine.prepare, .begin, .observe, .diagnose].map { Path(routines: [$0]) }
    if routines[.locate] != nil {
      paths.append(Path(routines: [.interpolationCoefficients, .locate]))
    }
    if let cells {
      let told =
        [cells.spike, cells.crossing, cells.replaced]
        + [cells.releases, cells.check]
        .compactMap { $0 }
      paths.append(
        Path(
          routines: [.attempt], given: [cells.clock, cells.arrivals, cells.sums], taken: told))
      return paths
    }
    guard let control else { return paths }
    let taken =
      [control.newTime, control.step, control.accepted, control.attention]
      + [control.isTurning, control.needsInterpolation].compactMap { $0 }
    let checks: [[Routine]] =
      control.needsInterpolation == nil
      ? [[]] : [[], [.interpolationCoefficients, .interpolationError]]
    let looks: [[Routine]] = control.isAssessed == nil ? [[]] : [[], [.assess]]
    // Where the interpolation is checked first, the check has its coefficients.
    let coefficients: [Routine] =
      control.needsInterpolation == nil ? [.interpolationCoefficients] : []
    let sampling: [Routine] = coefficients + [.interpolate]
    let turning: [Routine] = coefficients + [.turningPoints, .turningRound, .turningEnd]
    // A round may take neither of the two ways between, one, or both.
    for check in checks {
      for between in [[], sampling, turning, sampling + turning]
      where between.isEmpty || !check.isEmpty || control.needsInterpolation == nil {
        let judged = [.attempt] + check + [.judge] + between
        paths.append(Path(routines: judged, given: [control.fraction], taken: taken))
        for look in looks {
          paths.append(Path(routines: judged + [.commit] + look, given: [control.fraction]))
        }
      }
    }
    return paths
  }

  /// What has been written along a path.
  private struct Walk {
    let program: LaneProgram
    private var written: Set<Place> = []
    private(set) var problems: [String] = []

    private struct Place: Hashable {
      var array: LaneArray
      var element: Int
    }

    init(program: LaneProgram) { self.program = program }

    /// Whether an array has values before a routine begins.
    private func lasts(_ array: LaneArray) -> Bool {
      switch program[array].storage {
      case .persistent, .shared: true
      case .temporary, .formal: false
      }
    }

    mutating func write(_ arrays: [LaneArray]) {
      for array in arrays {
        for element in 0..<program[array].count { write(array, element, "its driver") }
      }
    }

    mutating func read(_ arrays: [LaneArray]) {
      for array in arrays {
        for element in 0..<program[array].count { read(array, element, "its driver") }
      }
    }

    mutating func pass(_ statement: Statement, of routine: Routine) {
      switch statement {
      case .call(let handle, let actuals):
        let procedure = program[handle]
        let place = "`\(procedure.name)` in `\(routine.rawValue)`"
        let bindings = Dictionary(uniqueKeysWithValues: zip(procedure.formals, actuals))
        for node in program.graph.reachableNodes(from: procedure.stores.map(\.value)) {
          if case .load(let array, let element) = program.graph[node] {
            read(bindings[array] ?? array, element, place)
          }
        }
        for store in procedure.stores {
          write(bindings[store.array] ?? store.array, store.element, place)
        }
      case .forEach(let count, let loop):
        let place = "a loop in `\(routine.rawValue)`"
        let nodes = program.graph.reachableNodes(
          from: loop.stores.map(\.value) + loop.sums.map(\.value))
        for index in 0..<count {
          for node in nodes {
            switch program.graph[node] {
            case .load(let array, let element): read(array, element, place)
            case .element(let array): read(array, index, place)
            default: continue
            }
          }
          for (array, _) in loop.stores { write(array, index, place) }
        }
        for (array, _) in loop.sums { write(array, 0, place) }
      case .factorDense(let matrix, let order):
        for element in 0..<order * order { read(matrix, element, "`factor`") }
      case .solveDense(let values, let order):
        for element in 0..<order { read(values, element, "`solve`") }
      }
    }

    private mutating func read(_ array: LaneArray, _ element: Int, _ place: String) {
      let declaration = program[array]
      if element >= declaration.count {
        note(
          "\(place) reads element \(element) of `\(declaration.name)`, which has "
            + "\(declaration.count)")
      } else if !lasts(array), !written.contains(Place(array: array, element: element)) {
        note("\(place) reads element \(element) of `\(declaration.name)` before it is written")
      }
    }

    private mutating func write(_ array: LaneArray, _ element: Int, _ place: String) {
      let declaration = program[array]
      if element >= declaration.count {
        note(
          "\(place) writes element \(element) of `\(declaration.name)`, which has "
            + "\(declaration.count)")
      }
      written.insert(Place(array: array, element: element))
    }

    private mutating func note(_ problem: String) {
      if !problems.contains(problem) { problems.append(problem) }
    }
  }
}
