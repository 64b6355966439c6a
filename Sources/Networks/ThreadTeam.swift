import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads that do one thing together, again and again, and wait for each other.
///
/// Waiting spins for a moment first: the steps of a network are shorter than it takes to wake a
/// thread up.
final class ThreadTeam: Sendable {
  /// How many there are: those that were asked for, or as many as the system gave.
  var count: Int { members.load(ordering: .relaxed) }
  private let members = Atomic<Int>(1)
  private let round = Atomic<Int>(0)
  private let finished = Atomic<Int>(0)
  private let arrived = Atomic<Int>(0)
  private let phase = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)
  private let work = Mutex<(@Sendable (Int) -> Void)?>(nil)

  /// Starts the threads; the caller is the first of them.
  init(count: Int) {
    for number in 1..<max(1, count) {
      let box = Unmanaged.passRetained(Member(team: self, number: number))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<Member>.fromOpaque(argument).takeRetainedValue().serve()
          return nil
        }, box.toOpaque())
      guard status == 0 else {
        box.release()
        break
      }
      pthread_detach(thread)
      members.store(number + 1, ordering: .relaxed)
    }
  }

  /// Does some work on every thread, each with its number, and waits for all.
  func run(_ body: @escaping @Sendable (Int) -> Void) {
    guard count > 1 else {
      body(0)
      return
    }
    work.withLock { $0 = body }
    finished.store(0, ordering: .relaxed)
    round.wrappingAdd(1, ordering: .releasing)
    body(0)
    Self.wait { finished.load(ordering: .acquiring) == count - 1 }
    work.withLock { $0 = nil }
  }

  /// Waits until every thread has come here.
  func barrier() {
    guard count > 1 else { return }
    let current = phase.load(ordering: .acquiring)
    if arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count {
      arrived.store(0, ordering: .relaxed)
      phase.store(current + 1, ordering: .releasing)
    } else {
      Self.wait { phase.load(ordering: .acquiring) != current }
    }
  }

  /// Lets the threads end.
  func close() {
    isClosed.store(true, ordering: .releasing)
    round.wrappingAdd(1, ordering: .releasing)
  }

  private static func wait(until isDone: () -> Bool) {
    var tries = 0
    while !isDone() {
      tries += 1
      if tries > 4000 {
        if tries > 40_000 { usleep(100) } else { sched_yield() }
      }
    }
  }

  private final class Member: Sendable {
    let team: ThreadTeam
    let number: Int

    init(team: ThreadTeam, number: Int) {
      self.team = team
      self.number = number
    }

    func serve() {
      var seen = 0
      while true {
        ThreadTeam.wait { team.round.load(ordering: .acquiring) != seen }
        seen = team.round.load(ordering: .acquiring)
        if team.isClosed.load(ordering: .acquiring) { return }
        let body = team.work.withLock { $0 }
        body?(number)
        team.finished.wrappingAdd(1, ordering: .releasing)
      }
    }
  }
}
