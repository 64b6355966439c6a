import ArgumentParser
import Experiments

/// The option that makes a process do a part of a sweep.
struct ShardOptions: ParsableArguments {
  @Option(
    name: .customLong("shard"),
    help: ArgumentHelp(
      "Do a part of the sweep, such as 2/3; `afterglow merge` puts the parts together.",
      valueName: "i/n"))
  private var text: String?

  /// The part; `nil` for the whole.
  var shard: Shard? {
    get throws {
      guard let text else { return nil }
      guard let shard = Shard(text) else {
        throw ValidationError("--shard is a part such as 2/3, not `\(text)`")
      }
      return shard
    }
  }
}

/// What is said at the end of a part of a sweep.
struct ShardReport {
  private struct Report: Encodable {
    var shard: Int
    var shards: Int
    var total: Int
    var done: Int
    var failed: Int
    var journal: String
  }

  var terminal: Terminal
  var isQuiet: Bool
  var isJSON: Bool

  /// Tells how it went.
  ///
  /// - Throws: The exit status, unless all runs are done.
  func tell(_ shard: Shard, _ progress: CampaignProgress, path: String) throws {
    let journal = shard.journalPath(ofResult: path)
    if isJSON {
      terminal.print(
        JSONText.of(
          Report(
            shard: shard.number, shards: shard.count, total: progress.total, done: progress.done,
            failed: progress.failed, journal: journal)))
    } else if !isQuiet {
      terminal.print(
        "part \(shard.number) of \(shard.count): \(progress.done) of \(progress.total) runs done, "
          + "\(progress.failed) failed, in `\(journal)`\n"
          + "when all parts are there: afterglow merge \(path)")
    }
    if progress.done + progress.failed < progress.total { throw ExitStatus.interrupted }
    if progress.failed > 0 { throw ExitStatus.someFailed }
  }
}
