import CElementwise
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Random numbers")
struct RandomNumberTests {
  /// Counter, key and result of the known-answer tests that Salmon and others publish with
  /// Random123, two 32-bit words in each number.
  static let known: [(counter: [UInt], key: UInt, result: [UInt])] = [
    ([0, 0], 0, [0xE169_C58D_6627_E8D5, 0x9B00_DBD8_BC57_AC4C]),
    ([.max, .max], .max, [0x41C8_3B0E_408F_276D, 0x6D54_51FD_A20B_C7C6]),
    (
      [0x85A3_08D3_243F_6A88, 0x0370_7344_1319_8A2E], 0x299F_31D0_A409_3822,
      [0x94FD_CCEB_D16C_FE09, 0x2412_6EA1_5001_E420]
    ),
  ]

  @Test("the published answers come out", arguments: known)
  func knownAnswers(counter: [UInt], key: UInt, result: [UInt]) {
    let found = afterglow_philox(counter[0], counter[1], key)
    #expect([found.first, found.second] == result)
  }

  @Test("a lane has the bits that its counter has alone")
  func lanes() {
    let counters = SIMD8<UInt>(0, 1, 2, 3, .max, 5, 1 << 32, 7)
    let lanes = afterglow_uniform_lanes(counters, SIMD8(repeating: 9), SIMD8(repeating: 4))
    let normal = afterglow_normal_lanes(counters, SIMD8(repeating: 9), SIMD8(repeating: 4))
    for lane in 0..<8 {
      #expect(lanes[lane] == afterglow_uniform(counters[lane], 9, 4))
      #expect(normal[lane] == afterglow_normal(counters[lane], 9, 4))
    }
  }

  @Test("uniform numbers reach neither 0 nor 1 and are even about 1/2")
  func ends() {
    let lowest = afterglow_uniform_of_bits(SIMD8<UInt>(repeating: 0))[0]
    let highest = afterglow_uniform_of_bits(SIMD8<UInt>(repeating: .max))[0]
    #expect(lowest == 0x1p-53)
    #expect(highest == 1 - 0x1p-53)
  }

  @Test("normal numbers at the ends of the uniform ones are finite, and turn with the angle")
  func largestNormal() {
    let least = SIMD8<Double>(repeating: 0x1p-53)
    let angles = SIMD8<Double>(0x1p-53, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 1 - 0x1p-53)
    let found = afterglow_normal_of_uniform(least, angles)
    let radius = (106 * log(2.0)).squareRoot()
    for lane in 0..<8 {
      // A few roundings of numbers up to 8.6, of 9e-16 each.
      #expect(abs(found[lane] - radius * cos(2 * .pi * angles[lane])) < 5e-15)
    }
    let highest = afterglow_normal_of_uniform(SIMD8(repeating: 1 - 0x1p-53), angles)
    #expect(abs(highest[0] - 0x1p-26) < 1e-20)
  }

  // Fixed seed; each bound is 5 standard errors, passed by chance once in 2 million times.
  @Test("the moments of many numbers are those of their distributions")
  func moments() {
    let count = 160_000
    var sums = [Double](repeating: 0, count: 5)
    let zero = SIMD8<UInt>(repeating: 0)
    for first in stride(from: 0, to: count, by: 8) {
      let counters = SIMD8<UInt>(0, 1, 2, 3, 4, 5, 6, 7) &+ UInt(first)
      let uniform = afterglow_uniform_lanes(counters, zero, SIMD8(repeating: 11))
      let normal = afterglow_normal_lanes(counters, zero, SIMD8(repeating: 12))
      for lane in 0..<8 {
        sums[0] += uniform[lane]
        sums[1] += uniform[lane] * uniform[lane]
        sums[2] += normal[lane]
        sums[3] += normal[lane] * normal[lane]
        sums[4] += normal[lane] * uniform[lane]
      }
    }
    let means = sums.map { $0 / Double(count) }
    let expected = [0.5, 1.0 / 3, 0, 1, 0]
    // Variances of u, u², z, z² and z·u.
    let variances = [1.0 / 12, 4.0 / 45, 1, 2, 1.0 / 3]
    for index in expected.indices {
      let bound = 5 * (variances[index] / Double(count)).squareRoot()
      #expect(abs(means[index] - expected[index]) < bound, "moment \(index): \(means[index])")
    }
  }
}
