import ModelLanguage
import Programs

/// A law with its arguments worked out: values by place.
struct SampledLaw {
  private enum Form {
    case constant(Double)
    case formula(Expression)
    case normal(mean: Double, deviation: Double)
    case lognormal(mean: Double, deviation: Double)
    case uniform(low: Double, high: Double)
    case exponential(mean: Double)
  }

  private let form: Form
  private let values: SharedValues
  private let stream: RandomStream
  private let count: Int

  /// Works out the arguments.
  ///
  /// - Parameters:
  ///   - law: The law.
  ///   - values: What its arguments are over.
  ///   - count: How many cells there are, for formulas.
  ///   - stream: Where random numbers come from.
  ///   - declaration: What the law belongs to.
  /// - Throws: `NetworkFailure` if an argument makes no sense.
  init(
    _ law: Law, values: SharedValues, count: Int, stream: RandomStream, declaration: Declaration
  ) throws(NetworkFailure) {
    self.values = values
    self.stream = stream
    self.count = count
    func value(_ expression: Expression, _ what: String) throws(NetworkFailure) -> Double {
      let value = values.value(expression, count: count)
      guard value.isFinite else {
        throw .unsuitable(
          declaration, message: "\(what) of `\(declaration.path)` is no finite number")
      }
      return value
    }
    func deviation(_ expression: Expression) throws(NetworkFailure) -> Double {
      let value = try value(expression, "the standard deviation")
      guard value >= 0 else {
        throw .unsuitable(
          declaration, message: "the standard deviation of `\(declaration.path)` is negative")
      }
      return value
    }
    func positiveMean(_ expression: Expression, _ law: String) throws(NetworkFailure) -> Double {
      let value = try value(expression, "the mean")
      guard value > 0 else {
        throw .unsuitable(
          declaration, message: "the mean of the \(law) `\(declaration.path)` is not positive")
      }
      return value
    }
    switch law {
    case .formula(let expression):
      form =
        values.dependsOnIndex(expression)
        ? .formula(expression) : .constant(values.value(expression, count: count))
    case .normal(let mean, let spread):
      form = .normal(mean: try value(mean, "the mean"), deviation: try deviation(spread))
    case .lognormal(let mean, let spread):
      let centre = try positiveMean(mean, "log-normal")
      // The parameters of the normal logarithm whose exponential has this mean and deviation.
      let ratio = try deviation(spread) / centre
      let variance = ElementaryFunctions.evaluate(.log1p, ratio * ratio)
      form = .lognormal(
        mean: ElementaryFunctions.evaluate(.log, centre) - variance / 2,
        deviation: variance.squareRoot())
    case .uniform(let low, let high):
      let low = try value(low, "the lower end")
      let high = try value(high, "the upper end")
      guard low <= high else {
        throw .unsuitable(
          declaration, message: "the bounds of the uniform `\(declaration.path)` are reversed")
      }
      form = .uniform(low: low, high: high)
    case .exponential(let mean): form = .exponential(mean: try positiveMean(mean, "exponential"))
    }
  }

  /// The value that is the same at every place, if there is one.
  var constant: Double? {
    if case .constant(let value) = form { return value }
    return nil
  }

  /// The values at eight places; the same as one by one.
  func values(at places: SIMD8<Double>, indices: SIMD8<Int64>) -> SIMD8<Double> {
    switch form {
    case .constant(let value): return SIMD8(repeating: value)
    case .formula:
      var result = SIMD8<Double>()
      for lane in 0..<8 {
        result[lane] = value(at: Int(places[lane]), index: Int(indices[lane]))
      }
      return result
    case .normal(let mean, let deviation): return mean + deviation * stream.normals(at: places)
    case .lognormal(let mean, let deviation):
      return ElementaryFunctions.evaluate(.exp, mean + deviation * stream.normals(at: places))
    case .uniform(let low, let high): return low + (high - low) * stream.uniforms(at: places)
    case .exponential(let mean):
      return -mean * ElementaryFunctions.evaluate(.log, stream.uniforms(at: places))
    }
  }

  /// The value at a place; `index` is the number of the cell, for formulas.
  func value(at place: Int, index: Int) -> Double {
    switch form {
    case .constant(let value): value
    case .formula(let expression): values.value(expression, index: index, count: count)
    case .normal(let mean, let deviation): mean + deviation * stream.normal(place)
    case .lognormal(let mean, let deviation):
      ElementaryFunctions.evaluate(.exp, mean + deviation * stream.normal(place))
    case .uniform(let low, let high): low + (high - low) * stream.uniform(place)
    case .exponential(let mean):
      -mean * ElementaryFunctions.evaluate(.log, stream.uniform(place))
    }
  }
}
