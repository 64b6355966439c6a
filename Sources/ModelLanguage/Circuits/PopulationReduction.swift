import Diagnostics
import Units

/// A value that a circuit takes over the cells of a population, such as `mean(lhb.V)`.
struct PopulationReduction {
  enum Kind: String, CaseIterable {
    /// The mean of an expression over the cells.
    case mean
    /// The sum of an expression over the cells.
    case sum
    /// The fraction of the cells for which a condition holds.
    case fraction
    /// Spikes of a cell and second in the last step, averaged over the cells.
    case rate
  }

  var kind: Kind
  /// The population.
  var population: NameSyntax
  /// What is taken of each cell; the population itself for a rate.
  var argument: ExpressionSyntax
  var range: SourceRange
  /// The input of the circuit's own part that takes the sum over the cells.
  var input: Int

  /// The text by which the sum is known: equal texts mean the same.
  var key: String {
    let sum =
      switch kind {
      case .mean, .sum: "sum"
      case .fraction: "count"
      case .rate: "spikes"
      }
    return "\(sum)(\(argument.range.text))"
  }
}

/// What the cells of a circuit can use of its own part: values that change while it runs.
struct CircuitValues {
  struct Value {
    var dimensions: Dimensions?
    var unit: PhysicalUnit?
  }

  /// By path.
  var values: [String: Value] = [:]
}

extension Elaborator {
  /// Elaborates a value over the cells of a population.
  ///
  /// It is the sum over the cells, which the circuit's own part gets as an input, divided by their
  /// number where it is a mean.
  mutating func reduction(
    _ kind: PopulationReduction.Kind, _ name: NameSyntax, _ arguments: [ExpressionSyntax],
    _ range: SourceRange, _ context: ExpressionContext
  ) -> TypedExpression {
    guard context.scope == 0 else {
      diagnostics.report(
        Diagnostic(
          id: "misplaced-reduction",
          "`\(name.text)` over the cells of a population stands in the circuit itself",
          at: name.range,
          help: ["give it a name there, `quantity activity : Hz = rate(cells)`, and use the name"]))
      return .unknown
    }
    guard case .dynamic = context.use else {
      diagnostics.report(
        Diagnostic(
          id: "not-constant", "this cannot depend on the cells of a population, only on parameters",
          at: range))
      return .unknown
    }
    // In a population the value comes from the circuit, where it is elaborated.
    if self.population != nil { return .unknown }
    guard arguments.count == 1, let argument = arguments.first else {
      reportArgumentCount(name, expected: "1", found: arguments.count, at: range)
      return .unknown
    }
    guard let population = populationOf(argument, kind, name), let size = size(of: population)
    else { return .unknown }
    var reduction = PopulationReduction(
      kind: kind, population: population, argument: argument, range: range, input: 0)
    if let known = reductions.first(where: { $0.key == reduction.key }) {
      reduction.input = known.input
    } else {
      reduction.input = model.inputs.count
      model.inputs.append(
        Input(
          declaration: Declaration(
            path: reduction.key, unit: .one,
            documentation: "The sum over the cells of `\(population.text)`", range: range),
          defaultValue: .number(0), role: kind == .rate ? .rate : .sum))
      reductions.append(reduction)
    }
    let sum = Expression.input(reduction.input)
    let type = type(of: reduction)
    guard kind != .sum else {
      return TypedExpression(expression: sum, dimensions: type.dimensions, unit: type.unit)
    }
    return TypedExpression(
      .binary(.divide, sum, size.expression), dimensions: type.dimensions, unit: type.unit,
      of: [size])
  }

  private func type(of reduction: PopulationReduction) -> CircuitValues.Value {
    switch reduction.kind {
    case .fraction: CircuitValues.Value(dimensions: Dimensions.none, unit: .one)
    case .rate:
      CircuitValues.Value(
        dimensions: Dimensions.none / .time, unit: try? PhysicalUnit(parsing: "Hz"))
    case .mean, .sum: reductionTypes[reduction.key] ?? CircuitValues.Value()
    }
  }

  /// The one population that an argument is about; reports none and several.
  private mutating func populationOf(
    _ argument: ExpressionSyntax, _ kind: PopulationReduction.Kind, _ name: NameSyntax
  ) -> NameSyntax? {
    var found: [NameSyntax] = []
    collectPopulations(of: argument, into: &found)
    if kind == .rate {
      if case .name(let path) = argument, path.names.count == 1, let first = found.first {
        return first
      }
      diagnostics.report(
        Diagnostic(
          id: "wrong-reduction", "`rate` is that of a population", at: argument.range,
          help: ["name the population alone: `rate(\(found.first?.text ?? "cells"))`"]))
      return nil
    }
    guard let first = found.first else {
      diagnostics.report(
        Diagnostic(
          id: "wrong-reduction", "`\(name.text)` is taken over the cells of a population",
          at: argument.range, help: ["name a value of its cells: `\(name.text)(cells.V)`"]))
      return nil
    }
    if let other = found.first(where: { $0.text != first.text }) {
      diagnostics.report(
        Diagnostic(
          id: "wrong-reduction",
          "`\(name.text)` is taken over the cells of one population, and here are "
            + "`\(first.text)` and `\(other.text)`", at: argument.range,
          help: ["take each by itself, and join the results"]))
      return nil
    }
    return first
  }

  private func collectPopulations(
    of syntax: ExpressionSyntax, into found: inout [NameSyntax]
  ) {
    func collect(_ part: ExpressionSyntax) { collectPopulations(of: part, into: &found) }
    switch syntax {
    case .number: break
    case .name(let path):
      if case .population? = scopes[0].members[path.names[0].text] { found.append(path.names[0]) }
    case .negate(let operand, _), .not(let operand, _): collect(operand)
    case .binary(_, let left, let right):
      collect(left)
      collect(right)
    case .conditional(let condition, let then, let otherwise, _):
      collect(condition)
      collect(then)
      collect(otherwise)
    case .call(_, let arguments, _): for argument in arguments { collect(argument) }
    }
  }

  /// How many cells a population has, over the circuit's parameters.
  private mutating func size(of population: NameSyntax) -> TypedExpression? {
    for declaration in library.components[scopes[0].component].syntax.declarations {
      guard case .population(let syntax) = declaration.kind, syntax.name.text == population.text
      else { continue }
      return number(syntax.size, context(0, .constant("the size of a population")))
    }
    return nil
  }

  /// What the circuit itself works out while it runs: its states, and what follows from them or
  /// from the cells of its populations.
  var circuitValuesOfItself: CircuitValues {
    let inputs = Set(reductions.map(\.input))
    var moves: [Bool] = []
    for quantity in model.quantities {
      let references = quantity.value.references
      moves.append(
        !references.states.isEmpty || !inputs.isDisjoint(with: references.inputs)
          || references.quantities.contains { $0 < moves.count && moves[$0] })
    }
    var result = CircuitValues()
    for symbol in symbols where symbol.index >= 0 {
      switch symbol.kind {
      case .state: break
      case .quantity where symbol.index < moves.count && moves[symbol.index]: break
      default: continue
      }
      result.values[symbol.path] = CircuitValues.Value(
        dimensions: symbol.dimensions, unit: symbol.unit)
    }
    return result
  }

  /// What has no meaning outside of a population, where a circuit itself has it.
  var unavailableInCircuit: [(word: String, range: SourceRange)] {
    guard isCircuit, population == nil else { return [] }
    let random = ["`noise`", "`poisson`"]
    return cellConstructs.filter { !random.contains($0.word) }
  }

  // MARK: In the population

  /// Elaborates what a value of the circuit takes of each cell of this population.
  ///
  /// - Returns: The expression, over the names of the cell; 1 or 0 for a condition.
  mutating func argument(of reduction: PopulationReduction) -> TypedExpression {
    currentScope = Self.blockOfPopulation
    let place = context(Self.blockOfPopulation, .dynamic, .event)
    guard reduction.kind == .fraction else { return number(reduction.argument, place) }
    let (condition, size) = condition(reduction.argument, place)
    return TypedExpression(
      .conditional(condition, then: .number(1), otherwise: .number(0)),
      dimensions: Dimensions.none, unit: .one, of: [size])
  }

  /// Makes inputs of what the circuit itself works out while it runs.
  mutating func takeCircuitValues() {
    guard let population else { return }
    for id in symbols.indices where isOfCircuit(symbols[id].scope) {
      guard let value = circuitValues.values[symbols[id].path] else { continue }
      symbols[id].kind = .input
      symbols[id].role = .shared
      symbols[id].path = "\(population.syntax.name.text).circuit.\(symbols[id].path)"
      symbols[id].definition = nil
      symbols[id].addends = []
      symbols[id].isDeclaredInput = false
      symbols[id].unit = value.unit
      symbols[id].dimensions = value.dimensions
    }
  }

  /// Whether a scope belongs to the circuit rather than to one of its cells.
  func isOfCircuit(_ scope: Int) -> Bool {
    var scope = scope
    while true {
      if scope == 0 { return true }
      if scopes[scope].isBlock || (population != nil && scope == Self.cellOfPopulation) {
        return false
      }
      guard let parent = scopes[scope].parent else { return false }
      scope = parent
    }
  }

  /// Whether what a scope says of its states is elaborated with the circuit and not here.
  func isElsewhere(_ scope: Int) -> Bool { population != nil && isOfCircuit(scope) }
}
