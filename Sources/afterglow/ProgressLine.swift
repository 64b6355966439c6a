import Experiments
import Foundation

/// How far the runs are: one line that is redrawn on a terminal, plain lines at intervals in a log.
final class ProgressLine: Sendable {
  private let isShown: Bool
  private let redraws: Bool
  private let start: ContinuousClock.Instant
  private let lock = NSLock()
  // Used only while the lock is held.
  private nonisolated(unsafe) var lastTime: ContinuousClock.Instant
  private nonisolated(unsafe) var hasDrawn = false

  init(isShown: Bool) {
    self.isShown = isShown
    redraws = Terminal.talksToTerminal
    start = ContinuousClock.now
    lastTime = start
  }

  /// Shows the progress, if it is time to.
  func update(_ progress: CampaignProgress) {
    guard isShown, progress.total > 1 || progress.part > 0 else { return }
    lock.lock()
    defer { lock.unlock() }
    let now = ContinuousClock.now
    let isLast = progress.done + progress.failed == progress.total
    let interval: Duration = redraws ? .milliseconds(100) : .seconds(30)
    guard now - lastTime >= interval || (isLast && (redraws || hasDrawn)) else { return }
    lastTime = now
    hasDrawn = true
    let text = Self.text(progress, after: Self.seconds(now - (progress.began ?? start)))
    Terminal.write(redraws ? "\r\u{1B}[K\(text)" : text + "\n", to: .standardError)
  }

  /// Ends the line.
  func finish() {
    lock.lock()
    defer { lock.unlock() }
    if redraws && hasDrawn { Terminal.write("\n", to: .standardError) }
  }

  /// One line: how many of how many, failures, rate, time left.
  static func text(_ progress: CampaignProgress, after seconds: Double) -> String {
    if progress.total == 1 { return text(ofSingleRun: progress, after: seconds) }
    let finished = progress.done + progress.failed
    let percent = progress.total == 0 ? 100 : 100 * finished / progress.total
    var text = "\(finished) of \(progress.total) runs (\(percent) %)"
    if progress.failed > 0 { text += ", \(progress.failed) failed" }
    if let estimate = progress.estimate(after: seconds) {
      text += ", \(shortNumber(estimate.rate)) per second"
      if finished < progress.total { text += ", \(duration(estimate.remaining)) left" }
    }
    return text
  }

  /// How much of a single run is done.
  private static func text(ofSingleRun progress: CampaignProgress, after seconds: Double) -> String
  {
    var text = "\(Int(100 * progress.part)) % simulated"
    if progress.part < 1, let estimate = progress.estimate(after: seconds) {
      text += ", \(duration(estimate.remaining)) left"
    }
    return text
  }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  static func duration(_ seconds: Double) -> String {
    if seconds < 90 { return "\(shortNumber(seconds)) s" }
    if seconds < 5400 { return "\(shortNumber(seconds / 60)) min" }
    return "\(shortNumber(seconds / 3600)) h"
  }
}

/// A number with three significant digits.
func shortNumber(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  let magnitude = abs(value)
  if magnitude >= 100 && magnitude < 1e7 { return String(format: "%.0f", value) }
  return String(format: "%.3g", value)
}
