public import Diagnostics

/// `presynaptic { declarations }`: what a synapse has in its source cell.
public struct PresynapticSyntax: Sendable, Hashable {
  public var declarations: [DeclarationSyntax]
  /// The keyword.
  public var range: SourceRange
}

/// `on spike { assignments }`: what a spike of the cell changes in a part of it; or the same with
/// `on presynaptic spike` and `on postsynaptic spike`: what one changes in a connection.
public struct SpikeChangesSyntax: Sendable, Hashable {
  /// Whose spike changes what.
  public enum Side: String, Sendable, Hashable, CaseIterable {
    /// That of the cell, in a part of it.
    case own = ""
    /// That of the source, in a connection.
    case presynaptic
    /// That of the target, in a connection.
    case postsynaptic
  }

  public var side: Side
  public var assignments: [AssignmentSyntax]
  /// The words before the block.
  public var range: SourceRange
}

extension ComponentSyntax {
  /// What a synapse has in its source cell, as a component by itself; `nil` for nothing.
  var presynapticPart: ComponentSyntax? {
    for declaration in declarations {
      guard case .presynaptic(let syntax) = declaration.kind else { continue }
      return ComponentSyntax(
        name: NameSyntax(text: name.text, range: syntax.range), kind: .presynaptic,
        declarations: syntax.declarations, documentation: declaration.documentation)
    }
    return nil
  }

  /// Whether it is a synapse that receives a sum at every step rather than spikes.
  var isGraded: Bool {
    declarations.contains { declaration in
      if case .receive(let syntax) = declaration.kind { return syntax.assignments == nil }
      return false
    }
  }
}
