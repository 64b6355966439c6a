import Foundation
import ModelLanguage
import Programs
import Simulations
import Solvers
import Testing

@Suite("Ensembles")
struct EnsembleTests {
  static let native = Backend.native(
    KernelToolchain.detect(environment: ProcessInfo.processInfo.environment))

  private func configuration(
    _ model: Model, method: Method = .dormandPrince, end: Double = 10,
    sampleTimes: [Double] = [], reductions: [Reduction] = [], tolerance: Double = 1e-10
  ) -> EnsembleConfiguration {
    EnsembleConfiguration(
      method: .named(method), relativeTolerance: tolerance,
      absoluteTolerances: Array(repeating: tolerance * 1e-2, count: model.states.count),
      start: 0, end: end, sampleTimes: sampleTimes,
      recorded: sampleTimes.isEmpty ? [] : model.states.indices.map { .state($0) },
      reductions: reductions)
  }

  @Test(
    "doses and infusions land exactly, and samples at a dose see it",
    arguments: [Method.dormandPrince, .rodas5P, .rodas4])
  func doses(method: Method) throws {
    let model = TestModels.decay()
    let times = [0, 1, 2, 3, 4, 5, 10.0]
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, method: method, sampleTimes: times),
      backend: .interpreter)
    let schedule = [
      ScheduledChange(time: 2, action: .addToState(0, 3)),
      ScheduledChange(time: 3, action: .setInput(0, 1)),
      ScheduledChange(time: 5, action: .setInput(0, 0)),
    ]
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [0.5], inputs: [0], states: [1], schedule: schedule)
    }
    let k = 0.5
    let at2 = exp(-k * 2)
    let at3 = (at2 + 3) * exp(-k)
    func infused(_ t: Double) -> Double { 1 / k + (at3 - 1 / k) * exp(-k * t) }
    let expected = [
      1, exp(-k), at2 + 3, at3, infused(1), infused(2), infused(2) * exp(-k * 5),
    ]
    for (found, wanted) in zip(collected.samples[0], expected) {
      // Ten times the tolerance of 1e-10: errors of some steps add up.
      #expect(abs(found - wanted) < 1e-9, "\(found) for \(wanted)")
    }
  }

  @Test("an event happens at its time, again and again, and resets the state")
  func events() throws {
    let model = TestModels.sawtooth()
    let times = stride(from: 0.25, through: 9.75, by: 0.5).map { $0 }
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, sampleTimes: times),
      backend: .interpreter)
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [], inputs: [], states: [0])
    }
    for (time, found) in zip(times, collected.samples[0]) {
      #expect(abs(found - time.truncatingRemainder(dividingBy: 1)) < 1e-12, "at \(time)")
    }
  }

  @Test("an event that leaves its own value alone happens once at each crossing")
  func countingEvents() throws {
    let model = TestModels.countedCircle()
    // x = sin t passes 0.5 on its way up at pi/6 + 2 pi k.
    let times = stride(from: 0.0, through: 99, by: 1).map { $0 }
    let ensemble = try Ensemble(
      model: model,
      configuration: configuration(model, end: 100, sampleTimes: times), backend: .interpreter)
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [], inputs: [], states: [0, 1, 0])
    }
    for (time, found) in zip(times, collected.samples[0].suffix(times.count)) {
      let passed = max(0, ((time - Double.pi / 6) / (2 * Double.pi)).rounded(.down) + 1)
      #expect(found == passed, "at \(time)")
    }
  }

  @Test("a run that blows up is reported with its state and time, and the others go on")
  func failures() throws {
    let model = TestModels.blowUp()
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, sampleTimes: [1, 10]),
      backend: .interpreter)
    let collected = try Collected(ensemble, count: 12) { run in
      RunSetup(parameters: [run == 5 ? 0.2 : 0.05], inputs: [], states: [1])
    }
    for run in 0..<12 where run != 5 {
      #expect(collected.outcomes[run].isDone)
      #expect(abs(collected.samples[run][1] - 2) < 1e-7)
    }
    guard case .failed(let failure, _) = collected.outcomes[5] else {
      Issue.record("the run should have failed")
      return
    }
    #expect(abs(failure.time - 5) < 1e-3)
    #expect(failure.message(in: model).contains("`y`"))
    #expect(abs(collected.samples[5][0] - 1.25) < 1e-8, "what came before is kept")
    #expect(collected.samples[5][1].isNaN, "what came after is missing")
  }

  @Test("reductions agree with closed forms")
  func reductions() throws {
    let model = TestModels.decay()
    let y = Expression.state(0)
    let kinds: [(Reduction.Kind, Double, Double, Double)] = [
      (.maximum, 2, 10, exp(-1)), (.minimum, 0, 4, exp(-2)), (.timeOfMaximum, 2, 10, 2),
      (.integral, 0, 10, 2 * (1 - exp(-5))), (.mean, 2, 4, exp(-1) - exp(-2)),
      (.final, 0, 10, exp(-5)), (.at, 3, 3, exp(-1.5)), (.at, 0, 0, 1),
    ]
    let reductions = kinds.map {
      Reduction(kind: $0.0, expression: y, from: $0.0 == .at ? $0.2 : $0.1, to: $0.2)
    }
    let ensemble = try Ensemble(
      model: model,
      configuration: configuration(model, reductions: reductions), backend: .interpreter)
    let collected = try Collected(ensemble, count: 3) { _ in
      RunSetup(parameters: [0.5], inputs: [0], states: [1])
    }
    for run in 0..<3 {
      for (found, kind) in zip(collected.reductions[run], kinds) {
        #expect(abs(found - kind.3) < 1e-8, "\(kind.0): \(found) for \(kind.3)")
      }
    }
  }

  @Test(
    "an extreme within a step is as exact as the solution",
    arguments: [Method.dormandPrince, .rodas5P, .rodas4])
  func extremes(method: Method) throws {
    let model = TestModels.absorption()
    let time = log(1.5 / 0.2) / (1.5 - 0.2)
    let peak = 1.5 / (1.5 - 0.2) * (exp(-0.2 * time) - exp(-1.5 * time))
    let blood = Expression.state(1)
    let mirrored = Expression.negate(blood)
    let reductions = [
      Reduction(kind: .maximum, expression: blood, from: 0, to: 10),
      Reduction(kind: .minimum, expression: mirrored, from: 1, to: 9),
      Reduction(kind: .timeOfMaximum, expression: blood, from: 0, to: 10),
      Reduction(kind: .timeOfMinimum, expression: mirrored, from: 1, to: 9),
      // Outside of the windows the largest value stands at their edge.
      Reduction(kind: .timeOfMaximum, expression: blood, from: 0, to: 1),
      Reduction(kind: .timeOfMaximum, expression: blood, from: 3, to: 10),
    ]
    for tolerance in [1e-4, 1e-6, 1e-8] {
      let configuration = configuration(
        model, method: method, reductions: reductions, tolerance: tolerance)
      for backend in [Backend.interpreter, Self.native] {
        let ensemble = try Ensemble(model: model, configuration: configuration, backend: backend)
        let found = try Collected(ensemble, count: 1) { _ in
          RunSetup(parameters: [], inputs: [], states: [1, 0])
        }.reductions[0]
        // The solution's own error is a few tolerances; near a peak a time costs its root.
        #expect(abs(found[0] - peak) < 10 * tolerance)
        #expect(abs(found[1] + peak) < 10 * tolerance)
        #expect(abs(found[2] - time) < 3 * tolerance.squareRoot())
        #expect(abs(found[3] - time) < 3 * tolerance.squareRoot())
        #expect(found[4] == 1)
        #expect(found[5] == 3)
      }
    }
  }

  @Test(
    "a ball bounces until its bounces meet, and then the run fails instead of falling on",
    arguments: [true, false])
  func bouncing(setsHeight: Bool) throws {
    // It lands first at the root of 0.2 s, and stays in the air 2·part times that, and so on.
    let first = 0.2.squareRoot()
    let model = TestModels.ball(part: 0.5, setsHeight: setsHeight)
    let times = [0.25 * first, 1.5 * first, 2.25 * first, 100]
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, end: 100, sampleTimes: times),
      backend: .interpreter)
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [], inputs: [], states: [1, 0])
    }
    let height = collected.samples[0]
    #expect(abs(height[0] - (1 - 0.0625)) < 1e-8)
    #expect(abs(height[1] - 0.25) < 1e-8, "the top after the first bounce")
    #expect(abs(height[2] - 0.0625) < 1e-8, "the top after the second")
    guard case .failed(let failure, _) = collected.outcomes[0] else {
      Issue.record("the run should have failed")
      return
    }
    #expect(failure.reason == .endlessEvent(0))
    #expect(abs(failure.time - 3 * first) < 1e-6)
    #expect(failure.message(in: model).contains("`bounce` happens again and again"))
  }

  @Test("a derivative that is no number just ahead is named, with its equation")
  func numberless() throws {
    let model = TestModels.logarithm()
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model), backend: .interpreter)
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [], inputs: [], states: [1, 0])
    }
    guard case .failed(let failure, _) = collected.outcomes[0] else {
      Issue.record("the run should have failed")
      return
    }
    #expect(failure.reason == .notFinite)
    #expect(failure.state == 1)
    #expect(failure.message(in: model).contains("`y' = log(x)`"))
  }

  @Test(
    "a state that does not start as a number is named by where it begins, not by its derivative")
  func numberlessStart() throws {
    let model = TestModels.logarithm()
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model), backend: .interpreter)
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [], inputs: [], states: [.nan, 0])
    }
    guard case .failed(let failure, _) = collected.outcomes[0] else {
      Issue.record("the run should have failed")
      return
    }
    let message = failure.message(in: model)
    #expect(
      message.hasPrefix("`x` is not a finite number at t = 0 s: look at where it begins, `x = "))
  }

  @Test(
    "a result has the same bits whatever the chunks, the neighbours, and the backend",
    arguments: [Method.dormandPrince, .rodas5P, .rodas4, .rungeKutta4, .exponentialEuler])
  func sameBits(method: Method) throws {
    let model = TestModels.decay()
    var configuration = configuration(
      model, method: method, sampleTimes: [0.5, 3.3, 9],
      reductions: [
        Reduction(kind: .mean, expression: .state(0), from: 1, to: 7),
        Reduction(kind: .maximum, expression: .call(.sin, [.state(0)]), from: 0, to: 10),
      ],
      tolerance: 1e-6)
    configuration.fixedStep = method.isAdaptive ? nil : 0.05
    func setup(_ run: Int) -> RunSetup {
      RunSetup(
        parameters: [0.1 + 0.07 * Double(run)], inputs: [0], states: [1],
        schedule: [ScheduledChange(time: 0.3 * Double(run % 7), action: .addToState(0, 1))])
    }
    var results: [[UInt64]] = []
    for backend in [Backend.interpreter, Self.native] {
      let ensemble = try Ensemble(model: model, configuration: configuration, backend: backend)
      for chunk in [1, 5, 64] {
        let collected = try Collected(ensemble, count: 40, chunk: chunk, setup: setup)
        results.append(
          (collected.samples + collected.reductions).flatMap { $0.map(\.bitPattern) })
      }
      let reversed = try Collected(ensemble, count: 40) { setup(39 - $0) }
      results.append(
        (reversed.samples.reversed() + reversed.reductions.reversed())
          .flatMap { $0.map(\.bitPattern) })
    }
    for result in results { #expect(result == results[0]) }
  }

  @Test("a system too large for straight-line code is solved by LAPACKE")
  func largeSystems() throws {
    let count = 64
    let model = TestModels.coupled(count: count)
    let stepped = configuration(model, method: .rodas5P, end: 2, sampleTimes: [2], tolerance: 1e-9)
    var explicit = stepped
    explicit.method = .named(.dormandPrince)
    let setup = RunSetup(parameters: [], inputs: [], states: Array(repeating: 1, count: count))
    let large = try Collected(
      try Ensemble(model: model, configuration: stepped, backend: Self.native), count: 3
    ) { _ in setup }
    let reference = try Collected(
      try Ensemble(model: model, configuration: explicit, backend: Self.native), count: 1
    ) { _ in setup }
    #expect(large.outcomes.allSatisfy { $0.isDone })
    for (found, wanted) in zip(large.samples[2], reference.samples[0]) {
      #expect(abs(found - wanted) < 1e-7)
    }
  }

  @Test("stiffness decides which method `auto` takes")
  func automaticChoice() throws {
    let model = TestModels.decay()
    var configuration = configuration(model, end: 10)
    configuration.method = .automatic
    let gentle = try Ensemble(model: model, configuration: configuration, backend: .interpreter)
    #expect(gentle.notes.method == .dormandPrince)
    configuration.end = 1e6
    let stiff = try Ensemble(model: model, configuration: configuration, backend: .interpreter)
    #expect(stiff.notes.method == .rodas5P)
    #expect(stiff.notes.reason.contains("stiff"))
  }
}
