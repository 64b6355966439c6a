import Programs
import Testing

@testable import Networks

/// Statistical tests draw once from a fixed seed; their bounds, at five standard deviations, would
/// fail one honest generator in a million.
@Suite("Statistics by frequency")
struct SpectrumStatisticsTests {
  static func noise(_ count: Int, seed: UInt64) -> [Double] {
    let stream = RandomStream(seed: seed)
    return (0..<count).map { stream.normal($0) }
  }

  @Test("the fast transform is the transform", arguments: [1, 2, 4, 8, 64, 512])
  func direct(count: Int) {
    let (x, y) = (Self.noise(count, seed: 1), Self.noise(count, seed: 2))
    var (real, imaginary) = (x, y)
    FourierTransform(count: count).transform(&real, &imaginary)
    var worst = 0.0
    for k in 0..<count {
      var (re, im) = (0.0, 0.0)
      for n in 0..<count {
        let angle = -2 * Double.pi * Double(k * n % count) / Double(count)
        let c = ElementaryFunctions.evaluate(.cos, angle)
        let s = ElementaryFunctions.evaluate(.sin, angle)
        re += c * x[n] - s * y[n]
        im += c * y[n] + s * x[n]
      }
      worst = max(worst, abs(re - real[k]), abs(im - imaginary[k]))
    }
    // The direct sum of n terms of order 1 rounds n times at values of order √n, mostly apart.
    #expect(worst <= 4 * 0x1p-52 * Double(count))
  }

  @Test("the transform keeps the sum of squares")
  func parseval() {
    let x = Self.noise(1024, seed: 3)
    var (real, imaginary) = (x, [Double](repeating: 0, count: 1024))
    FourierTransform(count: 1024).transform(&real, &imaginary)
    let before = x.reduce(0) { $0 + $1 * $1 }
    let after = zip(real, imaginary).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 } / 1024
    // Ten stages and a sum of 1024 terms round.
    #expect(abs(after / before - 1) < 1e-13)
  }

  @Test("the power of a segment is its weighted variance")
  func segmentPower() {
    let x = Self.noise(256, seed: 4)
    var estimator = WelchEstimator(segmentLength: 256, sampleRate: 100)
    for sample in x { estimator.add(sample) }
    let spectrum = estimator.finish()
    #expect(spectrum.segmentCount == 1)
    let mean = x.reduce(0, +) / 256
    var (above, below) = (0.0, 0.0)
    for (n, sample) in x.enumerated() {
      let weight =
        0.5 - 0.5 * ElementaryFunctions.evaluate(.cos, 2 * Double.pi * Double(n) / 256)
      above += weight * weight * (sample - mean) * (sample - mean)
      below += weight * weight
    }
    let power = spectrum.densities.reduce(0, +) * spectrum.resolution
    #expect(abs(power / (above / below) - 1) < 1e-13)
  }

  @Test("a cosine at a multiple of the resolution has half its squared amplitude as power")
  func cosine() {
    var estimator = WelchEstimator(segmentLength: 128, sampleRate: 128)
    for n in 0..<1000 {
      estimator.add(3 + 4 * ElementaryFunctions.evaluate(.cos, 2 * Double.pi * Double(n) / 16))
    }
    let spectrum = estimator.finish()
    // Segments begin every 64 samples, the last whole one at 832.
    #expect(spectrum.segmentCount == 14)
    #expect(abs(spectrum.totalPower - 8) < 1e-12)
    #expect(spectrum.peakFrequency(in: .all) == 8)
    // The Hann window spreads a line over three frequencies as 1 : 4 : 1.
    #expect(abs(spectrum.densities[8] - 8 * 2 / 3) < 1e-12)
    #expect(abs(spectrum.densities[7] - 8 / 6) < 1e-12)
    #expect(abs(spectrum.power(in: FrequencyBand(7..<9)) - 8 * 5 / 6) < 1e-12)
  }

  @Test("a modulated rate has its peak and its power where it is modulated")
  func modulated() {
    // The rate of a cell is 10 + 10·cos(2π·8t) Hz.
    let train = TestTrains.poisson(cells: 50, rate: 20, until: 100, seed: 5) { time in
      0.5 + 0.5 * ElementaryFunctions.evaluate(.cos, 2 * Double.pi * 8 * time)
    }
    var statistics = PopulationSpectrum(cellCount: 50, window: 0..<100, segmentLength: 1024)
    statistics.add(train)
    let spectrum = statistics.finish()
    #expect(abs(spectrum.peakFrequency(in: .all) - 8) <= spectrum.resolution / 2)
    // 10²/2 and the floor of 2·10/50 over 6 Hz. Noise of density S makes the power a²/2 of a line
    // over T = 100 s vary by a√(S/T) = 0.63; windows at most double the variance.
    let expected = 50 + 0.4 * 6
    #expect(abs(spectrum.power(in: .theta) - expected) < 5 * 0.9)
    #expect(spectrum.power(in: .theta) > 2 * spectrum.power(in: .gamma))
    #expect(spectrum.power(in: .theta) > 5 * spectrum.power(in: .delta))
  }

  @Test("independent trains have the same density at all frequencies")
  func floor() {
    let train = TestTrains.poisson(cells: 50, rate: 10, until: 100, seed: 6)
    var statistics = PopulationSpectrum(cellCount: 50, window: 0..<100, segmentLength: 1024)
    statistics.add(train)
    let spectrum = statistics.finish()
    // The variance of n counts of mean 1/2 has the relative variance 4/n; windows at most double it.
    let bound = 5 * (8 / 1e5).squareRoot()
    let mean = spectrum.power(in: FrequencyBand(5..<500)) / (495 * 0.4)
    #expect(abs(mean - 1) < bound)
  }

  @Test("portions do not change a bit, and a short run has no spectrum")
  func portions() {
    let train = TestTrains.poisson(cells: 5, rate: 40, until: 10, seed: 7)
    var whole = PopulationSpectrum(cellCount: 5, window: 1..<9, segmentLength: 512)
    var parts = whole
    whole.add(train)
    for portion in TestTrains.portions(of: train) { parts.add(portion) }
    #expect(whole.finish() == parts.finish())
    #expect(whole.finish().segmentCount == 30)
    let short = PopulationSpectrum(cellCount: 5, window: 0..<1).finish()
    #expect(short.segmentCount == 0)
    #expect(short.power(in: .theta).isNaN)
    #expect(short.peakFrequency(in: .all).isNaN)
  }
}
