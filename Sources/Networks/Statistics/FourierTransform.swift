import Programs

/// The discrete Fourier transform of a power of two of values, in place.
///
///     Xₖ = ∑ xₙ exp(−2πi·kn/N)
///
/// - Complexity: O(N log N).
/// - Source: Cooley and Tukey (1965), Mathematics of Computation 19, 297; decimation in time.
struct FourierTransform: Sendable {
  /// How many values are transformed.
  let count: Int
  /// exp(−2πi·k/N) for k below N/2.
  private let cosines: [Double]
  private let sines: [Double]

  init(count: Int) {
    precondition(count > 0 && count & (count - 1) == 0, "a power of two of values is transformed")
    self.count = count
    let angles = (0..<count / 2).map { -2 * Double.pi * Double($0) / Double(count) }
    cosines = angles.map { ElementaryFunctions.evaluate(.cos, $0) }
    sines = angles.map { ElementaryFunctions.evaluate(.sin, $0) }
  }

  /// Transforms values, given as their real and imaginary parts.
  func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
    precondition(real.count == count && imaginary.count == count, "the transform has another size")
    reverseBits(&real, &imaginary)
    var half = 1
    while half < count {
      let stride = count / (2 * half)
      for block in Swift.stride(from: 0, to: count, by: 2 * half) {
        for k in 0..<half {
          let (c, s) = (cosines[k * stride], sines[k * stride])
          let (upper, lower) = (block + k, block + k + half)
          let re = c * real[lower] - s * imaginary[lower]
          let im = c * imaginary[lower] + s * real[lower]
          real[lower] = real[upper] - re
          imaginary[lower] = imaginary[upper] - im
          real[upper] += re
          imaginary[upper] += im
        }
      }
      half *= 2
    }
  }

  private func reverseBits(_ real: inout [Double], _ imaginary: inout [Double]) {
    var reversed = 0
    for index in 0..<count {
      if index < reversed {
        real.swapAt(index, reversed)
        imaginary.swapAt(index, reversed)
      }
      // Adds one to a number whose lowest bit is written first.
      var bit = count >> 1
      while bit > 0, reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
    }
  }
}
