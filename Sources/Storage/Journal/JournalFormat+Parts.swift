/// The bytes of a part of a run: six words, then its numbers.
///
/// The first word has the run and, unlike that of an entry, the highest bit.
extension JournalFormat {
  private static let partBit: UInt64 = 1 << 63

  private enum Kind: UInt64 {
    case spikes, samples, tally, connections
  }

  /// The words of a part.
  static func beginning(of part: RunPart) -> [UInt8] {
    let (kind, words): (Kind, [Int]) =
      switch part.content {
      case .spikes(let population, let first, _, _): (.spikes, [population, first, 0])
      case .samples(let variable, let time, let cells, _): (.samples, [variable, time, cells])
      case .tally: (.tally, [0, 0, 0])
      case .connections(let projection, let first, _, _, _):
        (.connections, [projection, first, 0])
      }
    var bytes: [UInt8] = []
    bytes.append(number: partBit | UInt64(part.run))
    bytes.append(number: part.attempt)
    bytes.append(number: kind.rawValue)
    for word in words { bytes.append(number: UInt64(word)) }
    return bytes
  }

  /// What a block holds; `nil` if it does not fit the header.
  static func block(_ bytes: [UInt8], _ header: JournalHeader) -> JournalBlock? {
    var reader = ByteReader(bytes)
    guard let first = reader.number() else { return nil }
    guard first & partBit != 0 else { return entry(bytes, header).map { .entry($0) } }
    let run = first & ~partBit
    guard run < UInt64(header.runCount), let attempt = reader.number(),
      let kind = reader.number().flatMap({ Kind(rawValue: $0) }),
      let index = reader.count(below: 1 << 24), let start = reader.count(below: 1 << 48),
      let width = reader.count(below: 1 << 31)
    else { return nil }
    let content: RunPart.Content
    switch kind {
    case .spikes:
      let count = reader.left / 12
      guard reader.left % 12 == 0, let times = reader.doubles(count),
        let cells = reader.integers(count)
      else { return nil }
      content = .spikes(population: index, first: start, times: times, cells: cells)
    case .samples:
      guard width > 0, reader.left % (8 * width) == 0,
        let values = reader.doubles(reader.left / 8)
      else { return nil }
      content = .samples(variable: index, firstTime: start, cells: width, values: values)
    case .connections:
      let count = reader.left / 16
      guard reader.left % 16 == 0, let weights = reader.doubles(count),
        let sources = reader.integers(count), let targets = reader.integers(count)
      else { return nil }
      content = .connections(
        projection: index, first: start, sources: sources, targets: targets, weights: weights)
    case .tally:
      guard let values = reader.doubles(reader.left / 8), reader.isAtEnd else { return nil }
      content = .tally(values)
    }
    return .part(RunPart(run: Int(run), attempt: attempt, content))
  }
}
