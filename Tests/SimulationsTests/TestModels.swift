import Diagnostics
import ModelLanguage
import Programs
import Simulations
import Units

/// Models built by hand, so that these tests do not depend on the language.
enum TestModels {
  static func declaration(_ path: String) -> Declaration {
    Declaration(path: path, unit: .one, range: SourceFile(path: "test", text: "").range)
  }

  /// `y' = input − k·y`, from 1.
  static func decay() -> Model {
    Model(
      name: "decay",
      parameters: [
        Parameter(
          declaration: declaration("k"), defaultValue: .number(0.5), provenance: .derived)
      ],
      inputs: [Input(declaration: declaration("rate"), defaultValue: .number(0))],
      states: [
        State(
          declaration: declaration("y"), initialValue: .number(1),
          derivative: .binary(
            .subtract, .input(0), .binary(.multiply, .parameter(0), .state(0))))
      ])
  }

  /// `x' = 1` from 0; falls back to 0 when it rises through 1.
  static func sawtooth() -> Model {
    Model(
      name: "sawtooth",
      states: [
        State(
          declaration: declaration("x"), initialValue: .number(0), derivative: .number(1))
      ],
      events: [
        Event(
          declaration: declaration("fall"),
          function: .binary(.subtract, .state(0), .number(1)), direction: .rising,
          assignments: [(state: 0, value: .number(0))])
      ])
  }

  /// A circle `x' = y`, `y' = -x` from (0, 1), and how often x rose through 0.5.
  static func countedCircle() -> Model {
    Model(
      name: "counted circle",
      states: [
        State(declaration: declaration("x"), initialValue: .number(0), derivative: .state(1)),
        State(
          declaration: declaration("y"), initialValue: .number(1),
          derivative: .binary(.multiply, .number(-1), .state(0))),
        State(
          declaration: declaration("count"), initialValue: .number(0), derivative: .number(0)),
      ],
      events: [
        Event(
          declaration: declaration("pass"),
          function: .binary(.subtract, .state(0), .number(0.5)), direction: .rising,
          assignments: [(state: 2, value: .binary(.add, .state(2), .number(1)))])
      ])
  }

  /// A drug that is absorbed and eliminated: `depot' = −1.5·depot`, `blood' = 1.5·depot − 0.2·blood`.
  static func absorption() -> Model {
    let absorbed = Expression.binary(.multiply, .number(1.5), .state(0))
    return Model(
      name: "absorption",
      states: [
        State(
          declaration: declaration("depot"), initialValue: .number(1),
          derivative: .negate(absorbed)),
        State(
          declaration: declaration("blood"), initialValue: .number(0),
          derivative: .binary(
            .subtract, absorbed, .binary(.multiply, .number(0.2), .state(1)))),
      ])
  }

  /// A ball that falls with `h' = v`, `v' = −10` and bounces with a part of its speed; the bounce may
  /// put the height to 0 as well.
  static func ball(part: Double, setsHeight: Bool) -> Model {
    let turn = (state: 1, value: Expression.binary(.multiply, .number(-part), .state(1)))
    return Model(
      name: "ball",
      states: [
        State(declaration: declaration("h"), initialValue: .number(1), derivative: .state(1)),
        State(declaration: declaration("v"), initialValue: .number(0), derivative: .number(-10)),
      ],
      events: [
        Event(
          declaration: declaration("bounce"), function: .state(0), direction: .falling,
          assignments: setsHeight ? [turn, (state: 0, value: .number(0))] : [turn])
      ])
  }

  /// `x' = −1` from 1 and `y' = log(x)`, which is no number beyond t = 1.
  static func logarithm() -> Model {
    Model(
      name: "logarithm",
      states: [
        State(declaration: declaration("x"), initialValue: .number(1), derivative: .number(-1)),
        State(
          declaration: declaration("y"), initialValue: .number(0),
          derivative: .call(.log, [.state(0)])),
      ])
  }

  /// `y' = a·y²` from 1, which has no solution beyond t = 1/a.
  static func blowUp() -> Model {
    Model(
      name: "blow-up",
      parameters: [
        Parameter(
          declaration: declaration("a"), defaultValue: .number(0.1), provenance: .derived)
      ],
      states: [
        State(
          declaration: declaration("y"), initialValue: .number(1),
          derivative: .binary(
            .multiply, .parameter(0), .binary(.power, .state(0), .number(2))))
      ])
  }

  /// `yᵢ' = m − (i + 1)·yᵢ` with the mean m of all: every state in every equation.
  static func coupled(count: Int) -> Model {
    let sum = (1..<count).reduce(Expression.state(0)) { .binary(.add, $0, .state($1)) }
    return Model(
      name: "coupled",
      states: (0..<count).map { index in
        State(
          declaration: declaration("y\(index)"), initialValue: .number(1),
          derivative: .binary(
            .subtract,
            .call(.tanh, [.binary(.divide, .quantity(0), .number(Double(count)))]),
            .binary(.multiply, .number(Double(index + 1)), .state(index))))
      },
      quantities: [
        DerivedQuantity(declaration: declaration("sum"), value: sum, isOutput: false)
      ])
  }
}

/// Runs collected in memory.
struct Collected {
  var samples: [[Double]] = []
  var reductions: [[Double]] = []
  var outcomes: [RunOutcome] = []

  /// Runs `count` runs in chunks, on one worker or two that share the source.
  init(
    _ ensemble: Ensemble, count: Int, chunk: Int = 16, setup: (Int) -> RunSetup
  ) throws {
    let configuration = ensemble.configuration
    samples = Array(repeating: [], count: count)
    reductions = Array(repeating: [], count: count)
    outcomes = Array(
      repeating: .done(RunStatistics(acceptedSteps: 0, rejectedSteps: 0)), count: count)
    var next = 0
    var samples = samples
    var reductions = reductions
    var outcomes = outcomes
    try ensemble.makeWorker().run(
      nextChunk: {
        guard next < count else { return nil }
        defer { next += chunk }
        return next..<min(count, next + chunk)
      },
      setup: setup,
      deliver: { result in
        let times = configuration.sampleTimes.count
        for (index, run) in result.runs.enumerated() {
          outcomes[run] = result.outcomes[index]
          samples[run] = configuration.recorded.indices.flatMap { variable in
            (0..<times).map { result.samples(of: variable)[index * times + $0] }
          }
          reductions[run] = configuration.reductions.indices.map {
            result.reduction($0)[index]
          }
        }
      })
    self.samples = samples
    self.reductions = reductions
    self.outcomes = outcomes
  }
}
