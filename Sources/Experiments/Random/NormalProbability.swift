/// The part of the standard normal distribution below a score.
///
/// The relative error is about 1e-15 near the mean. Far below it is that of a rounding of the score,
/// which the square of the score magnifies.
///
/// - Source: Cody (1969), Rational Chebyshev approximations for the error function, Mathematics of
///   Computation 23, 631.
/// - Parameter score: In standard deviations from the mean.
/// - Returns: A probability from 0 to 1.
func normalProbability(_ score: Double) -> Double {
  complementaryErrorFunction(-score * 0.5.squareRoot()) / 2
}

/// 1 − erf(x), by three rational approximations.
private func complementaryErrorFunction(_ x: Double) -> Double {
  let size = abs(x)
  if size <= 0.46875 {
    let square = x * x
    return 1 - x * quotient(square, smallNumerator, smallDenominator)
  }
  if size > 27 { return x > 0 ? 0 : 2 }
  var rest: Double
  if size <= 4 {
    rest = quotient(size, middleNumerator, middleDenominator)
  } else {
    let inverse = 1 / (size * size)
    rest = inverse * quotient(inverse, largeNumerator, largeDenominator)
    rest = (0.56418958354775628695 - rest) / size
  }
  // exp(−x²) in two factors, the first of which has an exact exponent.
  let near = (size * 16).rounded(.towardZero) / 16
  rest *= exponential(-near * near) * exponential(-(size - near) * (size + near))
  return x > 0 ? rest : 2 - rest
}

/// A quotient of two polynomials, the highest power first.
private func quotient(_ x: Double, _ numerator: [Double], _ denominator: [Double]) -> Double {
  numerator.reduce(0) { $0 * x + $1 } / denominator.reduce(0) { $0 * x + $1 }
}

private let smallNumerator = [
  1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2,
  3.20937758913846947e3,
]
private let smallDenominator = [
  1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
]
private let middleNumerator = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
  2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
  1.23033935479799725e3,
]
private let middleDenominator = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
]
private let largeNumerator = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
]
private let largeDenominator = [
  1, 2.56852019228982242, 1.87295284992346047, 5.27905102951428412e-1, 6.05183413124413191e-2,
  2.33520497626869185e-3,
]
