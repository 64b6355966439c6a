import Programs

/// The power spectrum of a signal that comes sample by sample, by Welch's method.
///
/// Segments of L samples, each beginning in the middle of the one before, lose their mean, are
/// weighted by the Hann window wₙ = ½ − ½ cos(2πn/L), and transformed; the density at k/L of the
/// sampling rate fₛ is the mean over segments of
///
///     Pₖ = cₖ |Xₖ|² / (fₛ ∑ wₙ²), with cₖ = 1 for k = 0 and k = L/2 and 2 between
///
/// so that ∑ Pₖ fₛ/L is the variance of the signal. Samples after the last whole segment are left
/// out.
///
/// - Source: Welch (1967), IEEE Transactions on Audio and Electroacoustics 15, 70.
struct WelchEstimator: Sendable {
  private let sampleRate: Double
  private let transform: FourierTransform
  private let weights: [Double]
  private var samples: [Double] = []
  private var sums: [Double]
  private var segmentCount = 0

  init(segmentLength: Int, sampleRate: Double) {
    precondition(segmentLength >= 4, "a segment has at least four samples")
    self.sampleRate = sampleRate
    transform = FourierTransform(count: segmentLength)
    weights = (0..<segmentLength).map {
      let angle = 2 * Double.pi * Double($0) / Double(segmentLength)
      return 0.5 - 0.5 * ElementaryFunctions.evaluate(.cos, angle)
    }
    sums = Array(repeating: 0, count: segmentLength / 2 + 1)
    samples.reserveCapacity(segmentLength)
  }

  mutating func add(_ sample: Double) {
    samples.append(sample)
    guard samples.count == transform.count else { return }
    addSegment()
    samples.removeFirst(transform.count / 2)
  }

  func finish() -> PowerSpectrum {
    let length = transform.count
    let scale =
      1 / (sampleRate * weights.reduce(0) { $0 + $1 * $1 } * Double(segmentCount))
    var densities = sums.map { 2 * scale * $0 }
    densities[0] /= 2
    densities[length / 2] /= 2
    if segmentCount == 0 { densities = densities.map { _ in .nan } }
    return PowerSpectrum(
      resolution: sampleRate / Double(length), densities: densities, segmentCount: segmentCount)
  }

  private mutating func addSegment() {
    let mean = samples.reduce(0, +) / Double(samples.count)
    var real = zip(samples, weights).map { ($0 - mean) * $1 }
    var imaginary = [Double](repeating: 0, count: real.count)
    transform.transform(&real, &imaginary)
    for k in sums.indices { sums[k] += real[k] * real[k] + imaginary[k] * imaginary[k] }
    segmentCount += 1
  }
}
