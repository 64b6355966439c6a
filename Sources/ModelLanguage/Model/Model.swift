public import Diagnostics
public import Units

/// An elaborated model: every instance expanded, every name a dotted path, every number in SI.
///
/// What the later layers see of a model. Names and declared units are kept for people to read;
/// no later layer computes with them.
public struct Model: Sendable {
  /// The name after the keyword `model` or `component`.
  public var name: String
  /// The text of the documentation comment of the top level, or an empty string.
  public var documentation: String
  /// What stays constant during a run and can be set from outside, in order of declaration.
  public var parameters: [Parameter]
  /// What is held constant between the changes that an experiment makes.
  public var inputs: [Input]
  /// What is integrated.
  public var states: [State]
  /// What follows from the others; each refers only to those before it.
  public var quantities: [DerivedQuantity]
  /// Crossings that change states.
  public var events: [Event]
  /// The ways in which a dose can enter.
  public var routes: [Route]
  /// Sums of states that the equations keep constant.
  public var conservations: [Conservation]
  /// Every file that the model was read from, the main file first.
  public var sources: [SourceFile]

  /// Makes a model of its parts.
  public init(
    name: String, documentation: String = "", parameters: [Parameter] = [], inputs: [Input] = [],
    states: [State] = [], quantities: [DerivedQuantity] = [], events: [Event] = [],
    routes: [Route] = [], conservations: [Conservation] = [], sources: [SourceFile] = []
  ) {
    self.name = name
    self.documentation = documentation
    self.parameters = parameters
    self.inputs = inputs
    self.states = states
    self.quantities = quantities
    self.events = events
    self.routes = routes
    self.conservations = conservations
    self.sources = sources
  }
}

/// Where a number comes from.
public enum Provenance: Sendable, Hashable {
  /// A publication or another citable origin.
  case source(String)
  /// A choice of the model's author, with its reason.
  case assumed(String)
  /// A formula over other parameters.
  case derived
}

/// What every named thing in a model has.
public struct Declaration: Sendable, Hashable {
  /// The dotted path, such as `ketamine.weight`.
  public var path: String
  /// The unit that the author declared: for display, for files, and as the scale of tolerances.
  public var unit: PhysicalUnit
  /// The documentation comment, or an empty string.
  public var documentation: String
  /// Where it is declared.
  public var range: SourceRange

  /// Makes a declaration.
  public init(path: String, unit: PhysicalUnit, documentation: String = "", range: SourceRange) {
    self.path = path
    self.unit = unit
    self.documentation = documentation
    self.range = range
  }
}

/// A number that is constant during a run.
public struct Parameter: Sendable {
  public var declaration: Declaration
  /// The default, over numbers and earlier or later parameters, without cycles.
  public var defaultValue: Expression
  /// The allowed values in SI units, or `nil` where the author gave no range.
  public var allowed: ClosedRange<Double>?
  /// Where the value comes from.
  public var provenance: Provenance

  /// Makes a parameter.
  public init(
    declaration: Declaration, defaultValue: Expression, allowed: ClosedRange<Double>? = nil,
    provenance: Provenance
  ) {
    self.declaration = declaration
    self.defaultValue = defaultValue
    self.allowed = allowed
    self.provenance = provenance
  }
}

/// A value that is given from outside and constant between the changes that are made to it.
public struct Input: Sendable {
  /// Who gives the value.
  ///
  /// All but the first are for cells of a population.
  public enum Role: Sendable {
    /// An experiment, at given times.
    case driven
    /// The weights that arrive at the beginning of a step, summed.
    case arrivals
    /// The number of random arrivals in a step, over parameters and driven inputs: Poisson with
    /// this rate in 1/s.
    case poisson(rate: Expression)
    /// The number of recorded spikes in a step, given from outside for each cell.
    case recorded
    /// White noise: a derivative is linear in it, and its unit is s^-0.5.
    case whiteNoise
    /// What continuous projections sum up at the beginning of a step.
    case sum
    /// The number of spikes that arrived at the beginning of a step, times their weights, per second.
    case rate
    /// 1 within the refractory time of the last spike, else 0.
    case refractory
    /// The number of a cell in its population, or of a connection's target, from 0.
    case cellIndex
    /// How many cells the population has.
    case cellCount
    /// What the source of a connection has, in rules of plasticity.
    case connection
  }

  public var declaration: Declaration
  /// The value until it is first changed, over parameters.
  public var defaultValue: Expression
  public var role: Role

  /// Makes an input.
  public init(declaration: Declaration, defaultValue: Expression, role: Role = .driven) {
    self.declaration = declaration
    self.defaultValue = defaultValue
    self.role = role
  }
}

/// A variable that is integrated.
public struct State: Sendable {
  public var declaration: Declaration
  /// The value at the start, over parameters.
  public var initialValue: Expression
  /// The derivative with respect to time, in SI units per second.
  public var derivative: Expression

  /// Makes a state.
  public init(declaration: Declaration, initialValue: Expression, derivative: Expression) {
    self.declaration = declaration
    self.initialValue = initialValue
    self.derivative = derivative
  }
}

/// A named value that follows from parameters, inputs, states and earlier quantities.
public struct DerivedQuantity: Sendable {
  public var declaration: Declaration
  public var value: Expression
  /// Whether the component lists it as an output.
  public var isOutput: Bool

  /// Makes a derived quantity.
  public init(declaration: Declaration, value: Expression, isOutput: Bool) {
    self.declaration = declaration
    self.value = value
    self.isOutput = isOutput
  }
}

/// A condition that changes states when it becomes true.
public struct Event: Sendable {
  /// In which direction the function has to cross zero.
  public enum Direction: Sendable, Hashable {
    case rising
    case falling

    /// How a value compares with a threshold that it has crossed, or is beyond.
    func comparison(needsCrossing: Bool) -> Expression.Condition.Comparison {
      switch self {
      case .rising: needsCrossing ? .greaterOrEqual : .greater
      case .falling: needsCrossing ? .lessOrEqual : .less
      }
    }
  }

  public var declaration: Declaration
  /// The truth whose becoming true is the event.
  ///
  /// For `A rises through B` it is `A >= B`, for `A falls through B` it is `A <= B`.
  public var condition: Expression.Condition
  /// The function whose zero is the time of the event: for a condition its margin, which rises.
  public var function: Expression
  public var direction: Direction
  /// Whether the event also happens at the beginning of a run if the condition holds then.
  ///
  /// Otherwise what holds at the beginning does not count until it has gone back.
  public var happensAtStart: Bool
  /// How long after the condition became true the states change, over parameters; `nil` for none.
  ///
  /// The new values are those of the moment at which the states change.
  public var delay: Expression?
  /// Whether the function has to cross zero.
  ///
  /// Otherwise being above (below) zero at the end of a step is enough; only for spikes of cells.
  public var needsCrossing: Bool
  /// How long no further event follows one, over parameters; only for spikes of cells.
  public var refractoryTime: Expression?
  /// The states that change, by index, and their values after the event, over values before it.
  public var assignments: [(state: Int, value: Expression)]

  /// Makes an event; without a condition it is that the function is at or beyond zero, or beyond
  /// zero where no crossing is needed.
  public init(
    declaration: Declaration, condition: Expression.Condition? = nil, function: Expression,
    direction: Direction, happensAtStart: Bool = false, delay: Expression? = nil,
    needsCrossing: Bool = true, refractoryTime: Expression? = nil,
    assignments: [(state: Int, value: Expression)]
  ) {
    self.declaration = declaration
    self.condition =
      condition
      ?? .comparison(
        direction.comparison(needsCrossing: needsCrossing), function, .number(0))
    self.function = function
    self.direction = direction
    self.happensAtStart = happensAtStart
    self.delay = delay
    self.needsCrossing = needsCrossing
    self.refractoryTime = refractoryTime
    self.assignments = assignments
  }
}

/// A way in which a dose enters the model.
public struct Route: Sendable {
  /// One place that a part of the dose goes to.
  public struct Target: Sendable {
    /// The state that receives the dose.
    public var state: Int
    /// The input whose value is added to this state's derivative: the rate of an infusion.
    public var rateInput: Int
    /// The bioavailability, over parameters and `amount`; 1 where the author gave none.
    public var fraction: Expression
    /// The time over which a bolus enters at a constant rate, over parameters and `amount`;
    /// `nil` for at once.
    public var duration: Expression?
    /// The delay before the dose appears, over parameters and `amount`; `nil` for none.
    public var lag: Expression?

    /// Makes a target.
    public init(
      state: Int, rateInput: Int, fraction: Expression, duration: Expression? = nil,
      lag: Expression? = nil
    ) {
      self.state = state
      self.rateInput = rateInput
      self.fraction = fraction
      self.duration = duration
      self.lag = lag
    }
  }

  /// The path is the instance's path and the route's name, such as `ketamine.intravenous`; the
  /// unit is the unit of the first target's state.
  public var declaration: Declaration
  public var targets: [Target]

  /// Makes a route.
  public init(declaration: Declaration, targets: [Target]) {
    self.declaration = declaration
    self.targets = targets
  }
}

/// A weighted sum of states that stays constant.
public struct Conservation: Sendable {
  public var terms: [(state: Int, weight: Double)]
  public var declaration: Declaration

  /// Makes a conservation law.
  public init(terms: [(state: Int, weight: Double)], declaration: Declaration) {
    self.terms = terms
    self.declaration = declaration
  }
}
