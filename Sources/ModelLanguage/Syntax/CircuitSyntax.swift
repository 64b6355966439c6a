public import Diagnostics

/// `poisson NAME = rate { assignments }`.
public struct PoissonSyntax: Sendable, Hashable {
  public var name: NameSyntax
  public var rate: ExpressionSyntax
  public var assignments: [AssignmentSyntax]
}

/// `recorded NAME { assignments }`.
public struct RecordedSyntax: Sendable, Hashable {
  public var name: NameSyntax
  public var assignments: [AssignmentSyntax]
}

/// `receive NAME : unit { assignments }`; without a block it is a sum at every step.
public struct ReceiveSyntax: Sendable, Hashable {
  public var name: NameSyntax
  public var unit: UnitSyntax?
  public var assignments: [AssignmentSyntax]?
}

/// `normal(mean, deviation)` and its like.
public struct LawSyntax: Sendable, Hashable {
  public var name: NameSyntax
  public var arguments: [ExpressionSyntax]
  public var range: SourceRange
}

/// What a name is set to: `= value`, or `~ law`.
public enum SettingValueSyntax: Sendable, Hashable {
  case formula(ExpressionSyntax)
  case law(LawSyntax)

  /// Where it stands.
  public var range: SourceRange {
    switch self {
    case .formula(let value): value.range
    case .law(let law): law.range
    }
  }
}

/// `PATH = value source "…"`, or the same with `~ law`, for each cell of a population.
public struct SettingSyntax: Sendable, Hashable {
  public var path: PathSyntax
  public var value: SettingValueSyntax
  public var provenance: ProvenanceSyntax?
}

/// `population NAME : CELL[size] { settings }`.
public struct PopulationSyntax: Sendable, Hashable {
  public var name: NameSyntax
  public var cell: NameSyntax
  public var size: ExpressionSyntax
  public var settings: [SettingSyntax]
}

/// `connect RULE(arguments)`.
public struct ConnectionRuleSyntax: Sendable, Hashable {
  /// An argument: a number, the name of a shape, or the path of a table.
  public enum Argument: Sendable, Hashable {
    case expression(ExpressionSyntax)
    case string(String, range: SourceRange)

    /// Where it stands.
    public var range: SourceRange {
      switch self {
      case .expression(let value): value.range
      case .string(_, let range): range
      }
    }
  }

  public var name: NameSyntax
  public var arguments: [Argument]
  public var range: SourceRange
}

/// `projection NAME : SOURCE -> TARGET.PORT : SYNAPSE { statements }`.
public struct ProjectionSyntax: Sendable, Hashable {
  public var name: NameSyntax
  /// A population, or a variable of its cells.
  public var source: PathSyntax
  /// A population and what the projection leads to in its cells.
  public var target: PathSyntax
  public var synapse: NameSyntax?
  public var rule: ConnectionRuleSyntax?
  /// The word `autapses`.
  public var autapses: SourceRange?
  public var weight: SettingValueSyntax?
  public var delay: SettingValueSyntax?
  /// The input that gets the sum of the weights.
  public var total: PathSyntax?
  public var settings: [SettingSyntax]
}
