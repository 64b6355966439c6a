extension PhysicalUnit {
  /// The unit in which people of this field would write dimensions: `V`, `A/m^2`, `mg/L`.
  ///
  /// Falls back on a product of SI base units. The symbol can be parsed again.
  public init(familiarFor dimensions: Dimensions) {
    if let unit = Self.familiarUnits[dimensions] {
      self = unit
      return
    }
    for unit in Self.companions {
      let rest = dimensions / unit.dimensions
      let present = BaseDimension.allCases.filter { rest.halves(of: $0) != 0 }
      guard present.count == 1, abs(rest.halves(of: present[0])) <= 8 else { continue }
      self = unit.times(present[0], halves: rest.halves(of: present[0]))
      return
    }
    var result = PhysicalUnit.one
    for base in BaseDimension.allCases where dimensions.halves(of: base) > 0 {
      result = result.times(base, halves: dimensions.halves(of: base))
    }
    for base in BaseDimension.allCases where dimensions.halves(of: base) < 0 {
      result = result.times(base, halves: dimensions.halves(of: base))
    }
    self = result
  }

  /// Units that are recognised as they stand, in order of preference.
  private static let familiarUnits: [Dimensions: PhysicalUnit] = {
    let symbols = [
      "1", "s", "kg", "m", "A", "K", "mol", "cd", "1/s", "V", "S", "F", "ohm", "C", "J", "W", "N",
      "Pa", "L", "mM", "mg/L", "A/m^2", "S/m^2", "F/m^2", "C/m^2", "L/s", "L/kg", "L/s/kg",
      "mM/s", "1/mM", "1/mM/s", "mg/L/s", "V/s", "g/mol",
    ]
    var table: [Dimensions: PhysicalUnit] = [:]
    for symbol in symbols {
      guard let unit = try? PhysicalUnit(parsing: symbol) else { continue }
      if table[unit.dimensions] == nil { table[unit.dimensions] = unit }
    }
    return table
  }()

  /// Units that stand well beside a power of one base unit, as in `V/s` or `S*s`.
  private static let companions: [PhysicalUnit] = ["V", "A", "S", "F", "ohm", "mM", "J", "mg/L"]
    .compactMap { try? PhysicalUnit(parsing: $0) }

  private func times(_ base: BaseDimension, halves: Int) -> PhysicalUnit {
    let unit = PhysicalUnit(
      symbol: base.symbol,
      dimensions: Dimensions(halves: BaseDimension.allCases.map { $0 == base ? 2 : 0 }), scale: 1)
    let size = abs(halves)
    let factor: PhysicalUnit
    if size == 2 {
      factor = unit
    } else if let power = unit.raised(toHalves: size) {
      factor = power
    } else {
      // Beyond what a unit can be written with: the symbol is for a message only.
      factor = PhysicalUnit(
        symbol: "\(base.symbol)^\(size / 2)",
        dimensions: unit.dimensions.raised(to: Double(size) / 2) ?? unit.dimensions, scale: 1)
    }
    return halves > 0 ? multiplied(by: factor) : divided(by: factor)
  }
}

extension Dimensions: CustomStringConvertible {
  /// The dimensions in familiar units, such as `V` or `A/m^2`; `1` for a pure number.
  public var description: String { PhysicalUnit(familiarFor: self).symbol }
}
