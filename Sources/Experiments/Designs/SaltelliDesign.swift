/// The points from which Sobol' indices are estimated.
///
/// A base row is a point of twice as many dimensions as there are parameters: its halves are the
/// points A and B. A block follows from each row: A; for each parameter i the point AB_i, which is
/// A with parameter i from B; with second orders BA_i, which is B with parameter i from A; and B.
/// Blocks stand one after another, so that more rows leave the first ones as they are.
///
/// - Source: Saltelli (2002), Computer Physics Communications 145, 280; Saltelli et al. (2010),
///   ibid. 181, 259.
public struct SaltelliDesign: Sendable, Hashable {
  /// How many parameters vary.
  public let parameters: Int
  /// Whether there are points BA_i.
  public let secondOrder: Bool

  /// Makes the design.
  public init(parameters: Int, secondOrder: Bool) {
    self.parameters = parameters
    self.secondOrder = secondOrder
  }

  /// How many points follow from a base row.
  public var blockSize: Int { (secondOrder ? 2 : 1) * parameters + 2 }

  /// The members of a block.
  enum Member {
    case a, b
    case ab(Int)
    case ba(Int)
  }

  /// The place of a member within its block.
  func position(of member: Member) -> Int {
    switch member {
    case .a: 0
    case .ab(let parameter): 1 + parameter
    case .ba(let parameter): 1 + parameters + parameter
    case .b: blockSize - 1
    }
  }

  /// Which coordinate of a base row a parameter takes at a point.
  ///
  /// - Parameters:
  ///   - point: Index among all points.
  ///   - parameter: Index of the parameter.
  /// - Returns: The row, and the dimension within it: those of B come after those of A.
  func source(point: Int, parameter: Int) -> (row: Int, dimension: Int) {
    let (row, position) = point.quotientAndRemainder(dividingBy: blockSize)
    let isFromB =
      if position == 0 {
        false
      } else if position == blockSize - 1 {
        true
      } else if position <= parameters {
        position - 1 == parameter
      } else {
        position - 1 - parameters != parameter
      }
    return (row, isFromB ? parameters + parameter : parameter)
  }
}
