public import Diagnostics

/// A declaration with the documentation comment in front of it.
public struct DeclarationSyntax: Sendable, Hashable {
  /// What is declared.
  public indirect enum Kind: Sendable, Hashable {
    case parameter(ParameterSyntax)
    case input(InputSyntax)
    case state(StateSyntax)
    case equation(EquationSyntax)
    case quantity(QuantitySyntax)
    case scheme(SchemeSyntax)
    case event(EventSyntax)
    case route(RouteSyntax)
    case instance(InstanceSyntax)
    case function(FunctionSyntax)
    case noise([NameSyntax])
    case poisson(PoissonSyntax)
    case recorded(RecordedSyntax)
    case receive(ReceiveSyntax)
    case population(PopulationSyntax)
    case projection(ProjectionSyntax)
    case presynaptic(PresynapticSyntax)
    case spikeChanges(SpikeChangesSyntax)
  }

  public var kind: Kind
  /// The text of the comment, or an empty string.
  public var documentation: String
}

/// `component NAME { … }`, or the same with another of the keywords.
public struct ComponentSyntax: Sendable, Hashable {
  /// What it is, by its keyword.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case component, model, neuron, synapse, circuit
    /// What a synapse has in its source cell; its words stand before no name.
    case presynaptic = "presynaptic block"
  }

  public var name: NameSyntax
  public var kind: Kind
  public var declarations: [DeclarationSyntax]
  public var documentation: String
}

/// `import "path"`.
public struct ImportSyntax: Sendable, Hashable {
  /// The path, relative to the importing file.
  public var path: String
  public var range: SourceRange
}

/// A file as it is written: what the parser makes of any text whatever.
public struct FileSyntax: Sendable, Hashable {
  /// Something at the top level of a file.
  public enum Item: Sendable, Hashable {
    case imported(ImportSyntax)
    case component(ComponentSyntax)
    case function(FunctionSyntax, documentation: String)
  }

  public var file: SourceFile
  public var items: [Item]
  /// Whether every statement was understood; if not, names may be missing.
  public var isComplete: Bool

  /// The components and models of the file, in order.
  public var components: [ComponentSyntax] {
    items.compactMap { if case .component(let component) = $0 { component } else { nil } }
  }

  /// The functions at the top level of the file, in order.
  public var functions: [FunctionSyntax] {
    items.compactMap { if case .function(let function, _) = $0 { function } else { nil } }
  }

  /// The imports of the file, in order.
  public var imports: [ImportSyntax] {
    items.compactMap { if case .imported(let imported) = $0 { imported } else { nil } }
  }
}
