/// Walks through the unit cube that change one parameter at a time, in a random order and
/// direction.
///
/// Each coordinate has one of p levels 0, 1/(p−1) … 1 and moves once, by half of the levels:
/// p/(2(p−1)), so that every level is as likely. A walk is a function of the seed and its index.
///
/// - Source: Morris (1991), Factorial sampling plans for preliminary computational experiments,
///   Technometrics 33, 161.
public struct MorrisDesign: Sendable {
  /// How many parameters vary.
  public let parameters: Int
  public let trajectories: Int
  /// How many values each parameter takes; an even number.
  public let levels: Int
  /// By walk and parameter: at which step the parameter moves, and from and to which level.
  private let step: [Int32]
  private let from: [Int32]
  private let to: [Int32]

  /// How far a coordinate moves.
  public var stepLength: Double { Double(levels / 2) / Double(levels - 1) }

  /// Draws the walks.
  public init(parameters: Int, trajectories: Int, levels: Int, seed: UInt64) {
    precondition(levels >= 2 && levels.isMultiple(of: 2), "an even number of levels")
    self.parameters = parameters
    self.trajectories = trajectories
    self.levels = levels
    let generator = Philox(seed: seed)
    let half = levels / 2
    var step: [Int32] = []
    var from: [Int32] = []
    var to: [Int32] = []
    for walk in 0..<trajectories {
      func draw(_ parameter: Int, below bound: Int, _ purpose: Philox.Purpose) -> Int {
        let bits = generator.bits(index: walk, dimension: parameter, purpose: purpose)
        return Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
      }
      var order = Array(0..<parameters)
      for index in order.indices.dropFirst().reversed() {
        order.swapAt(index, draw(index, below: index + 1, .trajectoryOrder))
      }
      var steps = Array(repeating: Int32(0), count: parameters)
      for (index, parameter) in order.enumerated() { steps[parameter] = Int32(index) }
      step += steps
      for parameter in 0..<parameters {
        let start = draw(parameter, below: levels, .trajectoryStart)
        from.append(Int32(start))
        to.append(Int32(start < half ? start + half : start - half))
      }
    }
    self.step = step
    self.from = from
    self.to = to
  }

  /// One coordinate of a point, from 0 to 1.
  ///
  /// The points of a walk stand together, in order.
  func coordinate(point: Int, parameter: Int) -> Double {
    let (walk, position) = point.quotientAndRemainder(dividingBy: parameters + 1)
    let index = walk * parameters + parameter
    let level = position > step[index] ? to[index] : from[index]
    return Double(level) / Double(levels - 1)
  }

  /// The points before and after a parameter moves on a walk, the one with its lower value first.
  func ends(walk: Int, parameter: Int) -> (low: Int, high: Int) {
    let index = walk * parameters + parameter
    let before = walk * (parameters + 1) + Int(step[index])
    return from[index] < to[index] ? (before, before + 1) : (before + 1, before)
  }
}
