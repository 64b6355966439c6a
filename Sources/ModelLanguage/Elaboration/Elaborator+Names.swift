import Diagnostics
import Units

extension Elaborator {
  /// What a path leads to.
  enum Resolution {
    case symbol(Int)
    /// Something that was reported elsewhere, so that this use is silent.
    case silent
    case failure(Diagnostic)
  }

  /// What a name stands for where it is used, and the scope that declares it.
  func lookUp(_ name: String, in scope: Int) -> (member: Scope.Member, scope: Int)? {
    if let own = scopes[scope].members[name] { return (own, scope) }
    for other in scopes[scope].alternatives {
      if let found = scopes[other].members[name] { return (found, other) }
    }
    return nil
  }

  /// Follows a path through instances.
  func resolve(_ path: PathSyntax, in start: Int) -> Resolution {
    var scope = start
    for (position, name) in path.names.enumerated() {
      let isLast = position == path.names.count - 1
      switch lookUp(name.text, in: scope)?.member {
      case .symbol(let id):
        if isLast { return .symbol(id) }
        return .failure(
          Diagnostic(
            id: "unknown-name", "`\(name.text)` is \(symbols[id].nounWithArticle) and has no parts",
            at: path.range,
            notes: [Diagnostic.Note("it is declared", at: symbols[id].name.range)]))
      case .instance(let child):
        if child < 0 { return .silent }
        if isLast {
          return .failure(
            Diagnostic(
              id: "unknown-name", "`\(path.text)` is an instance and has no value",
              at: path.range,
              help: ["name one of its parts, such as \(examplePart(of: child, path))"]
            ))
        }
        scope = child
      case .function:
        return .failure(
          Diagnostic(
            id: "unknown-name", "`\(name.text)` is a function and needs its arguments in `(…)`",
            at: path.range))
      case .population:
        return .failure(
          Diagnostic(
            id: "value-of-cells",
            "`\(path.text)` has a value in each cell of `\(name.text)`, and one value is needed here",
            at: path.range,
            help: [
              "take one over all of them, such as `mean(\(path.text))`; a projection carries the "
                + "values of cells to others"
            ]))
      case .other where name.text == "presynaptic":
        return .failure(
          Diagnostic(
            id: "unknown-name",
            "what the source has is known in `on presynaptic spike` and `on postsynaptic spike` alone",
            at: path.range))
      case .other:
        return .failure(
          Diagnostic(id: "unknown-name", "`\(name.text)` has no value", at: path.range))
      case nil: return .failure(unknownName(name, of: path, in: scope, start: start))
      }
    }
    return .silent
  }

  private func examplePart(of scope: Int, _ path: PathSyntax) -> String {
    let outputs = scopes[scope].contents.compactMap { member -> String? in
      guard case .symbol(let id) = member, symbols[id].isOutput else { return nil }
      return "`\(path.text).\(symbols[id].name.text)`"
    }
    return outputs.first ?? "`\(path.text).NAME`"
  }

  private func unknownName(
    _ name: NameSyntax, of path: PathSyntax, in scope: Int, start: Int
  ) -> Diagnostic {
    let owner = library.components[scopes[scope].component].syntax.name.text
    let isPart = scope != start
    var diagnostic = Diagnostic(
      id: "unknown-name",
      isPart ? "`\(owner)` has no `\(name.text)`" : "unknown name `\(name.text)`", at: name.range)
    // Nobody reads the hundredth suggestion, and each takes a look at every name.
    let known =
      diagnostics.all.count > 50
      ? []
      : ([scope] + scopes[scope].alternatives).flatMap { scopes[$0].order.map(\.text) }
        + (isPart ? [] : ["time", "pi"])
    if let near = nearestName(to: name.text, among: known) {
      diagnostic.help = ["did you mean `\(near)`?"]
    } else if let parent = scopes[scope].parent, !isPart,
      scopes[parent].members[name.text] != nil
    {
      let outer = library.components[scopes[parent].component].syntax.name.text
      diagnostic.help = ["`\(outer)` has one; to use it here, wire it to an input"]
    } else if library.components[scopes[scope].component].syntax.kind == .presynaptic {
      diagnostic.help = ["a block `presynaptic` sees its own names, and none of its synapse"]
    } else if PhysicalUnit(symbol: name.text) != nil {
      diagnostic.help = ["a unit stands directly behind a number: `5 \(name.text)`"]
    }
    return diagnostic
  }

  /// Adds the symbols that an expression refers to, in the order of their appearance.
  ///
  /// Names that lead nowhere are left out; they are reported when the expression is elaborated.
  func collectReferences(
    of syntax: ExpressionSyntax, in scope: Int, hidden: Set<String> = [],
    functions: Set<String> = [], into references: inout [Int]
  ) {
    func collect(_ part: ExpressionSyntax) {
      collectReferences(
        of: part, in: scope, hidden: hidden, functions: functions, into: &references)
    }
    switch syntax {
    case .number: break
    case .name(let path):
      if path.names.count == 1, hidden.contains(path.names[0].text) { return }
      if case .symbol(let id) = resolve(path, in: scope) { references.append(id) }
    case .negate(let operand, _), .not(let operand, _): collect(operand)
    case .binary(_, let left, let right):
      collect(left)
      collect(right)
    case .conditional(let condition, let then, let otherwise, _):
      collect(condition)
      collect(then)
      collect(otherwise)
    case .call(let name, let arguments, _):
      for argument in arguments { collect(argument) }
      guard let found = lookUp(name.text, in: scope), case .function(let function) = found.member,
        !functions.contains(name.text)
      else { return }
      collectReferences(
        of: function.body, in: found.scope, hidden: Set(function.arguments.map(\.name.text)),
        functions: functions.union([name.text]), into: &references)
    }
  }
}
