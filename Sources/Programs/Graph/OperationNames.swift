extension UnaryOperation {
  /// The C function that computes it; the interpreter calls the same one.
  var functionName: String {
    switch self {
    case .negate: "-"
    case .absolute: "afterglow_abs"
    case .squareRoot: "afterglow_sqrt"
    case .floor: "afterglow_floor"
    case .ceiling: "afterglow_ceil"
    case .sign: "afterglow_sign"
    case .cubeRoot: "afterglow_cbrt"
    case .coarseExpm1: "afterglow_coarse_expm1"
    case .coarseReciprocal: "afterglow_coarse_reciprocal"
    case .coarseLog2: "afterglow_coarse_log2"
    case .coarseExp2: "afterglow_coarse_exp2"
    case .exp, .expm1, .log, .log2, .log10, .log1p, .sin, .cos, .tan, .asin, .acos, .atan, .sinh,
      .cosh, .tanh, .exprel, .linoid:
      "afterglow_\(rawValue)"
    }
  }
}
