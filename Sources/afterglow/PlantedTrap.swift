import Experiments
import Foundation

/// A fault on purpose, for the tests of what a fault of ours leaves behind.
///
/// With the environment variable `AFTERGLOW_TEST_TRAP` set to a number, a sweep fails a precondition
/// as soon as this process has finished so many of its runs.
enum PlantedTrap {
  static let variable = "AFTERGLOW_TEST_TRAP"

  /// After how many runs, or `nil` for never.
  static let runs = ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }

  /// Fails where it is time to.
  static func spring(at progress: CampaignProgress) {
    guard let runs else { return }
    let finished = progress.done + progress.failed - progress.earlier
    precondition(finished < runs, "\(variable) is set, and \(finished) runs are finished")
  }
}
