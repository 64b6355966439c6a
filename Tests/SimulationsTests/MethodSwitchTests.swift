import Foundation
import ModelLanguage
import Programs
import Simulations
import Solvers
import Testing

@Suite("Changes of the method on the way")
struct MethodSwitchTests {
  private func configuration(
    _ model: Model, method: MethodChoice = .automatic, tolerance: Double = 1e-6, end: Double,
    sampleTimes: [Double] = [], reductions: [Reduction] = [], maximumSteps: Int = 100_000
  ) -> EnsembleConfiguration {
    EnsembleConfiguration(
      method: method, relativeTolerance: tolerance,
      absoluteTolerances: Array(repeating: tolerance * 1e-2, count: model.states.count),
      maximumSteps: maximumSteps, start: 0, end: end, sampleTimes: sampleTimes,
      recorded: sampleTimes.isEmpty ? [] : model.states.indices.map { .state($0) },
      reductions: reductions)
  }

  private func opening(at time: Double, closing: Double? = nil, quick: Double = 1e5) -> RunSetup {
    var schedule = [ScheduledChange(time: time, action: .setInput(0, 1))]
    if let closing { schedule.append(ScheduledChange(time: closing, action: .setInput(0, 0))) }
    return RunSetup(parameters: [quick], inputs: [0], states: [1, 0], schedule: schedule)
  }

  @Test("a run goes over to the stiff method where it becomes stiff, and is right behind it")
  func becomesStiff() throws {
    let model = SwitchingModels.exchange()
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, end: 20, sampleTimes: [10, 12, 20]),
      backend: EnsembleTests.native)
    let collected = try Collected(ensemble, count: 1) { _ in opening(at: 10) }
    let statistics = collected.outcomes[0].statistics
    #expect(collected.outcomes[0].isDone)
    #expect(statistics.switches == 1)
    #expect(statistics.stiffSteps > 0 && statistics.stiffSteps < statistics.acceptedSteps)
    // Named, the explicit method takes 1e5·2/3.3 steps for each second.
    #expect(statistics.acceptedSteps + statistics.rejectedSteps < 300)
    // At 10 the sum is all in a; behind it both have half of it and fall at half the rate.
    let sum = exp(-0.05 * 10)
    let expected = [sum, 0.5 * sum * exp(-0.025 * 2), 0.5 * sum * exp(-0.025 * 10)]
    for (found, wanted) in zip(collected.samples[0], expected) {
      // Ten times the tolerance: errors of some steps add up.
      #expect(abs(found - wanted) < 1e-5, "\(found) for \(wanted)")
    }
  }

  @Test("a run comes back to the explicit method where it is no longer stiff")
  func becomesCalm() throws {
    let model = SwitchingModels.vanDerPol()
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, tolerance: 1e-8, end: 400),
      backend: EnsembleTests.native)
    #expect(ensemble.notes.method == .rodas5P)
    #expect(ensemble.notes.isAutomatic)
    // With mu = 1 nothing is stiff, whatever the default says.
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [1], inputs: [], states: [2, 0])
    }
    let statistics = collected.outcomes[0].statistics
    #expect(collected.outcomes[0].isDone)
    #expect(statistics.switches == 1)
    #expect(statistics.stiffSteps < statistics.acceptedSteps / 20)
  }

  @Test("relaxation oscillations with mu = 1000 agree with the stiff method, in fewer stiff steps")
  func relaxation() throws {
    let model = SwitchingModels.vanDerPol()
    let times = [500.0, 800, 1000, 2000]
    func solve(_ method: MethodChoice) throws -> Collected {
      let ensemble = try Ensemble(
        model: model,
        configuration: configuration(
          model, method: method, tolerance: 1e-8, end: 2000, sampleTimes: times),
        backend: EnsembleTests.native)
      return try Collected(ensemble, count: 1) { _ in
        RunSetup(parameters: [1000], inputs: [], states: [2, 0])
      }
    }
    let automatic = try solve(.automatic)
    let stiff = try solve(.named(.rodas5P))
    // SciPy's Radau at 1e-10.
    let expected = [1.596_768_95, 1.083_923_36, -1.863_646_25, 1.706_167_73]
    for (found, wanted) in zip(automatic.samples[0], expected) {
      // The moment of a jump is off by as much as the tolerance has let the slow branch drift.
      #expect(abs(found - wanted) < 1e-5, "\(found) for \(wanted)")
    }
    let statistics = automatic.outcomes[0].statistics
    #expect(statistics.switches >= 2)
    #expect(statistics.stiffSteps < stiff.outcomes[0].statistics.acceptedSteps)
    #expect(
      statistics.acceptedSteps + statistics.rejectedSteps
        < 2
        * (stiff.outcomes[0].statistics.acceptedSteps
          + stiff.outcomes[0].statistics.rejectedSteps))
    // A named method has nothing to say of changes.
    #expect(stiff.outcomes[0].statistics.switches == 0)
    #expect(stiff.outcomes[0].statistics.stiffSteps == 0)
  }

  @Test("an undamped beam is no stiff problem, however fast its fastest oscillation")
  func beam() throws {
    // The fastest oscillation of 20 pieces is at 1600 /s: 16,000 radians in the duration.
    let model = SwitchingModels.beam(pieces: 20)
    let ensemble = try Ensemble(
      model: model,
      configuration: configuration(model, tolerance: 1e-5, end: 10, maximumSteps: 100_000),
      backend: EnsembleTests.native)
    #expect(ensemble.notes.method == .dormandPrince)
    #expect(ensemble.notes.reason.contains("does not decay"))
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(
        parameters: [], inputs: [],
        states: (1...20).flatMap { [0.01 * pow(Double($0) / 20, 2), 0] })
    }
    #expect(collected.outcomes[0].isDone)
    #expect(collected.outcomes[0].statistics.stiffSteps == 0)
  }

  @Test("events are counted, extremes, integrals and conditions kept across changes of the method")
  func acrossChanges() throws {
    let model = SwitchingModels.countedVanDerPol()
    let reductions = [
      Reduction(kind: .maximum, expression: .state(0), from: 0, to: 6000),
      Reduction(kind: .timeOfMaximum, expression: .state(0), from: 100, to: 6000),
      Reduction(kind: .minimum, expression: .state(0), from: 0, to: 6000),
      Reduction(kind: .mean, expression: .state(0), from: 0, to: 6000),
      Reduction(
        kind: .integral, expression: .binary(.multiply, .state(0), .state(0)), from: 100, to: 5000),
      Reduction(kind: .firstTime, expression: .negate(.state(0)), from: 0, to: 6000),
      Reduction(kind: .timeWhile, expression: .state(0), from: 0, to: 6000),
      Reduction(kind: .final, expression: .state(2), from: 0, to: 6000),
    ]
    func solve(_ method: MethodChoice, _ tolerance: Double) throws -> Collected {
      let ensemble = try Ensemble(
        model: model,
        configuration: configuration(
          model, method: method, tolerance: tolerance, end: 6000,
          sampleTimes: stride(from: 0, through: 6000, by: 250).map { $0 }, reductions: reductions),
        backend: EnsembleTests.native)
      return try Collected(ensemble, count: 1) { _ in
        RunSetup(parameters: [1000], inputs: [], states: [2, 0, 0])
      }
    }
    let automatic = try solve(.automatic, 1e-9)
    let exact = try solve(.named(.rodas5P), 1e-11)
    #expect(automatic.outcomes[0].isDone && exact.outcomes[0].isDone)
    #expect(automatic.outcomes[0].statistics.switches > 4)
    // Half a period is about 807 (Hairer and Wanner, IV.1): x rises through 0 at about 1614, 3228 and
    // 4842.
    #expect(automatic.reductions[0][7] == 3)
    for (index, reduction) in reductions.enumerated() {
      let (found, wanted) = (automatic.reductions[0][index], exact.reductions[0][index])
      // The jumps of some periods, whose moments drift by up to a thousand tolerances.
      #expect(abs(found - wanted) <= 1e-5 * max(1, abs(wanted)), "\(reduction.kind): \(found)")
    }
    for (found, wanted) in zip(automatic.samples[0], exact.samples[0]) {
      #expect(abs(found - wanted) < 1e-4, "\(found) for \(wanted)")
    }
  }

  @Test("with `auto` too, bits do not depend on chunks, neighbours and backend")
  func sameBits() throws {
    let model = SwitchingModels.exchange()
    let configuration = configuration(
      model, end: 30, sampleTimes: [0, 3.3, 9, 17.5, 29],
      reductions: [
        Reduction(kind: .mean, expression: .state(1), from: 1, to: 27),
        Reduction(kind: .maximum, expression: .state(1), from: 0, to: 30),
      ])
    // Some become stiff and calm again, at times of their own, some are stiff for good or never.
    func setup(_ run: Int) -> RunSetup {
      opening(
        at: 1 + 0.5 * Double(run % 9), closing: run % 4 == 0 ? 12 + 0.1 * Double(run) : nil,
        quick: run % 5 == 0 ? 1 : 3e4 * Double(1 + run))
    }
    var results: [[UInt64]] = []
    var switches: Set<Int> = []
    for backend in [Backend.interpreter, EnsembleTests.native] {
      let ensemble = try Ensemble(model: model, configuration: configuration, backend: backend)
      func bits(_ collected: Collected, _ order: [Int]) -> [UInt64] {
        order.flatMap { run in
          let statistics = collected.outcomes[run].statistics
          return (collected.samples[run] + collected.reductions[run]).map(\.bitPattern) + [
            UInt64(statistics.acceptedSteps), UInt64(statistics.stiffSteps),
            UInt64(statistics.switches),
          ]
        }
      }
      for chunk in [1, 5, 64] {
        let collected = try Collected(ensemble, count: 40, chunk: chunk, setup: setup)
        #expect(collected.outcomes.allSatisfy { $0.isDone })
        switches.formUnion(collected.outcomes.map(\.statistics.switches))
        results.append(bits(collected, Array(0..<40)))
      }
      let reversed = try Collected(ensemble, count: 40) { setup(39 - $0) }
      results.append(bits(reversed, (0..<40).reversed()))
      // Each alone, in lanes that held nothing before.
      results.append(
        try (0..<40).flatMap { run in
          bits(try Collected(ensemble, count: 1) { _ in setup(run) }, [0])
        })
    }
    #expect(switches.contains(0) && switches.contains(1))
    for result in results { #expect(result == results[0]) }
  }

  @Test("what reductions integrate has no say in the method")
  func integralsHaveNoSay() throws {
    let model = SwitchingModels.exchange()
    func statistics(_ reductions: [Reduction]) throws -> RunStatistics {
      let ensemble = try Ensemble(
        model: model, configuration: configuration(model, end: 20, reductions: reductions),
        backend: .interpreter)
      return try Collected(ensemble, count: 1) { _ in opening(at: 10) }.outcomes[0].statistics
    }
    // An integrand of a size beside which the states are nothing.
    let huge = Expression.binary(.multiply, .number(1e12), .state(0))
    let with = try statistics([
      Reduction(kind: .integral, expression: huge, from: 0, to: 20)
    ])
    #expect(with.switches == 1)
    #expect(with.acceptedSteps < 400)
  }

  @Test("a run that needs more steps than it may fails whichever methods took them")
  func tooManySteps() throws {
    let model = SwitchingModels.exchange()
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, end: 20, maximumSteps: 60),
      backend: .interpreter)
    let collected = try Collected(ensemble, count: 1) { _ in opening(at: 10) }
    guard case .failed(let failure, let statistics) = collected.outcomes[0] else {
      Issue.record("the run should have failed")
      return
    }
    #expect(failure.reason == .tooManySteps(60))
    #expect(statistics.acceptedSteps + statistics.rejectedSteps == 60)
    #expect(statistics.switches == 1)
  }

  @Test("where the Jacobian is infinite at the start, the explicit method begins")
  func infiniteJacobian() throws {
    let model = SwitchingModels.rootOfNothing()
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, end: 10, sampleTimes: [1, 10]),
      backend: .interpreter)
    #expect(ensemble.notes.method == .dormandPrince)
    #expect(ensemble.notes.reason.contains("not stiff"))
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [], inputs: [], states: [0])
    }
    #expect(collected.outcomes[0].isDone)
    // With s = √y, s' = (1 − s)/(2 s): −s − log(1 − s) = t/2.
    for (found, time) in zip(collected.samples[0], [1.0, 10]) {
      let s = found.squareRoot()
      #expect(abs(-s - log(1 - s) - time / 2) < 1e-4, "\(found)")
    }
  }

  @Test("the explicit method takes over where the Jacobian becomes infinite under the stiff one")
  func infiniteJacobianOnTheWay() throws {
    let model = SwitchingModels.followedRoot()
    let ensemble = try Ensemble(
      model: model, configuration: configuration(model, end: 20, sampleTimes: [4, 6, 20]),
      backend: .interpreter)
    #expect(ensemble.notes.method == .rodas5P)
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(
        parameters: [], inputs: [], states: [1, 1],
        schedule: [ScheduledChange(time: 5, action: .setState(0, 0))])
    }
    #expect(collected.outcomes[0].isDone, "\(collected.outcomes[0])")
    // It rests at 1 until it is put to 0; with s = √y, −s − log(1 − s) = t/2 from then on.
    #expect(abs(collected.samples[0][0] - 1) < 1e-5)
    for (index, time) in [(1, 1.0), (2, 15)] {
      let s = collected.samples[0][index].squareRoot()
      #expect(abs(-s - log(1 - s) - time / 2) < 1e-3, "s = \(s) at \(time)")
    }
    for index in 0..<3 {
      // What follows is behind by the rate over 1e5.
      #expect(abs(collected.samples[0][3 + index] - collected.samples[0][index]) < 2e-5)
    }
  }

  @Test("a run of long steps to a steady state is stiff, however long it was calm")
  func longRest() throws {
    let model = TestModels.decay()
    var configuration = configuration(model, end: 5000)
    configuration.maximumSteps = 1000
    // The default decays by 0.5 in each second: 2500 in the duration, which begins as not stiff.
    let ensemble = try Ensemble(model: model, configuration: configuration, backend: .interpreter)
    #expect(ensemble.notes.method == .dormandPrince)
    let collected = try Collected(ensemble, count: 1) { _ in
      RunSetup(parameters: [20], inputs: [1], states: [1])
    }
    #expect(collected.outcomes[0].isDone)
    #expect(collected.outcomes[0].statistics.switches == 1)
  }
}
