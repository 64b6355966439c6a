import Diagnostics
import Units

/// Writes syntax as text that parses to the same syntax.
///
/// Comments that document nothing are lost, and so are parentheses that change nothing.
public struct SyntaxPrinter: Sendable {
  /// Makes a printer.
  public init() {}

  /// A whole file.
  public func text(of file: FileSyntax) -> String {
    var blocks: [String] = []
    for item in file.items {
      switch item {
      case .imported(let imported): blocks.append("import \(quoted(imported.path))\n")
      case .component(let component): blocks.append(text(of: component))
      case .function(let function, let documentation):
        blocks.append(comment(documentation, "") + text(of: function) + "\n")
      }
    }
    return blocks.joined(separator: "\n")
  }

  private func text(of component: ComponentSyntax) -> String {
    var text = comment(component.documentation, "")
    text += "\(component.kind.rawValue) \(component.name.text) {\n"
    for declaration in component.declarations {
      text += comment(declaration.documentation, "  ")
      text += "  \(self.text(of: declaration.kind))\n"
    }
    return text + "}\n"
  }

  private func comment(_ text: String, _ indent: String) -> String {
    guard !text.isEmpty else { return "" }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "\(indent)///\($0.isEmpty ? "" : " ")\($0)\n" }.joined()
  }

  func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }

  private func suffix(_ unit: UnitSyntax?) -> String {
    unit.map { " : \($0.unit?.symbol ?? $0.range.text)" } ?? ""
  }

  func suffix(_ provenance: ProvenanceSyntax?) -> String {
    switch provenance?.provenance {
    case .source(let text): " source \(quoted(text))"
    case .assumed(let text): " assumed \(quoted(text))"
    case .derived: " derived"
    case nil: ""
    }
  }

  func block(_ head: String, _ lines: [String]) -> String {
    lines.isEmpty
      ? "\(head) {\n  }" : "\(head) {\n" + lines.map { "    \($0)\n" }.joined() + "  }"
  }

  // MARK: Declarations

  private func text(of declaration: DeclarationSyntax.Kind) -> String {
    switch declaration {
    case .parameter(let syntax): return text(of: syntax)
    case .input(let syntax):
      let value = syntax.defaultValue.map { " = \(text(of: $0))" } ?? ""
      return "input \(names(syntax.names))\(suffix(syntax.unit))\(value)"
    case .state(let syntax):
      return
        "state \(names(syntax.names))\(suffix(syntax.unit)) = \(text(of: syntax.initialValue))"
    case .equation(let syntax): return "\(syntax.name.text)' = \(text(of: syntax.value))"
    case .quantity(let syntax):
      return "\(syntax.isOutput ? "output" : "quantity") \(syntax.name.text)"
        + "\(suffix(syntax.unit)) = \(text(of: syntax.value))"
    case .function(let syntax): return text(of: syntax)
    case .scheme(let syntax): return text(of: syntax)
    case .event(let syntax):
      var head = "event \(syntax.name.text) when "
      switch syntax.trigger {
      case .crossing(let value, let direction, let threshold):
        head += "\(text(of: value, above: 4)) "
        head += direction == .rising ? "rises through " : "falls through "
        head += text(of: threshold, above: 4)
      case .condition(let condition): head += text(of: condition)
      }
      if syntax.start != nil { head += " at start" }
      if let delay = syntax.delay { head += " after \(text(of: delay, above: 4))" }
      if let time = syntax.refractoryTime { head += " refractory \(text(of: time))" }
      return block(head, assignments(syntax.assignments))
    case .route(let syntax):
      return block("route \(syntax.name.text)", syntax.targets.map { text(of: $0) })
    case .instance(let syntax):
      return block(
        "instance \(syntax.name.text) : \(syntax.component.text)",
        syntax.bindings.map {
          "\($0.name.text) = \(text(of: $0.value))\(suffix($0.provenance))"
        })
    case .noise(let names): return "noise \(self.names(names))"
    case .poisson(let syntax):
      let head = "poisson \(syntax.name.text) = \(text(of: syntax.rate))"
      return syntax.assignments.isEmpty ? head : block(head, assignments(syntax.assignments))
    case .recorded(let syntax):
      let head = "recorded \(syntax.name.text)"
      return syntax.assignments.isEmpty ? head : block(head, assignments(syntax.assignments))
    case .receive(let syntax):
      let head = "receive \(syntax.name.text)\(suffix(syntax.unit))"
      return syntax.assignments.map { block(head, assignments($0)) } ?? head
    case .population(let syntax):
      return block(
        "population \(syntax.name.text) : \(syntax.cell.text)[\(text(of: syntax.size))]",
        syntax.settings.map { text(of: $0) })
    case .projection(let syntax): return text(of: syntax)
    case .presynaptic(let syntax):
      return block(
        "presynaptic",
        syntax.declarations.map {
          String(comment($0.documentation, "    ").drop { $0 == " " }) + text(of: $0.kind)
        })
    case .spikeChanges(let syntax):
      let side = syntax.side == .own ? "" : "\(syntax.side.rawValue) "
      return block("on \(side)spike", assignments(syntax.assignments))
    }
  }

  private func assignments(_ assignments: [AssignmentSyntax]) -> [String] {
    assignments.map { "\($0.state.text) = \(text(of: $0.value))" }
  }

  private func names(_ names: [NameSyntax]) -> String {
    names.map(\.text).joined(separator: ", ")
  }

  private func text(of syntax: ParameterSyntax) -> String {
    var text = "parameter \(syntax.name.text)\(suffix(syntax.unit)) = "
    text += self.text(of: syntax.value)
    if let low = syntax.low, let high = syntax.high {
      text += " in \(self.text(of: low)) ... \(self.text(of: high))"
    }
    return text + suffix(syntax.provenance)
  }

  private func text(of target: RouteSyntax.Target) -> String {
    var text = "into \(target.state.text)"
    if let fraction = target.fraction { text += " fraction \(self.text(of: fraction))" }
    if let duration = target.duration { text += " over \(self.text(of: duration))" }
    if let lag = target.lag { text += " lag \(self.text(of: lag))" }
    return text
  }

  private func text(of scheme: SchemeSyntax) -> String {
    func side(_ participants: [SchemeSyntax.Participant]) -> String {
      participants.isEmpty
        ? "0"
        : participants.map { ($0.count == 1 ? "" : "\($0.count) ") + $0.path.text }
          .joined(separator: " + ")
    }
    var lines = scheme.reactions.map { reaction in
      "\(side(reaction.left)) \(reaction.backward == nil ? "->" : "<->") \(side(reaction.right)) : "
        + text(of: reaction.forward)
        + (reaction.backward.map { ", \(text(of: $0))" } ?? "")
    }
    lines += scheme.conserved.map { "conserve \(side($0.terms)) = \(text(of: $0.total))" }
    return block("scheme\(scheme.name.map { " \($0.text)" } ?? "")", lines)
  }

  private func text(of function: FunctionSyntax) -> String {
    let arguments = function.arguments.map { "\($0.name.text)\(suffix($0.unit))" }
    return "function \(function.name.text)(\(arguments.joined(separator: ", ")))"
      + "\(suffix(function.resultUnit)) = \(text(of: function.body))"
  }

  // MARK: Expressions

  /// An expression, with the parentheses that it needs.
  public func text(of expression: ExpressionSyntax) -> String { text(of: expression, above: 0) }

  /// An expression where operators of at most the strength `bound` need parentheses.
  private func text(of expression: ExpressionSyntax, above bound: Int) -> String {
    func wrapped(_ text: String, _ strength: Int) -> String {
      strength > bound ? text : "(\(text))"
    }
    switch expression {
    case .number(let number):
      guard let unit = number.unit else { return number.literal }
      // An exponent would belong to the unit, and an exponent has no unit of its own.
      let text = "\(number.literal) \(literalUnit(unit))"
      return bound > 7 ? "(\(text))" : text
    case .name(let path): return path.text
    case .call(let name, let arguments, _):
      return "\(name.text)(\(arguments.map { text(of: $0) }.joined(separator: ", ")))"
    case .negate(let operand, _): return wrapped("-\(text(of: operand, above: 7))", 7)
    case .not(let operand, _): return wrapped("not \(text(of: operand, above: 3))", 3)
    case .conditional(let condition, let then, let otherwise, _):
      let whole = "if \(text(of: condition)) then \(text(of: then)) else \(text(of: otherwise))"
      return bound > 0 ? "(\(whole))" : whole
    case .binary(let symbol, let left, let right):
      let strength = symbol.symbol.precedence
      if symbol.symbol == .power {
        return wrapped("\(text(of: left, above: 8))^\(text(of: right, above: 8))", 8)
      }
      var leftText = text(of: left, above: strength - 1)
      let rightText = text(of: right, above: strength)
      // A unit would take a factor that looks like a unit for its own.
      if strength == 6, endsInUnit(left), startsLikeUnit(rightText) { leftText = "(\(leftText))" }
      return wrapped("\(leftText) \(symbol.symbol.rawValue) \(rightText)", strength)
    }
  }

  private func endsInUnit(_ expression: ExpressionSyntax) -> Bool {
    switch expression {
    case .number(let number): number.unit != nil
    case .negate(let operand, _), .not(let operand, _): endsInUnit(operand)
    case .binary(_, _, let right): endsInUnit(right)
    default: false
    }
  }

  private func startsLikeUnit(_ text: String) -> Bool {
    let word = text.prefix { $0.isASCII && ($0.isLetter || $0 == "%") }
    return PhysicalUnit(symbol: String(word)) != nil
  }

  private func literalUnit(_ unit: UnitSyntax) -> String {
    // Where a name has the symbol of a unit, the space before a slash says that the unit is meant.
    let written = unit.range.text
    let symbol = written.contains(/[ ]\/\S/) ? written : unit.unit?.symbol ?? written
    return symbol.hasPrefix("1/") ? String(symbol.dropFirst()) : symbol
  }
}
