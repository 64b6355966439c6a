import ModelLanguage

/// Models whose stiffness changes on the way, for `auto`.
enum SwitchingModels {
  /// A slow decay that is not stiff until the input opens a quick exchange.
  ///
  /// `a' = −slow·a − open·quick·(a − b)`, `b' = open·quick·(a − b)`: the sum falls by `slow·a`.
  static func exchange() -> Model {
    let flow = Expression.binary(
      .multiply, .binary(.multiply, .input(0), .parameter(0)),
      .binary(.subtract, .state(0), .state(1)))
    return Model(
      name: "exchange",
      parameters: [
        Parameter(
          declaration: TestModels.declaration("quick"), defaultValue: .number(1e5),
          provenance: .derived)
      ],
      inputs: [Input(declaration: TestModels.declaration("open"), defaultValue: .number(0))],
      states: [
        State(
          declaration: TestModels.declaration("a"), initialValue: .number(1),
          derivative: .binary(
            .subtract, .binary(.multiply, .number(-0.05), .state(0)), flow)),
        State(
          declaration: TestModels.declaration("b"), initialValue: .number(0), derivative: flow),
      ])
  }

  /// Van der Pol: `x' = y`, `y' = mu·(1 − x²)·y − x` from (2, 0).
  static func vanDerPol(events: [Event] = [], counts: Bool = false) -> Model {
    let damping = Expression.binary(
      .multiply, .parameter(0),
      .binary(.subtract, .number(1), .binary(.multiply, .state(0), .state(0))))
    var states = [
      State(
        declaration: TestModels.declaration("x"), initialValue: .number(2), derivative: .state(1)),
      State(
        declaration: TestModels.declaration("y"), initialValue: .number(0),
        derivative: .binary(
          .subtract, .binary(.multiply, damping, .state(1)), .state(0))),
    ]
    if counts {
      states.append(
        State(
          declaration: TestModels.declaration("count"), initialValue: .number(0),
          derivative: .number(0)))
    }
    return Model(
      name: "van der pol",
      parameters: [
        Parameter(
          declaration: TestModels.declaration("mu"), defaultValue: .number(1000),
          provenance: .derived)
      ],
      states: states, events: events)
  }

  /// Counts the times at which x rises through 0.
  static func countedVanDerPol() -> Model {
    vanDerPol(
      events: [
        Event(
          declaration: TestModels.declaration("rise"), function: .state(0), direction: .rising,
          assignments: [(state: 2, value: .binary(.add, .state(2), .number(1)))])
      ], counts: true)
  }

  /// A clamped beam after Euler and Bernoulli in so many pieces, bent at the start: undamped
  /// oscillations, the fastest of them at about 4·pieces² per second.
  static func beam(pieces: Int) -> Model {
    func height(_ place: Int) -> Expression {
      place <= 0 ? .number(0) : .state(2 * (place - 1))
    }
    // The moment at a place, of the two differences there; none at the free end.
    func moment(_ place: Int) -> Expression? {
      if place >= pieces { return nil }
      if place == 0 { return .binary(.multiply, .number(2), height(1)) }
      return .binary(
        .add, .binary(.subtract, height(place + 1), .binary(.multiply, .number(2), height(place))),
        height(place - 1))
    }
    let stiffness = Double(pieces * pieces * pieces * pieces)
    var states: [State] = []
    for place in 1...pieces {
      let parts = [(place - 1, 1.0), (place, -2), (place + 1, 1)]
      var force = Expression.number(0)
      for (place, weight) in parts {
        guard let moment = moment(place) else { continue }
        force = .binary(
          .subtract, force, .binary(.multiply, .number(stiffness * weight), moment))
      }
      let share = Double(place) / Double(pieces)
      states += [
        State(
          declaration: TestModels.declaration("u\(place)"),
          initialValue: .number(0.01 * share * share), derivative: .state(2 * place - 1)),
        State(
          declaration: TestModels.declaration("v\(place)"), initialValue: .number(0),
          derivative: force),
      ]
    }
    return Model(name: "beam", states: states)
  }

  /// `y' = 1 − √y` from 0, where the Jacobian is infinite.
  static func rootOfNothing() -> Model {
    let root = Expression.call(.sqrt, [.state(0)])
    return Model(
      name: "root",
      states: [
        State(
          declaration: TestModels.declaration("y"), initialValue: .number(0),
          derivative: .binary(.subtract, .number(1), root))
      ])
  }

  /// The same, and `x' = −1e5·(x − y)`, which follows it and makes it stiff.
  static func followedRoot() -> Model {
    var model = rootOfNothing()
    model.states[0].initialValue = .number(1)
    model.states.append(
      State(
        declaration: TestModels.declaration("x"), initialValue: .number(1),
        derivative: .binary(
          .multiply, .number(-1e5), .binary(.subtract, .state(1), .state(0)))))
    return model
  }
}
