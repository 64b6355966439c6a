import Foundation

/// One of several parts of a campaign, for processes or machines that share it.
public struct Shard: Sendable, Hashable {
  /// From 1.
  public let number: Int
  public let count: Int

  /// A part, or `nil` if there is none of that number.
  public init?(number: Int, of count: Int) {
    guard count >= 1, count <= 100_000, (1...count).contains(number) else { return nil }
    self.number = number
    self.count = count
  }

  /// Reads `2/3`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else {
      return nil
    }
    self.init(number: number, of: count)
  }

  /// Its runs: consecutive ones, as many as in every other part or one more.
  public func runs(of total: Int) -> Range<Int> {
    (number - 1) * total / count..<number * total / count
  }

  /// Where its journal is, beside the result of the whole.
  public func journalPath(ofResult path: String) -> String {
    "\(path)\(Self.journalInfix)\(number)-of-\(count)\(Self.journalEnding)"
  }

  /// The journals of parts that are there beside a result, by their names.
  public static func journals(besideResult path: String) -> [String] {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    let prefix = url.lastPathComponent + journalInfix
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(journalEnding) }.sorted()
      .map { folder + "/" + $0 }
  }

  /// The result that a journal belongs to, by the name of the journal: of a part or of the whole.
  public static func result(ofJournal name: String) -> String? {
    guard name.hasSuffix(journalEnding) else { return nil }
    if let infix = name.range(of: journalInfix, options: .backwards) {
      return String(name[..<infix.lowerBound])
    }
    return String(name.dropLast(journalEnding.count))
  }

  private static let journalInfix = ".shard-"
  private static let journalEnding = ".journal"
}
