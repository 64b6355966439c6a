import Synchronization

/// A request to stop, made from any thread or from a signal handler.
///
/// Runs in flight are finished and kept; no new ones are begun.
public final class CancellationFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Makes a flag that is not raised.
  public init() {}

  /// Whether stopping was requested.
  public var isRaised: Bool { flag.load(ordering: .relaxed) }

  /// Requests to stop.
  public func raise() { flag.store(true, ordering: .relaxed) }
}
