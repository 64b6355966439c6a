/// The exponents of the SI base dimensions.
public struct Dimensions: Sendable, Hashable {
  /// Half-units: `mV/sqrt(ms)` needs exponents that are multiples of one half.
  public var halves: [Int8]

  /// Makes dimensions of seven exponents counted in halves.
  public init(halves: [Int8]) { self.halves = halves }
}

/// A unit: a symbol, its dimensions, and its size in SI.
public struct PhysicalUnit: Sendable, Hashable {
  public var symbol: String
  public var dimensions: Dimensions
  /// How many SI base units one of this unit is.
  public var scale: Double

  /// Makes a unit.
  public init(symbol: String, dimensions: Dimensions, scale: Double) {
    self.symbol = symbol
    self.dimensions = dimensions
    self.scale = scale
  }
}
