import Foundation
import Testing

@testable import Experiments

@Suite("Elementary effects")
struct MorrisEffectsTests {
  private func effects(
    _ value: ([Double]) -> Double, trajectories: Int = 50, failing: Set<Int> = []
  ) -> MorrisEffects {
    let design = MorrisDesign(parameters: 3, trajectories: trajectories, levels: 4, seed: 2)
    let outputs = (0..<trajectories * 4).map { point in
      failing.contains(point)
        ? .nan : value((0..<3).map { design.coordinate(point: point, parameter: $0) })
    }
    return MorrisEffects(outputs, design: design, settings: SensitivitySettings())
  }

  @Test("a plane has its slopes as effects, without any spread")
  func plane() throws {
    let found = effects { 3 * $0[0] - 2 * $0[1] + 7 }.effects
    for (effect, slope) in zip(found, [3.0, -2, 0]) {
      let effect = try #require(effect)
      // A difference of numbers below 10, divided by 2/3.
      #expect(abs(effect.mu.value - slope) < 1e-14)
      #expect(abs(effect.muStar.value - abs(slope)) < 1e-14)
      #expect(effect.sigma.value < 1e-14)
      #expect(abs(effect.muStar.lower - abs(slope)) < 1e-14)
    }
  }

  /// With four levels the effect of x² is 2x + 2/3 at x = 0 or 1/3: ±1/3 around 1, and that of the
  /// product is the other factor, which has the mean 1/2 and the variance (0 + 1/9 + 4/9 + 1)/4 −
  /// 1/4 = 5/36.
  @Test("curvature and products have their means and spreads within their intervals")
  func curved() throws {
    let found = effects({ $0[0] * $0[0] + $0[1] * $0[2] }, trajectories: 400).effects
    let expected = [(1.0, 1.0 / 3), (0.5, (5.0 / 36).squareRoot()), (0.5, (5.0 / 36).squareRoot())]
    for (effect, (mu, sigma)) in zip(found, expected) {
      let effect = try #require(effect)
      #expect((effect.mu.lower...effect.mu.upper).contains(mu))
      #expect((effect.muStar.lower...effect.muStar.upper).contains(mu))
      // The standard error of a standard deviation, σ/√(2n), three times.
      #expect(abs(effect.sigma.value - sigma) < 3 * sigma / 800.0.squareRoot())
    }
  }

  @Test("a failed run takes away the effects at its side, and no others")
  func failures() throws {
    let whole = effects { $0[0] + 2 * $0[1] * $0[2] }
    // The first point of walk 3 is an end of one effect, the second of two.
    let one = effects({ $0[0] + 2 * $0[1] * $0[2] }, failing: [12])
    let two = effects({ $0[0] + 2 * $0[1] * $0[2] }, failing: [13])
    #expect(whole.effects.allSatisfy { $0?.mu.rows == 50 })
    #expect(one.effects.map { $0?.mu.rows ?? 0 }.sorted() == [49, 50, 50])
    #expect(two.effects.map { $0?.mu.rows ?? 0 }.sorted() == [49, 49, 50])
    let most = effects({ $0[0] }, failing: Set(stride(from: 0, to: 120, by: 2)))
    #expect(most.effects.allSatisfy { $0 == nil })
  }
}
