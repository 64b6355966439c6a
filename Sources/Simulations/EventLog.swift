import Dynamics
import ModelLanguage

/// Which events of a run are still to take effect, and how they have followed each other.
struct EventLog {
  /// How long after its condition each event takes effect, in s.
  private let delays: [Double]
  /// What is to take effect, ascending by time, in the order of the conditions where times are the same.
  private var pending: [(time: Double, event: Int)] = []
  private var histories: [History]

  /// How the times between the happenings of one event have gone.
  private struct History {
    var last = -Double.infinity
    var interval = Double.infinity
    /// Where a row of ever shorter times between began, and how many there are.
    var rowStart = -Double.infinity
    var shortening = 0
    /// How often it happened without the time passing by more than a rounding.
    var atOnce = 0
  }

  init(_ model: Model, parameters: [Double]) {
    let evaluator = ExpressionEvaluator(parameters: parameters)
    delays = model.events.map { $0.delay.map { evaluator.value(of: $0) } ?? 0 }
    histories = model.events.map { _ in History() }
  }

  /// The first event whose delay cannot be waited for, and that delay in s.
  var impossibleDelay: (event: Int, delay: Double)? {
    delays.firstIndex { !($0 >= 0 && $0.isFinite) }.map { ($0, delays[$0]) }
  }

  /// The time at which the next delayed event takes effect.
  var nextDue: Double? { pending.first?.time }

  /// Takes out the delayed events that take effect now.
  mutating func takeDue(at time: Double) -> [Int] {
    let count = pending.prefix { $0.time <= time }.count
    defer { pending.removeFirst(count) }
    return pending[..<count].map(\.event)
  }

  /// Notes that the condition of an event has become true.
  ///
  /// - Returns: Whether the event takes effect at once.
  mutating func begins(_ event: Int, at time: Double) -> Bool {
    let delay = delays[event]
    guard delay > 0 else { return true }
    let due = time + delay
    let place = pending.firstIndex { $0.time > due } ?? pending.endIndex
    pending.insert((due, event), at: place)
    return false
  }

  /// How often an event may happen before the time passes by more than a rounding.
  private static let mostAtOnce = 100
  /// How many ever shorter times in a row are looked at, and how short the last one is beside the whole row
  /// where they add up to a time that the run never passes.
  private static let shortRow = 20
  private static let vanishingPart = 1e-9

  /// Notes that the condition of an event has become true, and says whether it does so again and again in no
  /// time.
  mutating func isEndless(_ event: Int, at time: Double) -> Bool {
    var history = histories[event]
    let interval = time - history.last
    if interval <= LaneBlock.sameMoment(as: time) {
      history.atOnce += 1
    } else {
      history.atOnce = 0
      if interval < history.interval {
        history.shortening += 1
      } else {
        history.shortening = 0
        history.rowStart = history.last
      }
      history.interval = interval
    }
    history.last = time
    histories[event] = history
    return history.atOnce > Self.mostAtOnce
      || (history.shortening > Self.shortRow
        && interval < Self.vanishingPart * (time - history.rowStart))
  }
}
