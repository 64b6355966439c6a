import Testing

@testable import Experiments

@Suite("Philox")
struct PhiloxTests {
  /// The known-answer vectors that come with Random123 (kat_vectors, philox4x32 10).
  @Test("agrees with the published vectors")
  func publishedVectors() {
    func block(_ counter: SIMD4<UInt32>, _ key: SIMD2<UInt32>) -> SIMD4<UInt32> {
      Philox(seed: UInt64(key[0]) | UInt64(key[1]) << 32).block(counter)
    }
    #expect(
      block(SIMD4(repeating: 0), SIMD2(repeating: 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      block(SIMD4(repeating: 0xffff_ffff), SIMD2(repeating: 0xffff_ffff))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      block(
        SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test("a number depends on its counter and not on what was drawn before")
  func isAFunction() {
    let generator = Philox(seed: 7)
    let late = generator.uniform(index: 1000, dimension: 3, purpose: .randomDesign)
    _ = generator.uniform(index: 0, dimension: 0, purpose: .randomDesign)
    #expect(generator.uniform(index: 1000, dimension: 3, purpose: .randomDesign) == late)
    #expect(Philox(seed: 8).uniform(index: 1000, dimension: 3, purpose: .randomDesign) != late)
    #expect(generator.uniform(index: 1000, dimension: 3, purpose: .stratumOrder) != late)
  }

  @Test("uniform numbers lie strictly between 0 and 1")
  func openInterval() {
    #expect(unitInterval(0) > 0)
    #expect(unitInterval(.max) < 1)
  }
}
