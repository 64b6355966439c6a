import Diagnostics
import Units

/// The names of the functions of the language, and how many arguments they take.
enum FunctionCatalogue {
  /// Functions that are made of others when a model is elaborated.
  static let composed = ["clamp", "sigmoid", "hill"]

  /// All names, in the order in which people are told of them.
  static let names =
    Expression.ElementaryFunction.allCases.map(\.rawValue) + composed

  /// The smallest and the largest number of arguments.
  static func argumentCount(_ name: String) -> ClosedRange<Int>? {
    switch name {
    case "min", "max": 2...16
    case "clamp", "hill": 3...3
    case "sigmoid": 1...1
    default: Expression.ElementaryFunction(rawValue: name) == nil ? nil : 1...1
    }
  }
}

extension Elaborator {
  /// How deep functions may call each other.
  private static let deepestInlining = 50

  /// Elaborates a call: of a function of the author's, which is inlined, or of the language's.
  mutating func call(
    _ name: NameSyntax, _ arguments: [ExpressionSyntax], _ range: SourceRange,
    _ context: ExpressionContext
  ) -> TypedExpression {
    if isCircuit, let kind = PopulationReduction.Kind(rawValue: name.text),
      isUndeclared(name.text, context)
    {
      return reduction(kind, name, arguments, range, context)
    }
    let operands = arguments.map { Operand($0, number($0, context)) }
    if let scope = context.scope, let found = lookUp(name.text, in: scope),
      case .function(let function) = found.member
    {
      var inner = ExpressionContext(
        scope: found.scope, file: scopes[found.scope].file, use: context.use,
        moment: context.moment, inlining: context.inlining)
      return inline(function, name, operands, range, &inner)
    }
    if let function = library.files[context.file].visibleFunctions[name.text] {
      var inner = ExpressionContext(
        scope: nil, file: function.file, use: context.use, moment: context.moment,
        inlining: context.inlining)
      return inline(function.syntax, name, operands, range, &inner)
    }
    guard let allowed = FunctionCatalogue.argumentCount(name.text) else {
      reportUnknownFunction(name, context)
      return .unknown
    }
    guard allowed.contains(operands.count) else {
      let expected =
        allowed.lowerBound == allowed.upperBound
        ? "\(allowed.lowerBound)" : "at least \(allowed.lowerBound)"
      reportArgumentCount(name, expected: expected, found: operands.count, at: range)
      return .unknown
    }
    return elementary(name, operands, range)
  }

  /// Whether no function of the author's has a name.
  private func isUndeclared(_ name: String, _ context: ExpressionContext) -> Bool {
    if let scope = context.scope, case .function? = lookUp(name, in: scope)?.member { return false }
    return library.files[context.file].visibleFunctions[name] == nil
  }

  private mutating func reportUnknownFunction(_ name: NameSyntax, _ context: ExpressionContext) {
    var known = FunctionCatalogue.names
    known += library.files[context.file].visibleFunctions.keys.sorted()
    if let scope = context.scope { known += scopes[scope].order.map(\.text) }
    var diagnostic = Diagnostic(
      id: "unknown-function", "there is no function `\(name.text)`", at: name.range)
    if let near = nearestName(to: name.text, among: known) {
      diagnostic.help = ["did you mean `\(near)`?"]
    }
    if let scope = context.scope, case .symbol? = lookUp(name.text, in: scope)?.member {
      diagnostic.help = ["`\(name.text)` is a value; to multiply, write `*`"]
    }
    diagnostics.report(diagnostic)
  }

  mutating func reportArgumentCount(
    _ name: NameSyntax, expected: String, found: Int, at range: SourceRange,
    notes: [Diagnostic.Note] = []
  ) {
    let help =
      PhysicalUnit(symbol: name.text) == nil
      ? [] : ["the unit `\(name.text)` stands directly behind a number: `5 /\(name.text)`"]
    diagnostics.report(
      Diagnostic(
        id: "argument-count",
        "`\(name.text)` takes \(expected) argument\(expected == "1" ? "" : "s"), and \(found) "
          + "\(found == 1 ? "is" : "are") given", at: range, notes: notes, help: help))
  }

  // MARK: The author's functions

  private mutating func inline(
    _ function: FunctionSyntax, _ name: NameSyntax, _ operands: [Operand], _ range: SourceRange,
    _ context: inout ExpressionContext
  ) -> TypedExpression {
    if let start = context.inlining.firstIndex(of: function.name.range) {
      // A loop is reported where it is first met, and not from each function in it.
      let isKnown = recursiveFunctions.contains(function.name.range)
      recursiveFunctions.formUnion(context.inlining[start...])
      guard !isKnown else { return .unknown }
      diagnostics.report(
        Diagnostic(
          id: "function-recursion", "`\(name.text)` calls itself", at: name.range,
          notes: [
            Diagnostic.Note(
              "a function stands for its formula, so it cannot contain itself; it is declared",
              at: function.name.range)
          ]))
      return .unknown
    }
    guard context.inlining.count < Self.deepestInlining else {
      diagnostics.report(
        Diagnostic(
          id: "too-deep", "functions call each other more than \(Self.deepestInlining) deep",
          at: name.range))
      return .unknown
    }
    guard operands.count == function.arguments.count else {
      reportArgumentCount(
        name, expected: "\(function.arguments.count)", found: operands.count, at: range,
        notes: [Diagnostic.Note("it is declared", at: function.name.range)])
      return .unknown
    }
    for (argument, operand) in zip(function.arguments, operands) {
      var value = operand.value
      if let written = argument.unit {
        if let unit = written.unit {
          require(
            operand, unit.dimensions, unit,
            message: {
              "the argument `\(argument.name.text)` of `\(name.text)` is in \($1), not \($0)"
            },
            notes: [Diagnostic.Note("it is declared", at: argument.name.range)])
          value.dimensions = unit.dimensions
        } else {
          value.dimensions = nil
        }
      }
      context.arguments[argument.name.text] = value
    }
    context.inlining.append(function.name.range)
    let outer = currentScope
    currentScope = context.scope
    defer { currentScope = outer }
    var result = number(function.body, context)
    if let unit = function.resultUnit?.unit {
      require(
        (function.body, result), unit.dimensions, unit,
        message: { "`\(function.name.text)` is declared in \($1), and its value is in \($0)" })
      result.dimensions = unit.dimensions
      result.unit = unit
    }
    result.isBareNumber = false
    return result
  }

  /// Checks the body of each function once by itself, so that one that is never called is checked.
  mutating func checkFunctions() {
    for scope in scopes.indices {
      for case .function(let function) in scopes[scope].contents {
        checkBody(function, context(scope, .dynamic))
      }
    }
    // Those of files are checked with the circuit itself, and not again with each population.
    guard population == nil else { return }
    for (number, file) in library.files.enumerated() {
      for function in file.syntax.functions {
        checkBody(function, ExpressionContext(scope: nil, file: number, use: .dynamic))
      }
    }
  }

  private mutating func checkBody(_ function: FunctionSyntax, _ outer: ExpressionContext) {
    var context = outer
    if FunctionCatalogue.argumentCount(function.name.text) != nil {
      diagnostics.report(
        Diagnostic(
          id: "duplicate-name", "`\(function.name.text)` is a function of the language",
          at: function.name.range))
    }
    let operands = function.arguments.map { argument in
      Operand(
        .name(PathSyntax(names: [argument.name])),
        TypedExpression(
          expression: .number(.nan), dimensions: argument.unit?.unit?.dimensions,
          unit: argument.unit?.unit))
    }
    let names = function.arguments.map(\.name.text)
    for (index, argument) in function.arguments.enumerated()
    where names[..<index].contains(argument.name.text) {
      diagnostics.report(
        Diagnostic(
          id: "duplicate-name", "`\(argument.name.text)` is declared twice",
          at: argument.name.range))
    }
    _ = inline(function, function.name, operands, function.name.range, &context)
  }

  // MARK: The language's functions

  private mutating func elementary(
    _ name: NameSyntax, _ operands: [Operand], _ range: SourceRange
  ) -> TypedExpression {
    let values = operands.map(\.value)
    switch name.text {
    case "clamp": return clamp(name, operands, range)
    case "hill": return hill(name, operands, range)
    case "sigmoid":
      requirePure(operands[0], of: name)
      // 1/(1 + exp(−x))
      let denominator = Expression.binary(
        .add, .number(1), .call(.exp, [.negate(values[0].expression)]))
      return TypedExpression(
        .binary(.divide, .number(1), denominator), dimensions: Dimensions.none, of: values)
    default: break
    }
    guard let function = Expression.ElementaryFunction(rawValue: name.text) else { return .unknown }
    if function == .min || function == .max {
      return extreme(function, name, operands, range)
    }
    var result = TypedExpression(
      .call(function, [values[0].expression]), dimensions: Dimensions.none, of: values)
    switch function {
    case .abs:
      result.dimensions = values[0].dimensions
      result.unit = values[0].unit
    case .sign: if values[0].dimensions == nil { result.dimensions = nil }
    case .sqrt: result.dimensions = root(0.5, name, operands[0])
    case .cbrt: result.dimensions = root(1 / 3, name, operands[0])
    default: requirePure(operands[0], of: name)
    }
    return result
  }

  private mutating func root(
    _ exponent: Double, _ name: NameSyntax, _ operand: Operand
  ) -> Dimensions? {
    guard let dimensions = operand.value.dimensions else { return nil }
    if let result = dimensions.raised(to: exponent) { return result }
    diagnostics.report(
      Diagnostic(
        id: "exponent-of-dimension",
        "`\(name.text)` of something in \(operand.value.unitText) has no unit",
        at: operand.syntax.range,
        notes: [Diagnostic.Note("the exponents of units are multiples of one half")]))
    return nil
  }

  private mutating func requirePure(_ operand: Operand, of name: NameSyntax) {
    guard let dimensions = operand.value.dimensions, !dimensions.isNone else { return }
    diagnostics.report(
      Diagnostic(
        id: "argument-with-dimension",
        "`\(name.text)` takes a pure number, and this is in \(operand.value.unitText)",
        at: operand.syntax.range,
        help: ["divide it by a reference in \(operand.value.unitText)"]))
  }

  private mutating func extreme(
    _ function: Expression.ElementaryFunction, _ name: NameSyntax, _ operands: [Operand],
    _ range: SourceRange
  ) -> TypedExpression {
    var result = operands[0]
    for next in operands.dropFirst() {
      let dimensions = agreed(
        result, next, at: name.range,
        message: { "`\(name.text)` of something in \($0) and in \($1)" })
      var both = TypedExpression(
        .call(function, [result.value.expression, next.value.expression]), dimensions: dimensions,
        of: [result.value, next.value])
      both.unit = result.value.isZero ? next.value.unit : result.value.unit
      result = (result.syntax, both)
    }
    return result.value
  }

  private mutating func clamp(
    _ name: NameSyntax, _ operands: [Operand], _ range: SourceRange
  ) -> TypedExpression {
    let lower = extreme(.max, name, [operands[0], operands[1]], range)
    return extreme(.min, name, [(operands[0].syntax, lower), operands[2]], range)
  }

  /// Lowers `hill(x, half, n)` to rⁿ/(1 + rⁿ) with r = x/half, which allows any exponent.
  private mutating func hill(
    _ name: NameSyntax, _ operands: [Operand], _ range: SourceRange
  ) -> TypedExpression {
    let values = operands.map(\.value)
    _ = agreed(
      operands[0], operands[1], at: name.range,
      message: { "`\(name.text)` of something in \($0) with a half in \($1)" })
    requirePure(operands[2], of: name)
    let ratio = Expression.binary(.divide, values[0].expression, values[1].expression)
    let power = Expression.binary(.power, ratio, values[2].expression)
    var result = TypedExpression(
      .binary(.divide, power, .binary(.add, .number(1), power)), dimensions: Dimensions.none,
      of: values + values)
    result.depth += 3
    return result
  }
}
