import Testing
import Units

@testable import Experiments

@Suite("Designs for indices, and longer designs")
struct SensitivityDesignTests {
  private func sweep(_ design: Sweep.Design, axes: Int = 3, samples: Int) -> Sweep {
    Sweep(
      design: design, samples: samples,
      axes: (0..<axes).map {
        SweepAxis(
          path: "p\($0)", target: .parameter($0), unit: .one,
          form: .distribution(.uniform(low: 0, high: 1)), written: .text(""))
      }, table: nil)
  }

  @Test("the members of a block share exactly what they should", arguments: [true, false])
  func blocks(secondOrder: Bool) {
    for sampling in Sweep.BaseSampling.allCases {
      let sweep = sweep(
        .sobolIndices(secondOrder: secondOrder, sampling: sampling), samples: 16)
      let points = SweepPoints(sweep, seed: 4)
      let design = SaltelliDesign(parameters: 3, secondOrder: secondOrder)
      #expect(design.blockSize == (secondOrder ? 8 : 5))
      #expect(points.count == 16 * design.blockSize)
      for row in 0..<16 {
        func point(_ member: SaltelliDesign.Member) -> [Double] {
          Array(points.values(of: row * design.blockSize + design.position(of: member)))
        }
        let (a, b) = (point(.a), point(.b))
        #expect(zip(a, b).allSatisfy { $0 != $1 })
        for parameter in 0..<3 {
          var expected = a
          expected[parameter] = b[parameter]
          #expect(point(.ab(parameter)) == expected)
          guard secondOrder else { continue }
          expected = b
          expected[parameter] = a[parameter]
          #expect(point(.ba(parameter)) == expected)
        }
      }
    }
  }

  @Test("walks move every parameter once, by the same distance", arguments: [2, 4, 8])
  func walks(levels: Int) {
    let design = MorrisDesign(parameters: 5, trajectories: 200, levels: levels, seed: 6)
    var counts = Array(repeating: 0, count: levels)
    for walk in 0..<200 {
      for parameter in 0..<5 {
        let ends = design.ends(walk: walk, parameter: parameter)
        for other in 0..<5 {
          let change =
            design.coordinate(point: ends.high, parameter: other)
            - design.coordinate(point: ends.low, parameter: other)
          #expect(abs(change - (other == parameter ? design.stepLength : 0)) < 1e-15)
        }
        let start = design.coordinate(point: walk * 6, parameter: parameter)
        counts[Int((start * Double(levels - 1)).rounded())] += 1
      }
      let low = (0..<5).map { design.ends(walk: walk, parameter: $0).low }
      let high = (0..<5).map { design.ends(walk: walk, parameter: $0).high }
      #expect(zip(low, high).allSatisfy { abs($0 - $1) == 1 && min($0, $1) >= walk * 6 })
      #expect(Set(zip(low, high).map { min($0, $1) }).count == 5)
    }
    // 1,000 draws over the levels; five standard deviations of a binomial count.
    let expected = 1000 / Double(levels)
    #expect(counts.allSatisfy { abs(Double($0) - expected) < 5 * expected.squareRoot() })
  }

  @Test(
    "a longer design keeps the points of a shorter one, bit for bit",
    arguments: [
      Sweep.Design.random, .sobol, .sobolIndices(secondOrder: true, sampling: .sobol),
      .sobolIndices(secondOrder: false, sampling: .random), .morris(levels: 4),
    ])
  func extension_(design: Sweep.Design) throws {
    let short = sweep(design, samples: 64)
    let long = sweep(design, samples: 128)
    let kept = try long.pointsKept(of: short)
    #expect(kept == 64 * short.pointsPerSample)
    let (some, all) = (SweepPoints(short, seed: 12), SweepPoints(long, seed: 12))
    #expect(some.count == kept && all.count == 2 * kept)
    for point in 0..<kept { #expect(Array(some.values(of: point)) == Array(all.values(of: point))) }
  }

  @Test("what cannot be extended says why")
  func notExtended() {
    func message(_ long: Sweep, _ short: Sweep) -> String {
      do throws(SweepExtensionFailure) {
        return "keeps \(try long.pointsKept(of: short))"
      } catch { return error.message }
    }
    let cube = Sweep.Design.latinHypercube(centred: false, generator: .philox)
    #expect(
      message(sweep(cube, samples: 20), sweep(cube, samples: 10)) == """
        a Latin hypercube of 20 samples has none of the points of one of 10, since its intervals \
        are narrower; run the larger one into a new file, or take `design: sobol` or \
        `design: random`, which can be extended
        """)
    #expect(message(sweep(cube, samples: 20), sweep(cube, samples: 20)) == "keeps 20")
    #expect(
      message(sweep(.sobol, samples: 8), sweep(.sobol, samples: 16))
        == "there are 16 samples, more than the 8 that are asked for")
    #expect(
      message(sweep(.sobol, samples: 8), sweep(.random, samples: 4))
        == "a random design does not become a sobol design")
    #expect(
      message(sweep(.sobol, axes: 2, samples: 8), sweep(.sobol, samples: 4))
        == "what varies has changed, and with it every point: begin a new file")
  }
}
