import Foundation
import Solvers
import Testing

/// Spike times at a fixed step beside those of the same equations with a step and an error control
/// of their own: two engines that share the model's text and little else.
///
/// Times are in s. Errors are the largest over the spikes of a run, and an order is the binary
/// logarithm of the ratio of the errors at a step and at half of it.
@Suite("Spike times of single cells")
struct SpikeTimeTests {
  /// Steps from 5 to 0.625 us.
  private static let stepsPerMillisecond = [200, 400, 800, 1600]

  private func errors(
    _ cell: CellCase, _ method: CellMethod, against reference: [Double]
  ) throws -> [Double] {
    try Self.stepsPerMillisecond.map { perMillisecond in
      let count = Int((cell.duration * 1e3).rounded()) * perMillisecond
      let times = try cell.spikeTimes(method, stepCount: count)
      try #require(times.count == reference.count)
      return zip(times, reference).map { abs($0 - $1) }.max() ?? .nan
    }
  }

  /// The spike times by Rodas5P at 1e-10, which an explicit method confirms.
  private func reference(_ cell: CellCase, within bound: Double) throws -> [Double] {
    let times = try cell.referenceSpikeTimes(.rodas5P, relativeTolerance: 1e-10)
    let confirmation = try cell.referenceSpikeTimes(.dormandPrince, relativeTolerance: 1e-11)
    try #require(times.count == confirmation.count && times.count >= 3)
    for (time, other) in zip(times, confirmation) { #expect(abs(time - other) < bound) }
    return times
  }

  @Test(
    "converge at the order of the method",
    arguments: [
      CellCase.hodgkinHuxley, .wangBuzsaki, .relayBurst, .habenulaWithoutJumps,
    ],
    [(CellMethod.exponentialEuler, 1.0), (.exponentialMidpoint, 2), (.heun, 2)])
  func order(cell: CellCase, expected: (method: CellMethod, order: Double)) throws {
    let reference = try reference(cell, within: 1e-10)
    let errors = try errors(cell, expected.method, against: reference)
    let orders = zip(errors, errors.dropFirst()).map { log2($0 / $1) }
    for order in orders { #expect(abs(order - expected.order) < 0.1, "orders \(orders)") }
    // At least twenty times what is known of the reference.
    #expect(errors.allSatisfy { $0 > 2e-9 })
  }

  @Test("what a spike does to its own cell waits for the end of the step")
  func jumps() throws {
    // A spike is found within the step, but its jumps of NMDA receptors and afterhyperpolarisation
    // come at the step's end: up to a step late, by a fraction that differs from spike to spike.
    // So a cell with jumps is of order 1, whatever the method, with a small constant.
    let cell = CellCase.habenula
    let reference = try reference(cell, within: 1e-10)
    let first = try errors(cell, .exponentialEuler, against: reference)
    let orders = zip(first, first.dropFirst()).map { log2($0 / $1) }
    for order in orders { #expect(abs(order - 1) < 0.1, "orders \(orders)") }
    for method in [CellMethod.exponentialMidpoint, .heun] {
      let errors = try errors(cell, method, against: reference)
      for (error, perMillisecond) in zip(errors, Self.stepsPerMillisecond) {
        let step = 1e-3 / Double(perMillisecond)
        #expect(error < 1.5 * step, "\(method.rawValue): \(error / step) steps")
      }
    }
  }
}
