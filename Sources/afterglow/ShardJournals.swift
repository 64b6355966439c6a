import Foundation

/// The journals of the parts of a sweep.
enum ShardJournals {
  /// Those beside a result, by their names.
  static func beside(_ result: String) -> [String] {
    let url = URL(fileURLWithPath: result)
    let folder = url.deletingLastPathComponent().path
    let prefix = url.lastPathComponent + ".shard-"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".journal") }.sorted()
      .map { folder + "/" + $0 }
  }
}
