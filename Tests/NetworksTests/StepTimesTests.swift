import Networks
import Programs
import Testing

/// Ends of steps are the numbers that a person would write.
@Suite("Ends of steps")
struct StepTimesTests {
  @Test("multiples of a decimal step are the numbers nearest to the decimals")
  func decimal() {
    for (step, places) in [("0.0001", 4), ("0.00002", 5), ("0.000025", 6), ("0.00007", 5)] {
      guard let number = Double(step), let digits = Int(step.dropFirst(2)) else {
        Issue.record("\(step) is no number")
        continue
      }
      let times = StepTimes(step: number)
      for count in stride(from: 0, through: 100_000, by: 7) {
        #expect(times.time(after: count) == Double("\(count * digits)e-\(places)"))
      }
    }
    // The product of binary numbers is another one.
    #expect(StepTimes(step: 1e-4).time(after: 3) == 3e-4)
    #expect(3 * 1e-4 != 3e-4)
  }

  @Test("a step that is no short decimal is multiplied as it is")
  func binary() {
    let step = 1e-3 / 7
    #expect(StepTimes(step: step).time(after: 12_345) == 12_345 * step)
    #expect(StepTimes(step: 1e-4).time(0.25, ofStep: 4) == 4.25 * 1e-4)
  }

  @Test("spikes at the ends of steps stand there, those between are interpolated")
  func spikes() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Clock {
        state V = 0 mV
        V' = 0 mV/ms
        event spike when time > 0 ms
      }
      circuit C { population cells : Clock[1] }
      """)
    for backend in [TestCircuits.native, Backend.interpreter] {
      let run = try TestCircuits.run(circuit, step: 1e-4, until: 3000, backend: backend)
      let expected = (1...3000).map { Double("\($0)e-4") ?? .nan }
      #expect(run.takeSpikes(of: 0).times == expected)
      #expect(run.time == 0.3)
    }
  }
}
