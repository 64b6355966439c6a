/// The power of a rate by frequency, one-sided.
public struct PowerSpectrum: Sendable, Hashable {
  /// The distance of two frequencies, in Hz.
  public let resolution: Double
  /// The power per frequency at the multiples of `resolution` from 0 on, in Hz²/Hz; not a number if
  /// no segment has been filled.
  public let densities: [Double]
  /// How many segments have been averaged.
  public let segmentCount: Int

  /// The frequency of each density, in Hz.
  public var frequencies: [Double] { densities.indices.map { Double($0) * resolution } }

  /// The power at frequencies in a band, in Hz²: the sum of densities times the resolution; not a
  /// number if the resolution leaves no frequency in it.
  public func power(in band: FrequencyBand) -> Double {
    let indices = indices(of: band)
    return indices.isEmpty ? .nan : densities[indices].reduce(0, +) * resolution
  }

  /// The power at all frequencies but 0, in Hz².
  public var totalPower: Double { densities[1...].reduce(0, +) * resolution }

  /// The frequency in a band at which the density is largest, in Hz; not a number if there is none.
  public func peakFrequency(in band: FrequencyBand) -> Double {
    var peak: Int?
    for index in indices(of: band) where densities[index] > (peak.map { densities[$0] } ?? 0) {
      peak = index
    }
    return peak.map { Double($0) * resolution } ?? .nan
  }

  /// The indices k ≥ 1 with lower ≤ k·resolution < upper, where rounding does not decide.
  private func indices(of band: FrequencyBand) -> Range<Int> {
    func index(_ frequency: Double) -> Int {
      let position = (frequency / resolution - 1e-9).rounded(.up)
      return Int(min(max(1, position), Double(densities.count)))
    }
    return index(band.lower)..<index(band.upper)
  }
}
