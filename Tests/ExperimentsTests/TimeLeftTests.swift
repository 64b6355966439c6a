import Synchronization
import Testing

@testable import Experiments

/// The time that is left is told within a factor of two once a tenth of the runs are done, on a clock
/// that stands still but for the costs of runs.
@Suite("The time that is left")
struct TimeLeftTests {
  /// How the costs of runs lie in a sweep; the dearest costs a hundred times the cheapest.
  enum Costs: String, CaseIterable, Sendable {
    case equal, random, ascending, descending, dearEnd, dearStart, rare, striped

    func cost(of run: Int, among count: Int) -> Double {
      let part = Double(run) / Double(count)
      let chance = Philox(seed: 9).uniform(index: run, dimension: 0, purpose: .randomDesign)
      return switch self {
      case .equal: 1
      case .random: exponential(chance)
      case .ascending: exponential(part)
      case .descending: exponential(1 - part)
      case .dearEnd: part >= 0.9 ? 100 : 1
      case .dearStart: part < 0.1 ? 100 : 1
      case .rare: chance < 0.05 ? 100 : 1
      // A grid whose fastest axis has ten values, of which the last is the expensive one.
      case .striped: run % 10 == 9 ? 100 : 1
      }
    }

    private func exponential(_ part: Double) -> Double {
      var result = 1.0
      for _ in 0..<Int(part * 200) { result *= 1.0232929922807541 }
      return result
    }
  }

  /// A campaign on a clock of its own: threads take chunks, and each takes as long as its runs cost.
  private func simulate(
    _ costs: Costs, count: Int, threads: Int, scale: Double
  ) -> [(finished: Double, estimate: Double, left: Double)] {
    let clock = Mutex(0.0)
    let queue = ChunkQueue(
      [0..<count],
      chunk: ChunkQueue.chunkSize(count: count, threads: threads, recorded: 1),
      cancellation: CancellationFlag(), now: { clock.withLock { $0 } })
    var ends: [(time: Double, runs: Range<Int>)] = []
    func take() {
      guard let runs = queue.take() else { return }
      let cost = runs.reduce(0) { $0 + costs.cost(of: $1, among: count) } * scale
      ends.append((clock.withLock { $0 } + cost, runs))
    }
    for _ in 0..<threads { take() }
    var progress = CampaignProgress(total: count)
    var told: [(finished: Double, estimate: Double, time: Double)] = []
    var last = 0.0
    while let next = ends.indices.min(by: { ends[$0].time < ends[$1].time }) {
      let (time, runs) = ends.remove(at: next)
      clock.withLock { $0 = time }
      last = time
      queue.finish(runs.count)
      progress.done += runs.count
      if let estimate = progress.estimate(after: time) {
        told.append((Double(progress.done) / Double(count), estimate.remaining, time))
      }
      take()
    }
    return told.map { ($0.finished, $0.estimate, last - $0.time) }
  }

  @Test(
    "is honest within a factor of two, wherever the expensive runs are", arguments: Costs.allCases)
  func honest(costs: Costs) {
    for (count, threads, scale) in [
      (1000, 1, 0.05), (1000, 2, 1.0), (4096, 2, 0.01), (4096, 8, 0.2), (100_000, 2, 0.001),
      (100_000, 8, 0.01),
    ] {
      let told = simulate(costs, count: count, threads: threads, scale: scale)
      #expect((told.last?.finished ?? 0) == 1)
      let total = told.first.map { $0.left } ?? 0
      var worst = 1.0
      // At the very end what is left is what the threads have in hand.
      for entry in told where entry.finished >= 0.1 && entry.left > 0.1 * total {
        worst = max(worst, entry.estimate / entry.left, entry.left / entry.estimate)
      }
      #expect(worst <= 2, "\(costs), \(count) runs, \(threads) threads: \(worst)")
    }
  }

  @Test("every run is handed out once, in chunks of consecutive runs")
  func once() {
    for (ranges, chunk) in [
      ([0..<1], 16), ([0..<5000], 64), ([0..<3, 7..<9, 20..<1000], 7), ([5..<6, 8..<9], 256),
      ([0..<100_000], 256), ([Range<Int>](), 4),
    ] {
      let clock = Mutex(0.0)
      let queue = ChunkQueue(
        ranges, chunk: chunk, cancellation: CancellationFlag(), now: { clock.withLock { $0 } })
      var seen: Set<Int> = []
      var count = 0
      while let runs = queue.take() {
        #expect(!runs.isEmpty && runs.count <= chunk)
        #expect(
          ranges.contains { $0.lowerBound <= runs.lowerBound && runs.upperBound <= $0.upperBound })
        seen.formUnion(runs)
        count += runs.count
        clock.withLock { $0 += 1e-5 }
        queue.finish(runs.count)
      }
      #expect(count == seen.count && seen == Set(ranges.flatMap { Array($0) }))
      #expect(queue.take() == nil)
    }
  }

  @Test("places are scattered evenly")
  func scattered() {
    #expect(ChunkQueue.scattered(8) == [0, 4, 2, 6, 1, 5, 3, 7])
    #expect(ChunkQueue.scattered(5) == [0, 4, 2, 1, 3])
    #expect(ChunkQueue.scattered(0) == [] && ChunkQueue.scattered(1) == [0])
  }
}
