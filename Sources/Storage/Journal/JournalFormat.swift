import Foundation

/// The bytes of a journal.
///
/// A line that names the format; then blocks: a length and a check sum, 8 bytes each, and the
/// content. The first block is the header as JSON, each further one an entry. All numbers are
/// little-endian. A block that is not whole ends the journal: it was being written when the power
/// went, and everything before it stands.
enum JournalFormat {
  static let mark = Array("afterglow journal 1\n".utf8)
  /// More than this is no block of ours.
  static let largestBlock = 1 << 31

  /// FNV-1a (Fowler, Noll and Vo) over words of 8 bytes, the last one filled with 0.
  static func checkSum(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    bytes.withUnsafeBytes { buffer in
      var position = 0
      while position + 8 <= buffer.count {
        let word = buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        hash = (hash ^ UInt64(littleEndian: word)) &* 0x100_0000_01B3
        hash ^= hash >> 32
        position += 8
      }
      var rest: UInt64 = 0
      for (place, byte) in buffer[position...].enumerated() { rest |= UInt64(byte) << (8 * place) }
      hash = (hash ^ rest ^ UInt64(buffer.count)) &* 0x100_0000_01B3
    }
    return hash
  }

  static func block(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(content.count + 16)
    bytes.append(number: UInt64(content.count))
    bytes.append(number: checkSum(content))
    bytes += content
    return bytes
  }

  static func content(of entry: JournalEntry) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: UInt64(entry.firstRun))
    bytes.append(number: UInt64(entry.records.count))
    for record in entry.records {
      bytes.append(UInt8(bitPattern: record.status.rawValue))
      bytes.append(UInt8(bitPattern: record.verdict))
      bytes.append(number: UInt64(bitPattern: record.acceptedSteps))
      bytes.append(number: UInt64(bitPattern: record.rejectedSteps))
      let reason = Array(record.reason.utf8)
      bytes.append(number: UInt64(reason.count))
      bytes += reason
    }
    for values in entry.reductions + entry.samples {
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// The entry in a block; `nil` if it does not fit the header.
  static func entry(_ bytes: [UInt8], _ header: JournalHeader) -> JournalEntry? {
    var reader = ByteReader(bytes)
    guard let first = reader.count(below: header.runCount),
      let count = reader.count(below: header.runCount - first + 1), count > 0
    else { return nil }
    var records: [RunRecord] = []
    for _ in 0..<count {
      guard let status = reader.byte(), let verdict = reader.byte(),
        let known = RunRecord.Status(rawValue: Int8(bitPattern: status)),
        let accepted = reader.number(), let rejected = reader.number(),
        let length = reader.count(below: 1 << 20), let reason = reader.bytes(length)
      else { return nil }
      records.append(
        RunRecord(
          status: known, reason: String(decoding: reason, as: UTF8.self),
          verdict: Int8(bitPattern: verdict), acceptedSteps: Int64(bitPattern: accepted),
          rejectedSteps: Int64(bitPattern: rejected)))
    }
    func arrays(_ number: Int, _ length: Int) -> [[Double]]? {
      var result: [[Double]] = []
      for _ in 0..<number {
        guard let values = reader.doubles(length) else { return nil }
        result.append(values)
      }
      return result
    }
    guard let reductions = arrays(header.reductionCount, count),
      let samples = arrays(header.variableCount, count * header.timeCount), reader.isAtEnd
    else { return nil }
    return JournalEntry(
      firstRun: first, records: records, reductions: reductions, samples: samples)
  }
}

extension [UInt8] {
  fileprivate mutating func append(number: UInt64) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

/// Takes values from bytes, none beyond their end.
private struct ByteReader {
  private let all: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { all = bytes }

  var isAtEnd: Bool { position == all.count }

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
    guard count >= 0, count <= (all.count - position) / 8 else { return nil }
    let start = position
    position += 8 * count
    return all.withUnsafeBytes { buffer in
      (0..<count).map {
        Double(
          bitPattern: UInt64(
            littleEndian: buffer.loadUnaligned(fromByteOffset: start + 8 * $0, as: UInt64.self)))
      }
    }
  }
}
