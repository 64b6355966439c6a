/// Labelled arrays that belong together, without input or output.
public struct Dataset: Sendable {
  public var axes: [Axis]
  public var variables: [Variable]
  /// Facts about the whole, such as the title.
  public var attributes: [String: String]

  /// Makes a dataset.
  public init(axes: [Axis], variables: [Variable], attributes: [String: String] = [:]) {
    self.axes = axes
    self.variables = variables
    self.attributes = attributes
  }

  /// The variable of a name.
  public func variable(_ name: String) -> Variable? { variables.first { $0.name == name } }

  /// The axis of a name.
  public func axis(_ name: String) -> Axis? { axes.first { $0.name == name } }
}

/// An array with named axes, row by row.
public struct Variable: Sendable {
  public var name: String
  /// The names of its axes, the slowest first.
  public var axes: [String]
  /// The symbol of the unit.
  public var unit: String
  /// What it is, in words.
  public var longName: String
  /// One number for each combination of positions; missing ones are NaN.
  public var values: [Double]
  /// The names of the values 0, 1, 2 … where the numbers stand for names.
  public var meanings: [String]

  /// Makes a variable.
  public init(
    name: String, axes: [String], unit: String, longName: String = "", values: [Double],
    meanings: [String] = []
  ) {
    self.name = name
    self.axes = axes
    self.unit = unit
    self.longName = longName
    self.values = values
    self.meanings = meanings
  }
}
