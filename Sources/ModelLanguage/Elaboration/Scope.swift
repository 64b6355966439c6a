import Diagnostics
import Units

/// One instance of a component, with the names that are declared in it.
struct Scope {
  /// What a name in a component stands for.
  enum Member {
    case symbol(Int)
    case instance(Int)
    case function(FunctionSyntax)
    /// A population, whose cells have values that its circuit cannot use.
    case population
    /// Something that has a name and no value, such as a route.
    case other
  }

  /// The dotted path with a dot at its end, or an empty string for the top.
  var path: String
  var component: Int
  var file: Int
  var parent: Int?
  var instance: InstanceSyntax?
  var depth: Int
  /// Where a name is looked up that the scope itself does not declare, in this order.
  var alternatives: [Int] = []
  /// Whether it is the block of a population or a projection, which declares nothing.
  var isBlock = false
  var members: [String: Member] = [:]
  /// Names in the order of their declarations, with where they are declared.
  var order: [NameSyntax] = []
  /// Symbols and instances in the order of their declarations.
  var contents: [Member] = []
  var equations: [String: EquationSyntax] = [:]
  var schemes: [SchemeSyntax] = []
  var events: [(syntax: EventSyntax, documentation: String)] = []
  var routes: [(syntax: RouteSyntax, documentation: String)] = []
  var receivers: [Receiving] = []
  /// What a spike of the cell changes here.
  var spikeChanges: [SpikeChangesSyntax] = []
  /// What spikes change in the connections of a projection.
  var pairings: [SpikeChangesSyntax] = []

  /// What arrives, and what it does.
  struct Receiving {
    var symbol: Int
    /// The rate of random arrivals; `nil` for spikes.
    var rate: ExpressionSyntax?
    var assignments: [AssignmentSyntax]
  }
}

/// A named value of an instance.
struct Symbol {
  enum Kind {
    case parameter, input, state, quantity
  }

  /// Who gives the value of an input; see `Input.Role`.
  enum Role {
    case driven, arrivals, poisson, recorded, noise, sum, shared, cellIndex, cellCount, connection
  }

  /// The expression that a symbol's value comes from, and where its names are looked up.
  struct Definition {
    var syntax: ExpressionSyntax
    var scope: Int
  }

  var kind: Kind
  var path: String
  var name: NameSyntax
  var scope: Int
  var documentation: String
  /// The declared unit, if the author gave one.
  var unitSyntax: UnitSyntax?
  /// The default, initial value or value; `nil` for an input without a default.
  var definition: Definition?
  /// What the declaration itself says, where an override has taken its place.
  var ownDefinition: Definition?
  var parameter: ParameterSyntax?
  var provenance: ProvenanceSyntax?
  var isOutput = false
  /// Whether the symbol is declared as an input, wired or not.
  var isDeclaredInput = false
  /// Whether it is the flux of a reaction, whose value is made and not read.
  var isFlux = false
  var role = Role.driven
  /// What projections add to the value.
  var addends: [Int] = []

  /// The dimensions, once they are known; `nil` also where an error has made them unknown.
  var dimensions: Dimensions?
  var unit: PhysicalUnit?
  /// The place in the model's list of its kind.
  var index = -1

  init(kind: Kind, path: String, name: NameSyntax, scope: Int, documentation: String) {
    self.kind = kind
    self.path = path
    self.name = name
    self.scope = scope
    self.documentation = documentation
  }

  /// Puts another definition in the place of that of the declaration.
  mutating func override(_ syntax: ExpressionSyntax, in scope: Int) {
    if ownDefinition == nil { ownDefinition = definition }
    definition = Definition(syntax: syntax, scope: scope)
  }

  /// What the symbol is called in messages, with its article.
  var nounWithArticle: String {
    let first = noun.first ?? " "
    return "\("aeiou".contains(first) ? "an" : "a") \(noun)"
  }

  /// What the symbol is called in messages.
  var noun: String {
    switch role {
    case .driven, .sum: break
    case .shared: return "value of the circuit"
    case .arrivals: return "sum of arrivals"
    case .poisson: return "number of arrivals"
    case .recorded: return "number of recorded spikes"
    case .noise: return "noise"
    case .cellIndex, .cellCount: return "number"
    case .connection: return "value of a source"
    }
    if isDeclaredInput { return "input" }
    switch kind {
    case .parameter: return "parameter"
    case .input: return "input"
    case .state: return "state"
    case .quantity: return isOutput ? "output" : "quantity"
    }
  }
}
