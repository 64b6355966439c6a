import ModelLanguage

/// Where cells are, for connections by distance: spread evenly over a length of 1.
struct CellPlaces {
  private let geometry: ConnectionRule.Geometry
  private let sourceCount: Int
  private let targetCount: Int

  init(_ geometry: ConnectionRule.Geometry, sourceCount: Int, targetCount: Int) {
    self.geometry = geometry
    self.sourceCount = sourceCount
    self.targetCount = targetCount
  }

  /// How far two cells are apart.
  func distance(_ source: Int, _ target: Int) -> Double {
    switch geometry {
    case .line:
      return abs(place(source, of: sourceCount) - place(target, of: targetCount))
    case .ring:
      return around(place(source, of: sourceCount) - place(target, of: targetCount))
    case .sheet:
      let from = square(source, of: sourceCount)
      let to = square(target, of: targetCount)
      let x = around(from.x - to.x)
      let y = around(from.y - to.y)
      return (x * x + y * y).squareRoot()
    }
  }

  private func around(_ difference: Double) -> Double {
    let magnitude = abs(difference)
    return min(magnitude, 1 - magnitude)
  }

  private func place(_ index: Int, of count: Int) -> Double {
    (Double(index) + 0.5) / Double(count)
  }

  private func square(_ index: Int, of count: Int) -> (x: Double, y: Double) {
    let side = Int(Double(count).squareRoot().rounded(.up))
    return (place(index % side, of: side), place(index / side, of: side))
  }
}
