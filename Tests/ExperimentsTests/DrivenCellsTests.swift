import Diagnostics
import Foundation
import ModelLanguage
import Programs
import Storage
import Testing

@testable import Experiments

/// Stimuli for some cells of a population.
@Suite("Stimuli for chosen cells")
struct DrivenCellsTests {
  /// Cells that add up what drives them: after a pulse of 3 mV for 10 ms where the default is 1 mV, a driven
  /// cell has 20 mV·ms more than the others, whatever the rule of the step.
  private static let model = SourceFile(
    path: "Models/driven.model",
    text: """
      neuron Adder {
        parameter usual = 1 mV  assumed "a test value"
        input drive : mV = usual
        input current : mV = 0 mV
        state total : mV*ms = 0 mV*ms
        total' = drive + current
        event spike when total > 1 V*s { total = 0 mV*ms }
      }
      synapse Silent {
        state g : mV = 0 mV
        g' = 0 mV/ms
        receive weight : mV { g = g + weight }
        output current : mV = g
      }
      neuron Random {
        input rate : Hz = 0 Hz
        poisson arrivals = rate
        state heard : 1 = 0
        heard' = 0 /ms
        event spike when arrivals > 0.5 { heard = heard + 1 }
      }
      circuit Driven {
        parameter n = 20 in 1 ... 1000   assumed "a test value"
        input shared : mV = 0 mV
        population adders : Adder[n]
        population unlike : Adder[5] { usual ~ uniform(1 mV, 2 mV)  assumed "a test value" }
        population randoms : Random[n]
        population first : Adder[2] { drive = shared }
        population second : Adder[2] { drive = shared }
        projection ring : first -> second.current : Silent {
          connect all
          weight = 1 mV
          delay = 1 ms
        }
      }
      """)

  private static func text(_ rest: String) -> String {
    """
    title: Driven cells
    model: driven
    duration: 50 ms
    solver: {step: 0.1 ms}
    \(rest)
    """
  }

  private static func experiment(_ rest: String) throws -> Experiment {
    try rightNetworkExperiment(text(rest), model: model)
  }

  private static let pulse = "pulses: {value: 3 mV, baseline: 1 mV, start: 10 ms, width: 10 ms}"
  private static let totals = "record: {times: [50 ms], variables: [adders.total]}\n"

  /// What the cells of a population have at the end, in mV ms.
  private func totals(
    _ rest: String, of population: String = "adders", threads: Int = 1,
    backend: Backend = .interpreter
  ) throws -> [Double] {
    let results = try NetworkResults(
      Self.experiment(rest.replacing("adders.total", with: population + ".total")),
      threads: threads, backend: backend)
    #expect(results.summary.progress.failed == 0)
    return try results.reader.numbers(population + ".total")
  }

  @Test(
    "reach these cells alone, and in the others the default stays",
    arguments: [
      ("3", [0, 1, 2]), ("2..4", [2, 3, 4]), ("[0, 19]", [0, 19]), ("20", Array(0..<20)),
    ])
  func chosen(cells: String, indices: [Int]) throws {
    let found = try totals(
      Self.totals + "inputs: {adders.drive: {cells: \(cells), \(Self.pulse)}}")
    for (cell, total) in found.enumerated() {
      #expect(abs(total - (indices.contains(cell) ? 70 : 50)) < 1e-9, "cell \(cell)")
    }
  }

  @Test("give the same bits by threads and backends, and those of a plain one where all are chosen")
  func sameBits() throws {
    let some = Self.totals + "inputs: {adders.drive: {cells: 1..7, \(Self.pulse)}}"
    let expected = try totals(some)
    let others: [(Int, Backend)] = [
      (2, .interpreter), (1, ShippedExperimentsTests.native), (2, ShippedExperimentsTests.native),
    ]
    for (threads, backend) in others {
      #expect(try totals(some, threads: threads, backend: backend) == expected)
    }
    for course in [Self.pulse, "values: [[0 s, 2 mV], [20 ms, 7 mV]]"] {
      let all = try totals(Self.totals + "inputs: {adders.drive: {cells: 0..19, \(course)}}")
      #expect(try all == totals(Self.totals + "inputs: {adders.drive: {\(course)}}"))
    }
  }

  @Test("may differ between arms; an arm without one has the default, one for all drives all")
  func arms() throws {
    let found = try totals(
      Self.totals + """
        arms:
          few: {inputs: {adders.drive: {cells: 2, values: 2 mV}}}
          all: {inputs: {adders.drive: 3 mV}}
          none: {}
        """)
    let few: [Double] = [100, 100] + Array(repeating: 50, count: 18)
    let expected = few + Array(repeating: 150, count: 20) + Array(repeating: 50, count: 20)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-9 } && found.count == 60)
  }

  @Test("replace defaults that differ from cell to cell, for some cells and for all")
  func unlike() throws {
    let plain = try totals(Self.totals, of: "unlike")
    #expect(Set(plain).count == 5)
    let some = try totals(
      Self.totals + "inputs: {unlike.drive: {cells: [3], values: 4 mV}}", of: "unlike")
    #expect(abs(some[3] - 200) < 1e-9)
    for cell in [0, 1, 2, 4] { #expect(some[cell] == plain[cell]) }
    let all = try totals(Self.totals + "inputs: {unlike.drive: 4 mV}", of: "unlike")
    #expect(all.allSatisfy { abs($0 - 200) < 1e-9 })
  }

  @Test("add to what projections sum up, from the start on, in all cells and in some")
  func sums() throws {
    let every = Self.totals + "inputs: {second.current: 2 mV}"
    #expect(try totals(every, of: "second").allSatisfy { abs($0 - 100) < 1e-9 })
    let one = Self.totals + "inputs: {second.current: {cells: [1], values: 2 mV}}"
    let found = try totals(one, of: "second")
    #expect(abs(found[0]) < 1e-9 && abs(found[1] - 100) < 1e-9)
  }

  @Test("make random arrivals differ, and are compared with what a step can hold")
  func arrivals() throws {
    func results(_ rate: String) throws -> NetworkResults {
      try NetworkResults(
        Self.experiment(
          "record: {spikes: [randoms]}\ninputs: {randoms.rate: {cells: [4, 5], values: \(rate)}}"))
    }
    let spikes = try results("1 kHz").spikes("randoms")
    #expect(Set(spikes.cells) == [4, 5])
    let failed = try results("[[0 s, 1 kHz], [10 ms, -1 Hz]]").summary
    #expect(failed.progress.failed == 1)
    #expect(failed.firstFailure?.text.contains("cell 4 is -1.0 Hz; it cannot be negative") == true)
  }

  @Test("are part of what a run follows from")
  func identity() throws {
    func identity(_ course: String) throws -> UInt64 {
      let experiment = try Self.experiment(Self.totals + "inputs: {adders.drive: {\(course)}}")
      return RunPlan(experiment).identity(of: 0)
    }
    let all = try ["cells: 2, ", "cells: 3, ", "cells: 0..1, ", "cells: [7], ", ""].map {
      try identity($0 + Self.pulse)
    }
    // The first two cells are the same cells however they are written; the hash may tell them apart.
    #expect(Set(all).count >= 4)
    #expect(all[0] != all[1] && all[0] != all[3] && all[3] != all[4])
  }

  @Test("for a cell that a point of a sweep does not have fail there alone")
  func missing() throws {
    let results = try NetworkResults(
      Self.experiment(
        """
        reduce: {most: max(adders.total)}
        inputs: {adders.drive: {cells: [10], values: 2 mV}}
        sweep: {design: grid, parameters: {n: {values: [5, 11]}}}
        """))
    #expect(results.summary.progress.failed == 1 && results.summary.progress.done == 1)
    #expect(
      results.summary.firstFailure?.text.contains("drives cell 10 of `adders`, which has 5 cells")
        == true)
    // What is reduced is the mean of the cells.
    #expect(try abs(results.reader.numbers("most")[1] - (10 * 50 + 100) / 11) < 1e-9)
  }

  @Test(
    "are refused where they can reach no cells of one population",
    arguments: [
      (
        "shared: {cells: 1, values: 1 mV}",
        "`shared` is not an input of the cells of one population"
      ),
      ("adders.drive: {cells: [20], values: 1 mV}", "there is no cell 20 in `adders`"),
      ("adders.drive: {cells: 1}", "the course of `adders.drive` has no shape"),
      ("adders.drive: {cells: 1, values: 1 s}", "is a quantity in `mV`, found a time"),
    ])
  func refused(course: String, words: String) {
    let (_, diagnostics) = Experiment.read(
      SourceFile(path: "test.yaml", text: Self.text(Self.totals + "inputs: {\(course)}")),
      library: FileLibrary(mainModel: Self.model, files: []))
    #expect(diagnostics.hasErrors)
    #expect(
      diagnostics.contains { $0.message.contains(words) }, "\(diagnostics.map(\.message))")
  }
}
