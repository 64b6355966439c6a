import Diagnostics
import Foundation
import ModelLanguage
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// Cells that are chosen in a population are those of a population of their own, bit for bit.
@Suite("Chosen cells beside populations of their own")
struct DrivenCellsAgreementTests {
  /// The same leaky cells, once in one population and once in two.
  private static let model = SourceFile(
    path: "Models/halves.model",
    text: """
      neuron Cell {
        parameter tau = 10 ms   assumed "a test value"
        parameter gain = 1.3    assumed "a test value"
        input drive : mV/ms = 0.3 mV/ms
        state V = 0 mV
        state trace : 1 = 0
        V' = -V/tau + gain*drive*(1 + exp(-trace))
        trace' = -trace/(20 ms)
        event spike when V > 10 mV {
          V = 0 mV
          trace = trace + 1
        }
      }
      circuit Halves {
        parameter n = 11 in 1 ... 1000   assumed "a test value"
        population whole : Cell[2*n]
        population left : Cell[n]
        population right : Cell[n]
      }
      """)

  /// The course of the left half, which the others do not get.
  private static let pulses =
    "pulses: {value: 2.1 mV/ms, baseline: 0.7 mV/ms, start: 5 ms, width: 20 ms, every: 40 ms, count: 2}"

  private static func experiment(_ inputs: String, _ rest: String = "") throws -> Experiment {
    try rightNetworkExperiment(
      """
      title: Halves
      model: halves
      duration: 100 ms
      seed: 5
      solver: {step: 0.1 ms}
      inputs: {\(inputs)}
      record: {spikes: all, every: 1 ms, variables: [whole.V, left.V, right.V]}
      \(rest)
      """, model: model)
  }

  private static let both = "whole.drive: {cells: 0..10, \(pulses)}, left.drive: {\(pulses)}"

  @Test(
    "their voltages and spikes are the same, by threads and backends",
    arguments: [
      (1, Backend.interpreter), (2, .interpreter), (1, ShippedExperimentsTests.native),
      (2, ShippedExperimentsTests.native),
    ])
  func halves(threads: Int, backend: Backend) throws {
    let results = try NetworkResults(
      Self.experiment(Self.both), threads: threads, backend: backend)
    #expect(results.summary.progress.failed == 0)
    let whole = try results.reader.numbers("whole.V").map(\.bitPattern)
    let left = try results.reader.numbers("left.V").map(\.bitPattern)
    let right = try results.reader.numbers("right.V").map(\.bitPattern)
    let times = whole.count / 22
    #expect(times == 101 && left.count == 11 * times && right.count == 11 * times)
    // All of a half are alike, so that the order of times and cells in the file does not matter.
    #expect(Set(whole) == Set(left).union(right))
    #expect(Set(left) != Set(right))
    let all = try results.spikes("whole")
    let first = try results.spikes("left")
    let second = try results.spikes("right")
    #expect(!first.times.isEmpty)
    func halfOfWhole(_ cells: Range<Double>) -> [[Double]] {
      zip(all.times, all.cells).filter { cells.contains($0.1) }.map { [$0.0, $0.1] }
    }
    func shifted(_ spikes: (times: [Double], cells: [Double]), by offset: Double) -> [[Double]] {
      zip(spikes.times, spikes.cells).map { [$0.0, $0.1 + offset] }
    }
    #expect(halfOfWhole(0..<11) == shifted(first, by: 0))
    #expect(halfOfWhole(11..<22) == shifted(second, by: 11))
    if threads == 1, case .interpreter = backend { return }
    let interpreted = try NetworkResults(Self.experiment(Self.both))
    #expect(try results.numbers() == interpreted.numbers())
  }

  @Test("a sweep that was ended and is gone on with has the values of one that was not")
  func resume() throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/afterglow-driven-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let experiment = try Self.experiment(
      Self.both,
      """
      reduce: {rate: rate(whole), highest: max(whole.V)}
      sweep: {design: random, samples: 8, parameters: {whole.gain: [1, 1.5]}}
      """)
    let campaign = try #require(
      NetworkCampaign(
        experiment, options: CampaignOptions(threads: 1, backend: .interpreter)))
    let expected = try campaign.run(into: nil)
    let place = folder + "/x.journal"
    let journal = try JournalWriter(
      path: place,
      header: CampaignJournal.header(
        experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1"))
    let flag = CancellationFlag()
    let begun = try campaign.run(
      into: JournaledNetworkOutput(journal, nil, campaign.plan), cancellation: flag
    ) { if $0.done == 3 { flag.raise() } }
    journal.close()
    #expect(begun.wasInterrupted && begun.progress.done == 3)
    let reader = try JournalReader(path: place)
    let finished = FinishedRuns(reader)
    #expect(finished.leftCount == 5)
    let output = try campaign.makeFile(path: folder + "/x.h5", mayReplace: true, facts: [:])
    try output.restore(JournalReader(path: place), finished)
    let writer = try JournalWriter(resuming: place, at: reader.soundLength)
    let rest = try campaign.run(
      after: finished, into: JournaledNetworkOutput(writer, output, campaign.plan))
    try output.commit(summary: rest)
    writer.close()
    #expect(rest.progress.done == 8 && rest.progress.earlier == 3)
    #expect(rest.results.map(\.result.spikeCounts) == expected.results.map(\.result.spikeCounts))
    #expect(rest.results.map(\.result.reductions) == expected.results.map(\.result.reductions))
    // The same sweep with other cells is another: none of its runs are in the journal.
    let others = try RunPlan(
      Self.experiment(
        Self.both.replacing("0..10", with: "0..9"),
        """
        reduce: {rate: rate(whole), highest: max(whole.V)}
        sweep: {design: random, samples: 8, parameters: {whole.gain: [1, 1.5]}}
        """))
    for run in 0..<8 { #expect(others.identity(of: run) != campaign.plan.identity(of: run)) }
  }
}
