/// A hash of 64 bits that is the same in every process, on every machine and in every version.
///
/// Four streams of multiply and shift take words in turn, so that long arrays are taken fast. It
/// tells things apart that differ by chance; it is no defence against someone who wants two to agree.
struct StableHash {
  private var first: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private var third: UInt64 = 0x1656_67B1_9E37_79F9
  private var fourth: UInt64 = 0x27D4_EB2F_1656_67C5

  @inline(__always)
  private static func mix(_ stream: UInt64, _ word: UInt64) -> UInt64 {
    let product = (stream ^ word) &* 0xFF51_AFD7_ED55_8CCD
    return product ^ (product >> 32)
  }

  /// Takes one word.
  mutating func add(_ word: UInt64) {
    let mixed = Self.mix(first, word)
    first = second
    second = third
    third = fourth
    fourth = mixed
  }

  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  mutating func add(_ number: Double) { add(number.bitPattern) }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    var word: UInt64 = 0
    for (place, byte) in text.utf8.enumerated() {
      word |= UInt64(byte) << (8 * (place % 8))
      if place % 8 == 7 {
        add(word)
        word = 0
      }
    }
    if !text.utf8.count.isMultiple(of: 8) { add(word) }
  }

  /// Takes how many numbers there are, and their bits.
  mutating func add(_ numbers: [Double]) {
    add(numbers.count)
    numbers.withUnsafeBufferPointer { numbers in
      let whole = numbers.count & ~3
      var place = 0
      while place < whole {
        first = Self.mix(first, numbers[place].bitPattern)
        second = Self.mix(second, numbers[place + 1].bitPattern)
        third = Self.mix(third, numbers[place + 2].bitPattern)
        fourth = Self.mix(fourth, numbers[place + 3].bitPattern)
        place += 4
      }
      while place < numbers.count {
        add(numbers[place].bitPattern)
        place += 1
      }
    }
  }

  /// The hash of everything that was taken.
  var value: UInt64 {
    var result: UInt64 = 0
    for stream in [first, second, third, fourth] {
      result = (result ^ stream) &* 0xC4CE_B9FE_1A85_EC53
      result ^= result >> 29
    }
    result = (result ^ (result >> 32)) &* 0xFF51_AFD7_ED55_8CCD
    return result ^ (result >> 33)
  }
}
