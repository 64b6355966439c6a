import Experiments
import Foundation
import Storage

/// Looks at a sweep again and again: one progress line for all processes that share it.
struct SweepWatch {
  let file: String
  let terminal: Terminal
  /// Whether each look is a line of JSON.
  let json: Bool

  /// The speed is that of about so many looks.
  private static let window = 30

  /// Looks until all runs have ended, or no process is at work on a sweep that is in one piece.
  ///
  /// - Throws: `StorageFailure` if there is nothing to look at.
  func follow() throws(StorageFailure) {
    let line = ProgressLine(isShown: !json)
    let clock = ContinuousClock()
    var looks: [(time: ContinuousClock.Instant, finished: Int)] = []
    while true {
      let start = clock.now
      let state = try look()
      let finished = state.done + state.failed
      looks.append((start, finished))
      if looks.count > Self.window { looks.removeFirst() }
      var progress = CampaignProgress(total: state.total)
      progress.done = state.done
      progress.failed = state.failed
      progress.earlier = min(looks[0].finished, finished)
      progress.began = looks[0].time
      if json {
        terminal.print(JSONText.of(Look(state, progress, start - looks[0].time), isLine: true))
      } else {
        line.update(progress)
      }
      let isOver: Bool =
        switch state.state {
        case .finished, .completeParts, .interrupted: true
        case .running, .parts: false
        }
      if isOver {
        line.finish()
        if !json { terminal.print(state.text) }
        return
      }
      // Long journals are not read all the time.
      let cost = ProgressLine.seconds(clock.now - start)
      Thread.sleep(forTimeInterval: max(1, 10 * cost))
    }
  }

  /// Looks once more if a sweep was just ending: its journal goes when the result has its name.
  private func look() throws(StorageFailure) -> SweepState {
    if let state = try? SweepState(file: file) { return state }
    Thread.sleep(forTimeInterval: 0.2)
    return try SweepState(file: file)
  }

  /// One look, as JSON.
  private struct Look: Encodable {
    var state: SweepState.Phase
    var total: Int
    var done: Int
    var failed: Int
    var runsPerSecond: Double?
    var secondsLeft: Double?

    init(_ sweep: SweepState, _ progress: CampaignProgress, _ elapsed: Duration) {
      state = sweep.state
      total = sweep.total
      done = sweep.done
      failed = sweep.failed
      let estimate = progress.estimate(after: ProgressLine.seconds(elapsed))
      runsPerSecond = estimate?.rate
      secondsLeft = estimate?.remaining
    }
  }
}
