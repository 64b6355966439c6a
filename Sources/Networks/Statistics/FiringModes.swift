/// Which cells are silent, tonic or bursting.
public struct FiringModes: Sendable, Hashable {
  /// How each cell fires.
  public let cells: [Mode]

  /// How a cell fires.
  public enum Mode: Sendable, Hashable, CaseIterable {
    case silent, tonic, bursting
  }

  init(_ cells: [Mode]) {
    self.cells = cells
  }

  /// How many cells fire in a mode.
  public func count(of mode: Mode) -> Int { cells.count { $0 == mode } }

  /// The fraction of cells that fire in a mode.
  public func fraction(of mode: Mode) -> Double { Double(count(of: mode)) / Double(cells.count) }
}
