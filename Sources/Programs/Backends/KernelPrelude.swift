import CElementwise

/// The C text that native kernels begin with: what the interpreter calls, word for word.
enum KernelPrelude {
  /// The headers that a program needs, in the order in which they need each other.
  static func text(for program: LaneProgram) -> String {
    let operations = program.graph.operations
    let functions = Set(
      operations.compactMap { operation -> UnaryOperation? in
        if case .unary(let function, _) = operation { return function }
        return nil
      })
    func has(_ wanted: BinaryOperation...) -> Bool {
      operations.contains {
        if case .binary(let operation, _, _) = $0 { return wanted.contains(operation) }
        return false
      }
    }
    let hasRandomNumbers = has(.normal, .uniform, .poissonQuantile)
    func uses(_ names: UnaryOperation...) -> Bool { !functions.isDisjoint(with: names) }
    let needsLogarithm =
      has(.power) || hasRandomNumbers || uses(.log, .log2, .log10, .log1p, .cubeRoot)
    let needsHyperbolic = uses(.sinh, .cosh, .tanh)
    let needsExponential =
      needsLogarithm || needsHyperbolic || uses(.exp, .expm1, .exprel, .linoid)
    var text = "#define AFTERGLOW_KERNEL\n" + String(cString: afterglow_text_of_lanes())
    if needsExponential { text += String(cString: afterglow_text_of_exponential()) }
    if needsLogarithm { text += String(cString: afterglow_text_of_logarithm()) }
    if hasRandomNumbers || uses(.sin, .cos, .tan) {
      text += String(cString: afterglow_text_of_trigonometric())
    }
    if uses(.asin, .acos, .atan) {
      text += String(cString: afterglow_text_of_inverse_trigonometric())
    }
    if needsHyperbolic { text += String(cString: afterglow_text_of_hyperbolic()) }
    if hasRandomNumbers { text += String(cString: afterglow_text_of_random()) }
    return text + String(cString: afterglow_text_of_step_control())
  }
}
