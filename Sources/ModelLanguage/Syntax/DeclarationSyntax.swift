public import Diagnostics

/// The origin of a number as it is written.
public struct ProvenanceSyntax: Sendable, Hashable {
  public var provenance: Provenance
  public var range: SourceRange
}

/// `parameter NAME : unit = value in low ... high source "…"`.
public struct ParameterSyntax: Sendable, Hashable {
  public var name: NameSyntax
  public var unit: UnitSyntax?
  public var value: ExpressionSyntax
  public var low: ExpressionSyntax?
  public var high: ExpressionSyntax?
  public var provenance: ProvenanceSyntax?
}

/// `input NAME, NAME : unit = default`.
public struct InputSyntax: Sendable, Hashable {
  public var names: [NameSyntax]
  public var unit: UnitSyntax?
  public var defaultValue: ExpressionSyntax?
}

/// `state NAME, NAME : unit = initial`.
public struct StateSyntax: Sendable, Hashable {
  public var names: [NameSyntax]
  public var unit: UnitSyntax?
  public var initialValue: ExpressionSyntax
}

/// `NAME' = derivative`.
public struct EquationSyntax: Sendable, Hashable {
  public var name: NameSyntax
  public var value: ExpressionSyntax
}

/// `quantity NAME : unit = value`, or the same with `output`.
public struct QuantitySyntax: Sendable, Hashable {
  public var name: NameSyntax
  public var unit: UnitSyntax?
  public var value: ExpressionSyntax
  public var isOutput: Bool
}

/// `scheme NAME { reactions and conserved sums }`.
public struct SchemeSyntax: Sendable, Hashable {
  /// One side's member of a reaction, such as `2 A`.
  public struct Participant: Sendable, Hashable {
    public var count: Int
    public var path: PathSyntax
  }

  /// `A + B <-> C : forward, backward`.
  public struct Reaction: Sendable, Hashable {
    public var left: [Participant]
    public var right: [Participant]
    public var forward: ExpressionSyntax
    /// `nil` for an irreversible reaction.
    public var backward: ExpressionSyntax?
    public var range: SourceRange
  }

  /// `conserve A + 2 B = total`.
  public struct Conserved: Sendable, Hashable {
    public var terms: [Participant]
    public var total: ExpressionSyntax
    public var range: SourceRange
  }

  public var name: NameSyntax?
  public var reactions: [Reaction]
  public var conserved: [Conserved]
  /// The keyword.
  public var range: SourceRange
}

/// `STATE = value`, in the block of something that changes states.
public struct AssignmentSyntax: Sendable, Hashable {
  public var state: PathSyntax
  public var value: ExpressionSyntax
}

/// `event NAME when trigger at start after delay refractory time { assignments }`.
public struct EventSyntax: Sendable, Hashable {
  /// What the event waits for.
  public enum Trigger: Sendable, Hashable {
    /// `value rises through threshold`, or `falls through`.
    case crossing(ExpressionSyntax, Event.Direction, threshold: ExpressionSyntax)
    /// A condition that becomes true.
    case condition(ExpressionSyntax)
  }

  public var name: NameSyntax
  public var trigger: Trigger
  /// Where `at start` stands, if it does.
  public var start: SourceRange?
  /// How long after the trigger the states change.
  public var delay: ExpressionSyntax?
  /// How long no further event follows one.
  public var refractoryTime: ExpressionSyntax?
  public var assignments: [AssignmentSyntax]
}

/// `route NAME { into STATE fraction … over … lag … }`.
public struct RouteSyntax: Sendable, Hashable {
  /// One place that a part of the dose goes to.
  public struct Target: Sendable, Hashable {
    public var state: PathSyntax
    public var fraction: ExpressionSyntax?
    public var duration: ExpressionSyntax?
    public var lag: ExpressionSyntax?
  }

  public var name: NameSyntax
  public var targets: [Target]
}

/// `instance NAME : COMPONENT { wiring and overrides }`.
public struct InstanceSyntax: Sendable, Hashable {
  /// `NAME = value source "…"`.
  public struct Binding: Sendable, Hashable {
    public var name: NameSyntax
    public var value: ExpressionSyntax
    public var provenance: ProvenanceSyntax?
  }

  public var name: NameSyntax
  public var component: NameSyntax
  public var bindings: [Binding]
}

/// `function NAME(x : mV, y) : 1 = body`.
public struct FunctionSyntax: Sendable, Hashable {
  /// A name for an argument; without a unit any dimension fits.
  public struct Argument: Sendable, Hashable {
    public var name: NameSyntax
    public var unit: UnitSyntax?
  }

  public var name: NameSyntax
  public var arguments: [Argument]
  public var resultUnit: UnitSyntax?
  public var body: ExpressionSyntax
}
