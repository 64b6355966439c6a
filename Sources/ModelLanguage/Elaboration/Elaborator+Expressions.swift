import Diagnostics
import Units

extension Elaborator {
  /// How deep the readers of syntax may call themselves; the syntax itself is less deep.
  private static let deepestRecursion = 700

  /// Elaborates an expression that is a number.
  mutating func number(
    _ syntax: ExpressionSyntax, _ context: ExpressionContext
  ) -> TypedExpression {
    recursion += 1
    defer { recursion -= 1 }
    guard recursion <= Self.deepestRecursion, !isTooLarge else {
      if !isTooLarge { reportTooDeep(at: syntax.range) }
      return .unknown
    }
    let result: TypedExpression
    switch syntax {
    case .number(let literal): result = self.literal(literal)
    case .name(let path): result = name(path, context)
    case .negate(let operand, _): result = negated(number(operand, context))
    case .not(_, let range):
      reportNotANumber(range)
      return .unknown
    case .binary(let symbol, let left, let right):
      guard let arithmetic = symbol.symbol.arithmetic else {
        reportNotANumber(symbol.wholeRange)
        return .unknown
      }
      let leftNumber = number(left, context)
      let rightNumber = number(right, context)
      if symbol.couldBeginUnit { checkDivisor(right, rightNumber, after: left, symbol) }
      result = self.arithmetic(
        arithmetic, (left, leftNumber), (right, rightNumber), symbol)
    case .call(let name, let arguments, let range):
      result = call(name, arguments, range, context)
    case .conditional(let condition, let then, let otherwise, let range):
      result = conditional(condition, then, otherwise, range, context)
    }
    return limited(result, at: syntax.range)
  }

  private mutating func limited(
    _ result: TypedExpression, at range: SourceRange
  ) -> TypedExpression {
    if result.depth > Self.deepestExpression {
      reportTooDeep(at: range)
      return .unknown
    }
    if result.size > Self.largestExpressionSize {
      reportTooLarge(at: range)
      return .unknown
    }
    return result
  }

  private mutating func reportTooDeep(at range: SourceRange) {
    diagnostics.report(
      Diagnostic(
        id: "too-deep", "this expression is nested too deeply", at: range,
        help: ["give its parts names with `quantity`"]))
  }

  private mutating func reportNotANumber(_ range: SourceRange) {
    diagnostics.report(
      Diagnostic(
        id: "not-a-number", "this is true or false, and a number is needed here", at: range,
        help: ["`if … then 1 else 0` makes a number of it"]))
  }

  // MARK: Leaves

  private func literal(_ syntax: NumberSyntax) -> TypedExpression {
    let unit: PhysicalUnit
    if let written = syntax.unit {
      guard let known = written.unit else { return .unknown }
      unit = known
    } else {
      unit = .one
    }
    guard let value = unit.siValue(ofDecimal: syntax.literal) else {
      preconditionFailure("the number `\(syntax.literal)` was read and is not a decimal number")
    }
    var result = TypedExpression(
      expression: .number(value), dimensions: unit.dimensions, unit: unit)
    result.constant = value
    result.isZero = syntax.unit == nil && value == 0
    result.isBareNumber = syntax.unit == nil && value != 0
    return result
  }

  private mutating func name(
    _ path: PathSyntax, _ context: ExpressionContext
  ) -> TypedExpression {
    if path.names.count == 1 {
      let word = path.names[0].text
      if let argument = context.arguments[word] { return argument }
      switch word {
      case "pi":
        var result = TypedExpression(expression: .number(.pi), dimensions: Dimensions.none)
        result.constant = .pi
        return result
      case "refractory":
        reportNotANumber(path.range)
        return .unknown
      case "time":
        if case .dynamic = context.use {
          return TypedExpression(expression: .time, dimensions: .time, unit: .second)
        }
        return notConstant("`time`", path.range, context, declared: nil)
      case "amount":
        if case .dose(let dimensions, let unit) = context.use {
          return TypedExpression(expression: .amount, dimensions: dimensions, unit: unit)
        }
      default: break
      }
    }
    guard let scope = context.scope else {
      var diagnostic = Diagnostic(
        id: "unknown-name", "unknown name `\(path.text)`", at: path.range,
        help: ["a function of a file sees its arguments alone"])
      if let near = nearestName(to: path.text, among: context.arguments.keys.sorted()) {
        diagnostic.help = ["did you mean `\(near)`?"]
      }
      diagnostics.report(diagnostic)
      return .unknown
    }
    switch resolve(path, in: scope) {
    case .symbol(let id): return value(of: id, path.range, context)
    case .silent: return .unknown
    case .failure(var diagnostic):
      if let near = nearestName(to: path.text, among: context.arguments.keys.sorted()) {
        diagnostic.help = ["did you mean `\(near)`?"]
      }
      diagnostics.report(diagnostic)
      return .unknown
    }
  }

  private mutating func value(
    of id: Int, _ range: SourceRange, _ context: ExpressionContext
  ) -> TypedExpression {
    usedSymbols.insert(id)
    // Fields are read one by one: a copy of a symbol costs more than all that is done here.
    let kind = symbols[id].kind
    let isAllowed: Bool
    switch context.use {
    case .dynamic: isAllowed = true
    case .constant, .dose: isAllowed = kind == .parameter
    case .perCell:
      let role = symbols[id].role
      isAllowed = kind == .parameter || role == .cellIndex || role == .cellCount
    case .literal: isAllowed = false
    }
    guard isAllowed else {
      let symbol = symbols[id]
      return notConstant(
        "the \(symbol.noun) `\(symbol.name.text)`", range, context, declared: symbol.name.range)
    }
    guard isPresent(id, range, context) else { return .unknown }
    if symbols[id].index < 0 { addNumberOfCell(id) }
    let index = symbols[id].index
    let expression: Expression
    switch kind {
    case .parameter: expression = .parameter(index)
    case .input: expression = .input(index)
    case .state: expression = .state(index)
    case .quantity: expression = .quantity(index)
    }
    return TypedExpression(
      expression: expression, dimensions: symbols[id].dimensions, unit: symbols[id].unit)
  }

  private mutating func notConstant(
    _ what: String, _ range: SourceRange, _ context: ExpressionContext, declared: SourceRange?
  ) -> TypedExpression {
    let message: String
    switch context.use {
    case .constant(let user), .perCell(let user):
      message = "\(user) cannot depend on \(what), only on parameters"
    case .dose: message = "a route cannot depend on \(what), only on parameters and `amount`"
    case .literal(let user): message = "\(user) cannot depend on \(what), only on numbers"
    case .dynamic: message = "\(what) cannot be used here"
    }
    diagnostics.report(
      Diagnostic(
        id: "not-constant", message, at: range,
        notes: declared.map { [Diagnostic.Note("it is declared", at: $0)] } ?? []))
    return .unknown
  }

  // MARK: Conditions

  private mutating func conditional(
    _ condition: ExpressionSyntax, _ then: ExpressionSyntax, _ otherwise: ExpressionSyntax,
    _ range: SourceRange, _ context: ExpressionContext
  ) -> TypedExpression {
    let (test, parts) = self.condition(condition, context)
    let left = number(then, context)
    let right = number(otherwise, context)
    // The expression begins with `if`; the whole of it would hide the labels of its branches.
    let keyword = SourceRange(
      file: range.file, lowerBound: range.lowerBound, upperBound: range.lowerBound + 2)
    let dimensions = agreed(
      (then, left), (otherwise, right), at: keyword,
      message: { "the branches of this `if` are in \($0) and \($1)" })
    return TypedExpression(
      .conditional(test, then: left.expression, otherwise: right.expression),
      dimensions: dimensions, unit: left.isZero ? right.unit : left.unit,
      of: [parts, left, right])
  }

  /// Elaborates an expression that is true or false.
  ///
  /// - Returns: The condition, and a stand-in with its size and depth.
  mutating func condition(
    _ syntax: ExpressionSyntax, _ context: ExpressionContext
  ) -> (Expression.Condition, TypedExpression) {
    recursion += 1
    defer { recursion -= 1 }
    let never = Expression.Condition.comparison(.notEqual, .number(0), .number(0))
    guard recursion <= Self.deepestRecursion else {
      reportTooDeep(at: syntax.range)
      return (never, .unknown)
    }
    func standIn(_ parts: [TypedExpression]) -> TypedExpression {
      TypedExpression(.number(0), dimensions: nil, of: parts)
    }
    switch syntax {
    case .name(let path) where path.text == "refractory":
      return (
        refractory(at: path.range, context), TypedExpression(.number(0), dimensions: nil, of: [])
      )
    case .not(let operand, _):
      let (inner, size) = condition(operand, context)
      return (.not(inner), standIn([size]))
    case .binary(let symbol, let left, let right):
      if symbol.symbol == .and || symbol.symbol == .or {
        let (first, firstSize) = condition(left, context)
        let (second, secondSize) = condition(right, context)
        let both =
          symbol.symbol == .and
          ? Expression.Condition.and(first, second)
          : .or(first, second)
        return (both, limited(standIn([firstSize, secondSize]), at: symbol.wholeRange))
      }
      if let comparison = Expression.Condition.Comparison(rawValue: symbol.symbol.rawValue) {
        let first = number(left, context)
        let second = number(right, context)
        _ = agreed(
          (left, first), (right, second), at: symbol.range,
          message: { "cannot compare \($0) with \($1)" })
        return (
          .comparison(comparison, first.expression, second.expression), standIn([first, second])
        )
      }
    default: break
    }
    let value = number(syntax, context)
    if value.dimensions != nil {
      diagnostics.report(
        Diagnostic(
          id: "not-a-condition", "this is a number, and a condition is needed here",
          at: syntax.range, help: ["compare it: `x > 0`"]))
    }
    return (never, .unknown)
  }
}
