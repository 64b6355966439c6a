import Units

/// An input that wanders about a mean: an Ornstein–Uhlenbeck process, constant between its draws.
///
/// From one draw to the next, an interval h later, exactly
///
///     x ← μ + (x − μ)·exp(−h/τ) + σ·√(1 − exp(−2h/τ))·N(0, 1)
///
/// beginning with μ + σ·N(0, 1). All cells that have the input see the same course; it follows from
/// the seed of the run, the input and the number of the draw.
///
/// - Source: Gillespie (1996), Phys. Rev. E 54, 2084, for the exact update.
public struct NoiseProtocol: Sendable, Hashable {
  /// μ.
  public var mean: RunValue
  /// σ, of the course as a whole.
  public var deviation: RunValue
  /// τ; 0 for draws that know nothing of each other, as white noise has.
  public var correlationTime: WrittenQuantity
  /// h.
  public var every: WrittenQuantity

  /// The draws of one run.
  ///
  /// - Parameters:
  ///   - input: The index of the input.
  ///   - parameters: The parameters of the run, in SI units.
  ///   - seed: The seed of the run.
  ///   - end: The end of the run, in s.
  /// - Returns: Values from 0 to the end, each from its time on.
  func steps(
    input: Int, parameters: [Double], seed: UInt64, end: Double
  ) -> [RunSchedule.InputStep] {
    let generator = Philox(seed: seed)
    let mean = mean.value(parameters: parameters)
    let deviation = deviation.value(parameters: parameters)
    let decay = exponential(-every.value / correlationTime.value)
    let kick = deviation * (1 - decay * decay).squareRoot()
    func normal(_ draw: Int) -> Double {
      normalQuantile(generator.uniform(index: draw, dimension: input, purpose: .inputNoise))
    }
    var value = mean + deviation * normal(0)
    var steps = [RunSchedule.InputStep(input: input, time: 0, value: value)]
    var draw = 1
    while decimalSteps(draw, of: every.value) < end {
      value = mean + (value - mean) * decay + kick * normal(draw)
      steps.append(
        RunSchedule.InputStep(input: input, time: decimalSteps(draw, of: every.value), value: value)
      )
      draw += 1
    }
    return steps
  }
}
