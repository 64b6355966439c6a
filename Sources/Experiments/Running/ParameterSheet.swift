import ModelLanguage

/// The parameters of a group of runs: what is fixed is computed once, what varies per run.
///
/// A derived parameter follows the parameters of its formula unless it is set itself. A parameter
/// with a factor is that times what it would be, and what follows from it follows from the product.
struct ParameterSheet: Sendable {
  /// All parameters in SI units, with the varying ones at their defaults.
  let base: [Double]
  /// Which parameters differ between runs: the varying ones and what follows from them.
  let affected: Set<Int>
  private let varying: [Int]
  /// By parameter, where there is one.
  private let factors: [Int: Double]
  /// Derived parameters to compute anew in each run, each after those it needs.
  private let derived: [(index: Int, value: Expression)]

  /// Works out the sheet.
  ///
  /// - Parameters:
  ///   - model: The model whose parameters these are.
  ///   - fixed: Settings that hold in all runs, in SI units, by index.
  ///   - varying: The parameters that each run sets.
  ///   - factors: What the values of parameters are multiplied by, by index.
  init(model: Model, fixed: [Int: Double], varying: [Int], factors: [Int: Double] = [:]) {
    self.varying = varying
    self.factors = factors
    var values = Array(repeating: Double.nan, count: model.parameters.count)
    var isDone = Array(repeating: false, count: model.parameters.count)
    var order: [Int] = []
    func settle(_ index: Int) {
      if isDone[index] { return }
      isDone[index] = true
      if let value = fixed[index] {
        values[index] = value
      } else {
        model.parameters[index].defaultValue.forEachParameter(settle)
        values[index] = evaluate(model.parameters[index].defaultValue, parameters: values)
        order.append(index)
      }
      if let factor = factors[index] { values[index] *= factor }
    }
    for index in model.parameters.indices { settle(index) }
    base = values
    var affected = Set(varying)
    var derived: [(index: Int, value: Expression)] = []
    for index in order where !affected.contains(index) {
      let value = model.parameters[index].defaultValue
      if value.depends(on: affected) {
        affected.insert(index)
        derived.append((index, value))
      }
    }
    self.affected = affected
    self.derived = derived
  }

  /// All parameters of a run.
  ///
  /// - Parameter values: One value for each varying parameter, in SI units.
  /// - Returns: One value for each parameter of the model.
  func values(_ values: some Collection<Double>) -> [Double] {
    var result = base
    if factors.isEmpty {
      for (index, value) in zip(varying, values) { result[index] = value }
      for (index, value) in derived { result[index] = evaluate(value, parameters: result) }
    } else {
      for (index, value) in zip(varying, values) { result[index] = value * (factors[index] ?? 1) }
      for (index, value) in derived {
        result[index] = evaluate(value, parameters: result) * (factors[index] ?? 1)
      }
    }
    return result
  }
}
