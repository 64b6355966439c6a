import Foundation

/// The bytes of a journal.
///
/// A line that names the format; then blocks: a length and a check sum, 8 bytes each, and the
/// content. The first block is the header as JSON, each further one an entry or a part of a run. All
/// numbers are little-endian. A block that is not whole ends the journal: it was being written when the power
/// went, and everything before it stands.
enum JournalFormat {
  static let mark = Array("afterglow journal 4\n".utf8)
  /// More than this is no block of ours.
  static let largestBlock = 1 << 31

  /// The length and the check sum of a block in pieces, each but the last of whole words.
  static func start(of pieces: [UnsafeRawBufferPointer]) -> [UInt8] {
    var sum = CheckSum()
    for piece in pieces { sum.add(piece) }
    var bytes: [UInt8] = []
    bytes.append(number: UInt64(pieces.reduce(0) { $0 + $1.count }))
    bytes.append(number: sum.value)
    return bytes
  }

  /// Set in the first word of an entry whose samples are in the units of the result.
  private static let unitsBit: UInt64 = 1 << 62

  /// What an entry says of its runs, filled up with 0 to whole words; the numbers follow.
  static func beginning(
    firstRun: Int, _ records: [RunRecord], samplesAreInUnits: Bool = false
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: UInt64(firstRun) | (samplesAreInUnits ? unitsBit : 0))
    bytes.append(number: UInt64(records.count))
    for record in records {
      bytes.append(UInt8(bitPattern: record.status.rawValue))
      bytes.append(UInt8(bitPattern: record.verdict))
      bytes.append(number: record.identity)
      bytes.append(number: UInt64(bitPattern: record.acceptedSteps))
      bytes.append(number: UInt64(bitPattern: record.rejectedSteps))
      bytes.append(number: UInt64(bitPattern: record.stiffSteps))
      bytes.append(number: UInt64(bitPattern: record.switches))
      let reason = Array(record.reason.utf8)
      bytes.append(number: UInt64(reason.count))
      bytes += reason
      bytes.append(number: record.lastTime.bitPattern)
      bytes.append(number: UInt64(record.lastStates.count))
      for value in record.lastStates { bytes.append(number: value.bitPattern) }
    }
    while bytes.count % 8 != 0 { bytes.append(0) }
    return bytes
  }

  /// The entry in a block; `nil` if it does not fit the header.
  static func entry(_ bytes: [UInt8], _ header: JournalHeader) -> JournalEntry? {
    var reader = ByteReader(bytes)
    guard let word = reader.number(), let first = Int(exactly: word & ~unitsBit),
      first < header.runCount,
      let count = reader.count(below: header.runCount - first + 1), count > 0
    else { return nil }
    var records: [RunRecord] = []
    for _ in 0..<count {
      guard let status = reader.byte(), let verdict = reader.byte(),
        let known = RunRecord.Status(rawValue: Int8(bitPattern: status)),
        let identity = reader.number(), let accepted = reader.number(),
        let rejected = reader.number(), let stiff = reader.number(),
        let switches = reader.number(), let length = reader.count(below: 1 << 20),
        let reason = reader.bytes(length), let lastTime = reader.number(),
        let stateCount = reader.count(below: 1 << 24), let lastStates = reader.doubles(stateCount)
      else { return nil }
      records.append(
        RunRecord(
          status: known, reason: String(decoding: reason, as: UTF8.self),
          verdict: Int8(bitPattern: verdict), acceptedSteps: Int64(bitPattern: accepted),
          rejectedSteps: Int64(bitPattern: rejected), stiffSteps: Int64(bitPattern: stiff),
          switches: Int64(bitPattern: switches), identity: identity,
          lastTime: Double(bitPattern: lastTime), lastStates: lastStates))
    }
    reader.skipToWord()
    func arrays(_ number: Int, _ length: Int) -> [[Double]]? {
      var result: [[Double]] = []
      for _ in 0..<number {
        guard let values = reader.doubles(length) else { return nil }
        result.append(values)
      }
      return result
    }
    guard let reductions = arrays(header.reductionCount, count),
      let samples = arrays(
        header.variableCount,
        header.sampled.places(of: first..<first + count).count * header.timeCount),
      reader.isAtEnd
    else { return nil }
    var entry = JournalEntry(
      firstRun: first, records: records, reductions: reductions, samples: samples)
    entry.samplesAreInUnits = word & unitsBit != 0
    return entry
  }
}

/// A check sum of words, in four streams that a processor follows at the same time; each is FNV-1a
/// (Fowler, Noll and Vo) with a shift, so that high bits reach low ones.
struct CheckSum {
  private var streams = SIMD4<UInt64>(1, 2, 3, 4) &* 0xCBF2_9CE4_8422_2325
  /// How many words have been taken; each goes to the next stream.
  private var words = 0
  private var count: UInt64 = 0

  /// Takes bytes: whole words, or the last ones, which are filled up with 0.
  ///
  /// The sum does not depend on the pieces in which they come.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var position = 0
    while position < bytes.count {
      if words % 4 == 0 {
        while position + 32 <= bytes.count {
          let next = bytes.loadUnaligned(fromByteOffset: position, as: SIMD4<UInt64>.self)
          let mixed = (streams ^ next) &* 0x100_0000_01B3
          streams = mixed ^ (mixed &>> 29)
          position += 32
        }
        if position == bytes.count { break }
      }
      var word: UInt64 = 0
      for place in 0..<min(8, bytes.count - position) {
        word |= UInt64(bytes[position + place]) << (8 * place)
      }
      let mixed = (streams[words % 4] ^ word) &* 0x100_0000_01B3
      streams[words % 4] = mixed ^ (mixed &>> 29)
      words += 1
      position += 8
    }
    count += UInt64(bytes.count)
  }

  /// The sum of everything that was taken.
  var value: UInt64 {
    (0..<4).reduce(count) { ($0 ^ streams[$1]) &* 0x100_0000_01B3 ^ streams[$1] &>> 31 }
  }
}

extension [UInt8] {
  mutating func append(number: UInt64) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

/// Takes values from bytes, none beyond their end.
struct ByteReader {
  private let all: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { all = bytes }

  var isAtEnd: Bool { position == all.count }

  /// How many bytes are left.
  var left: Int { all.count - position }

  mutating func skipToWord() { position = min((position + 7) / 8 * 8, all.count) }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= all.count - position else { return nil }
    defer { position += count }
    return all[position..<position + count]
  }

  mutating func byte() -> UInt8? { bytes(1)?.first }

  mutating func number() -> UInt64? {
    bytes(8).map { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
  }

  mutating func count(below limit: Int) -> Int? {
    number().flatMap { $0 < UInt64(max(0, limit)) ? Int($0) : nil }
  }

  mutating func doubles(_ count: Int) -> [Double]? {
    words(count, UInt64.self)?.map { Double(bitPattern: UInt64(littleEndian: $0)) }
  }

  mutating func integers(_ count: Int) -> [UInt32]? {
    words(count, UInt32.self)?.map { UInt32(littleEndian: $0) }
  }

  private mutating func words<Word: BitwiseCopyable>(_ count: Int, _: Word.Type) -> [Word]? {
    let size = MemoryLayout<Word>.size
    guard count >= 0, count <= (all.count - position) / size else { return nil }
    let start = position
    position += size * count
    return all.withUnsafeBytes { buffer in
      (0..<count).map { buffer.loadUnaligned(fromByteOffset: start + size * $0, as: Word.self) }
    }
  }
}
