import Experiments
import Foundation

/// What is known of the moment in which runs were done, beside the result and not in it: when, where, by
/// which command, how long it took.
///
/// The result says what the runs follow from and what came of them, and has the same bytes whenever and
/// wherever they are done. The log is a text with a line of JSON for each process.
struct RunLog {
  private struct Line: Encodable {
    var afterglow = Version.current
    var backend: String
    var command: String
    var done: Int
    var failed: Int
    var finished: String
    var operatingSystem: String
    var processors: Int
    var total: Int
    var wallSeconds: Double
  }

  /// Where the log of a result is.
  static func path(ofResult path: String) -> String { path + ".log" }

  /// Adds a line; what cannot be written is no reason to lose a result.
  ///
  /// - Parameters:
  ///   - path: The result that the runs are for.
  ///   - progress: How far they are.
  ///   - usesInterpreter: Whether the equations were interpreted.
  ///   - seconds: How long it took.
  static func add(
    _ path: String, _ progress: CampaignProgress, usesInterpreter: Bool, seconds: Double
  ) {
    let process = ProcessInfo.processInfo
    let line = Line(
      backend: usesInterpreter ? "interpreter" : "native",
      command: process.arguments.joined(separator: " "), done: progress.done,
      failed: progress.failed, finished: Date().formatted(.iso8601),
      operatingSystem: process.operatingSystemVersionString,
      processors: process.activeProcessorCount, total: progress.total,
      wallSeconds: (seconds * 1e3).rounded() / 1e3)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let data = try? encoder.encode(line) else { return }
    let bytes = Array(data) + [UInt8(ascii: "\n")]
    // One write at the end, so that processes that share a result do not mix their lines.
    let descriptor = open(
      Self.path(ofResult: path), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = write(descriptor, bytes, bytes.count)
  }
}
