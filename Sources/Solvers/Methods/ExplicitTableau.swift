/// The coefficients of an explicit Runge–Kutta method whose last stage is the first of the next step.
///
///     kᵢ = f(t + cᵢ h, y + h Σⱼ aᵢⱼ kⱼ)
///
/// The last row is the new state, so its stage serves the next step and the interpolation.
struct ExplicitTableau {
  /// Row i holds the weights of the earlier stages.
  var a: [[Double]]
  var c: [Double]
  /// The difference between the method and the one embedded in it; empty without one.
  var error: [Double]

  /// Kutta (1901); Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, II.1.
  static let rungeKutta4 = ExplicitTableau(
    a: [[], [0.5], [0, 0.5], [0, 0, 1], [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6]],
    c: [0, 0.5, 0.5, 1, 1], error: [])

  /// The method of Dormand and Prince (1980), Journal of Computational and Applied Mathematics 6, 19.
  static let dormandPrince = ExplicitTableau(
    a: [
      [],
      [1.0 / 5],
      [3.0 / 40, 9.0 / 40],
      [44.0 / 45, -56.0 / 15, 32.0 / 9],
      [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
      [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
      [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    ],
    c: [0, 0.2, 0.3, 0.8, 8.0 / 9, 1, 1],
    error: [
      71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40,
    ])

  /// The weights of the stages in the fourth-order interpolation of Dormand and Prince.
  ///
  /// Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, program DOPRI5.
  static let dormandPrinceInterpolation: [Double] = [
    -12_715_105_075.0 / 11_282_082_432, 0, 87_487_479_700.0 / 32_700_410_799,
    -10_690_763_975.0 / 1_880_347_072, 701_980_252_875.0 / 199_316_789_632,
    -1_453_857_185.0 / 822_651_844, 69_997_945.0 / 29_380_423,
  ]
}
