import ModelLanguage
public import Units

/// A published measurement, the experiment that repeats it, and what is accepted.
public struct ValidationCase: Sendable {
  /// Whether the model was fitted to the measurement.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The model does not know the measurement.
    case validation
    /// Parameters were chosen so that the measurement comes out.
    case calibration
  }

  /// Where a measure is found in the results.
  struct Measure: Sendable {
    var name: String
    var reduction: Int
    var arm: Int
  }

  public var id: String
  public var title: String
  /// The publication.
  public var source: String
  public var kind: Kind
  /// What was published, as written.
  public var published: String
  /// In SI units.
  public var accepted: ClosedRange<Double>
  /// The unit that the row is shown in.
  public var unit: PhysicalUnit
  /// What the value is computed from, as written.
  public var valueText: String
  public var experiment: Experiment
  /// Over the measures, as parameters.
  var value: Expression
  var measures: [Measure]
}

/// A row of the comparison with published measurements.
public struct ValidationRow: Sendable {
  public enum Verdict: String, Sendable, Hashable {
    case pass
    case fail
    /// The simulation itself failed.
    case broken
  }

  public var id: String
  public var title: String
  public var source: String
  public var kind: ValidationCase.Kind
  public var published: String
  /// In SI units.
  public var accepted: ClosedRange<Double>
  public var unit: PhysicalUnit
  /// In SI units; NaN when the simulation failed.
  public var value: Double
  public var verdict: Verdict
  /// Why the simulation failed, or `nil`.
  public var reason: String?

  /// The value and its bounds in the row's unit.
  public var shown: (value: String, low: String, high: String) {
    (
      unit.text(ofSI: value, significantDigits: 5),
      unit.text(ofSI: accepted.lowerBound, significantDigits: 5),
      unit.text(ofSI: accepted.upperBound, significantDigits: 5)
    )
  }
}
