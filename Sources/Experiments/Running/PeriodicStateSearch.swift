/// Finds the states that an interval of repeated doses leaves as they are, for one run.
///
/// At first the intervals are taken as they come, from the model's initial values, so that of
/// several periodic states the one is found to which the doses lead. What is still missing then is
/// found by Newton's method on the map of an interval, each of whose rounds stands for any number of
/// intervals (`LinearisedPeriod`). Near saturation, where an interval brings almost as much as can
/// leave in it, that takes some rounds instead of millions of intervals. In the end a round with
/// tighter tolerances has to come to the same.
///
/// A constant infusion has no interval; there a stretch of time stands for one, which doubles until
/// the states are at rest or it is some months long.
///
/// Source: T. J. Aprille & T. N. Trick (1972), Proc. IEEE 60, 108.
struct PeriodicStateSearch {
  /// What is known of the doses and the tolerances.
  struct Problem {
    /// The length of an interval in s; 0 for a constant infusion.
    var interval: Double
    /// What an interval, or a second of a constant infusion, brings into each state.
    var inputs: [Double]
    /// Whether a state is of the kind that the doses bring, such as an amount.
    var isLoaded: [Bool]
    var relativeTolerance: Double
    var absoluteTolerances: [Double]

    /// The sum of some values over the states of the kind that the doses bring.
    func total(_ values: [Double]) -> Double {
      values.indices.reduce(0) { isLoaded[$1] ? $0 + values[$1] : $0 }
    }
  }

  /// An interval that has to be simulated.
  struct Request {
    /// The length in s.
    var length: Double
    /// Index into `relativeTolerances`.
    var level: Int
    var states: [Double]
  }

  /// How it ended.
  enum Outcome {
    case found([Double])
    /// There is no such state; what is known of the growth.
    case none(Growth)
    /// A simulated interval failed.
    case failed(String)
    /// The states are not known as well as is asked for.
    case uncertain
  }

  /// How the states grow where they find no rest.
  struct Growth {
    /// The states at the beginning of an interval, and by how much they grow in it.
    var states: [Double]
    var gains: [Double]
    /// In s.
    var length: Double
    /// The state that moves farthest, by its tolerance.
    var farthest: Int
  }

  private enum Stage {
    case plain
    case newton
    /// What was found with the tightest tolerances, with those before them.
    case check
    /// A last interval, far up, that tells how much leaves at the most.
    case probe
    case over(Outcome)
  }

  private static let plainLimit = 100
  private static let newtonLimit = 80
  /// The first stretch of a constant infusion, in s, and how often it doubles at most.
  private static let firstStretch = 3600.0
  private static let doublingLimit = 12
  /// By what part of its size a state is shifted for a derivative.
  private static let shift = 1e-3
  /// More than so many times what an interval adds to a state is not resolved: the difference
  /// between what enters and what leaves would be lost in the errors of the method.
  private static let largestLoad = 1e8
  /// Where the greatest elimination is looked for, in intervals' doses.
  private static let probedLoad = 1e6
  /// A round that moves the states by less than this part of their tolerances is the last one.
  private static let smallMove = 0.3
  /// So much may lie between the tightest tolerances and those before them, which are a hundred
  /// times looser.
  private static let smallMoveOfLooser = 30.0

  let problem: Problem
  /// The tolerances of simulated intervals, falling; the first serves for intervals as they come.
  let relativeTolerances: [Double]
  private var stage = Stage.plain
  private var states: [Double]
  private let start: [Double]
  private var length: Double
  private var level = 0
  private var round = 0
  /// Whether the last tolerances have led to the present states, which the tighter ones, with a
  /// derivative of their own, now have to leave as they are.
  private var isConfirming = false
  /// The largest value of each state so far, in magnitude, and whether one has been negative.
  private var largest: [Double]
  private var isSigned: [Bool]
  /// How large each state was in intervals as they come, and the most that an interval changed it.
  private var usual: [Double]
  private var largestGain: [Double]
  private var lastDistance = Double.infinity
  private var shiftSign = 1.0
  private var linearised: LinearisedPeriod?
  private var lastGrowth: Growth?

  /// Begins at the states of the start.
  init(_ problem: Problem, states: [Double]) {
    self.problem = problem
    self.states = states
    start = states
    length = problem.interval > 0 ? problem.interval : Self.firstStretch
    relativeTolerances = Self.relativeTolerances(problem.relativeTolerance)
    largest = zip(states, problem.inputs).map { max(abs($0), abs($1)) }
    isSigned = states.map { $0 < 0 }
    usual = largest
    largestGain = states.map { _ in 0 }
  }

  /// The tolerances of simulated intervals where so much is asked for.
  static func relativeTolerances(_ relativeTolerance: Double) -> [Double] {
    // Ten times tighter than asked, so that the states settle well within the tolerance.
    [1e-1, 1e-3, 1e-5, 1e-7].map { max(1e-14, $0 * relativeTolerance) }
  }

  /// How it ended, or `nil` while it goes on.
  var outcome: Outcome? {
    if case .over(let outcome) = stage { return outcome }
    return nil
  }

  /// The intervals that are needed next, the one from the present states first.
  var requests: [Request] {
    func request(_ states: [Double]) -> Request {
      Request(length: length, level: level, states: states)
    }
    switch stage {
    case .plain, .check, .probe: return [request(states)]
    case .newton: return [request(states)] + shiftedStates.map { request($0.states) }
    case .over: return []
    }
  }

  /// For each state on which something may depend, the states with it shifted.
  private var shiftedStates: [(state: Int, step: Double, states: [Double])] {
    states.indices.compactMap { state in
      let size = sizes[state]
      guard size > 0 else { return nil }
      var shifted = states
      shifted[state] += shiftSign * Self.shift * size
      return (state, shifted[state] - states[state], shifted)
    }
  }

  /// Takes what the requested intervals came to.
  ///
  /// - Parameter ends: The states at the end of each, or why it failed.
  mutating func advance(_ ends: [Result<[Double], PeriodFailure>]) {
    guard let first = ends.first else {
      preconditionFailure("a search for a steady state goes on without an interval")
    }
    switch first {
    case .success(let end): advance(end, ends)
    case .failure(let failure):
      if case .probe = stage, let lastGrowth {
        stage = .over(.none(lastGrowth))
      } else {
        stage = .over(.failed(failure.text))
      }
    }
  }

  private mutating func advance(_ end: [Double], _ ends: [Result<[Double], PeriodFailure>]) {
    for state in end.indices {
      largest[state] = max(largest[state], abs(end[state]))
      isSigned[state] = isSigned[state] || end[state] < 0
      largestGain[state] = max(largestGain[state], abs(end[state] - states[state]))
    }
    switch stage {
    case .plain: takeInterval(end)
    case .newton: takeRound(end, ends)
    case .check: takeCheck(end)
    case .probe:
      guard var found = lastGrowth else {
        preconditionFailure("the greatest elimination is looked for before a state grows")
      }
      found.states = states
      found.gains = gains(to: end)
      stage = .over(.none(found))
    case .over: preconditionFailure("a search for a steady state goes on when it is over")
    }
  }

  // MARK: Intervals as they come

  private mutating func takeInterval(_ end: [Double]) {
    round += 1
    let distance = distance(from: states, to: end)
    let shrinkage = distance / lastDistance
    let missing = shrinkage < 1 ? distance * shrinkage / (1 - shrinkage) : .infinity
    let isConstant = problem.interval == 0
    // The first interval says nothing of how fast changes shrink, and of stretches of a constant
    // infusion each is twice as long as the one before.
    let isShrinking = missing <= 1 || (isConstant && lastDistance <= 1)
    let isAtRest = distance == 0 || (round > 1 && distance <= 1 && isShrinking)
    states = end
    usual = largest
    lastDistance = distance
    if isAtRest || round == (isConstant ? Self.doublingLimit : Self.plainLimit) {
      beginNewton(atLevel: 1)
    } else if isConstant {
      length *= 2
    }
  }

  // MARK: Newton's method

  private mutating func beginNewton(atLevel level: Int) {
    self.level = level
    round = 0
    shiftSign = 1
    stage = .newton
    isConfirming = false
  }

  private mutating func takeRound(_ end: [Double], _ ends: [Result<[Double], PeriodFailure>]) {
    round += 1
    var shifts: [(step: Double, end: [Double])?] = states.map { _ in nil }
    for (shifted, result) in zip(shiftedStates, ends.dropFirst()) {
      switch result {
      case .success(let found): shifts[shifted.state] = (shifted.step, found)
      case .failure(let failure):
        // A state at the end of its range can be shifted to the other side.
        if shiftSign > 0 { shiftSign = -1 } else { stage = .over(.failed(failure.text)) }
        return
      }
    }
    shiftSign = 1
    let linearised = LinearisedPeriod(end: end, shifts: shifts, sizes: sizes)
    let movement = linearised.movement(after: gains(to: end))
    let found = growth(to: end, moving: movement.distances)
    lastGrowth = found
    guard movement.isAll else {
      tightenOrGiveUp(found)
      return
    }
    self.linearised = linearised
    let next = clipped(movement.distances)
    let size = distance(from: states, to: next)
    if isOverloaded(next) {
      tightenOrGiveUp(found)
      return
    }
    states = next
    if size <= Self.smallMove {
      if isConfirming {
        stage = .over(.found(next))
      } else if isTightest {
        level -= 1
        stage = .check
      } else {
        beginNewton(atLevel: level + 1)
        isConfirming = true
      }
      return
    }
    isConfirming = false
    if round == Self.newtonLimit {
      stage = .over(.none(found))
    }
  }

  private var isTightest: Bool { level + 1 == relativeTolerances.count }

  /// Goes on with tighter tolerances, where differences may have been lost in the errors of the
  /// method; where there are none, the states find no rest.
  private mutating func tightenOrGiveUp(_ growth: Growth) {
    guard isTightest else {
      beginNewton(atLevel: level + 1)
      return
    }
    let total =
      problem.total(problem.inputs) * (problem.interval == 0 ? length : 1)
    let state = growth.farthest
    guard problem.isLoaded[state], total > 0 else {
      stage = .over(.none(growth))
      return
    }
    // With so much there no more can leave than does.
    states[state] = max(states[state], Self.probedLoad * total)
    stage = .probe
  }

  private func isOverloaded(_ next: [Double]) -> Bool {
    let scales = scales(at: next)
    return next.indices.contains { state in
      abs(next[state] - states[state]) > scales[state]
        && abs(next[state] - start[state]) > Self.largestLoad * largestGain[state]
    }
  }

  /// A step that leaves what was never negative as it was: amounts and concentrations.
  private func clipped(_ step: [Double]) -> [Double] {
    states.indices.map { state in
      let next = states[state] + step[state]
      return next < 0 && !isSigned[state] ? 0.1 * states[state] : next
    }
  }

  private mutating func takeCheck(_ end: [Double]) {
    guard let linearised else {
      preconditionFailure("a steady state is looked at again that was not found")
    }
    let movement = linearised.movement(after: gains(to: end))
    let size = distance(from: states, to: clipped(movement.distances))
    let isSame = movement.isAll && size <= Self.smallMoveOfLooser
    stage = .over(isSame ? .found(states) : .uncertain)
  }

  // MARK: Sizes

  /// How large each state is.
  private var sizes: [Double] { zip(usual, states).map { max($0, abs($1)) } }

  /// What the tolerances allow in each state.
  ///
  /// An absolute tolerance above what there ever was of a
  /// state says nothing of it.
  private func scales(at states: [Double]) -> [Double] {
    states.indices.map { state in
      problem.relativeTolerance * abs(states[state])
        + min(
          problem.absoluteTolerances[state], problem.relativeTolerance * largest[state])
    }
  }

  private func gains(to end: [Double]) -> [Double] { zip(states, end).map { $1 - $0 } }

  private func growth(to end: [Double], moving distances: [Double]) -> Growth {
    let scales = scales(at: end)
    let moved = zip(distances, scales).map { $0 == 0 ? 0 : abs($0) / $1 }
    guard let farthest = moved.indices.max(by: { moved[$0] < moved[$1] }) else {
      preconditionFailure("a model without states finds no rest")
    }
    return Growth(states: states, gains: gains(to: end), length: length, farthest: farthest)
  }

  /// The largest change of a state, in units of its tolerance.
  private func distance(from before: [Double], to after: [Double]) -> Double {
    let scales = scales(at: after)
    return before.indices.reduce(0) { largest, state in
      let change = abs(after[state] - before[state])
      return change == 0 ? largest : max(largest, change / scales[state])
    }
  }
}

/// Why an interval could not be simulated.
struct PeriodFailure: Error {
  var text: String
}
