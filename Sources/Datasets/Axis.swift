/// An axis of arrays: a name and a value for each position.
public struct Axis: Sendable, Hashable {
  /// The values along an axis.
  public enum Values: Sendable, Hashable {
    /// Numbers in the axis's unit.
    case numbers([Double])
    case labels([String])
    /// 0, 1, 2 …
    case positions(Int)
    case integers([Int])
  }

  public var name: String
  public var values: Values
  /// The symbol of the unit, empty for labels and positions.
  public var unit: String
  /// What it is, in words.
  public var longName: String

  /// Makes an axis.
  public init(name: String, values: Values, unit: String = "", longName: String = "") {
    self.name = name
    self.values = values
    self.unit = unit
    self.longName = longName
  }

  /// How many positions there are.
  public var count: Int { values.count }
}

extension Axis.Values {
  /// The values at some positions.
  public func chosen(_ positions: [Int]) -> Axis.Values {
    switch self {
    case .numbers(let numbers): .numbers(positions.map { numbers[$0] })
    case .labels(let labels): .labels(positions.map { labels[$0] })
    case .positions: .integers(positions)
    case .integers(let numbers): .integers(positions.map { numbers[$0] })
    }
  }

  /// How many values there are.
  public var count: Int {
    switch self {
    case .numbers(let numbers): numbers.count
    case .labels(let labels): labels.count
    case .positions(let count): count
    case .integers(let numbers): numbers.count
    }
  }
}
