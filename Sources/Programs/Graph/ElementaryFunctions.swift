import CElementwise

/// The elementary functions of kernels, on single numbers.
///
/// The same code as in every kernel, so that what is computed before a run has the bits of what is
/// computed in it.
public enum ElementaryFunctions {
  /// A function of one number.
  public static func evaluate(_ operation: UnaryOperation, _ x: Double) -> Double {
    let lanes = SIMD8<Double>(repeating: x)
    return LaneArithmetic.apply(operation, lanes)[0]
  }

  /// A function of eight numbers, each by itself.
  public static func evaluate(_ operation: UnaryOperation, _ x: SIMD8<Double>) -> SIMD8<Double> {
    LaneArithmetic.apply(operation, x)
  }

  /// A function of two numbers.
  public static func evaluate(_ operation: BinaryOperation, _ x: Double, _ y: Double) -> Double {
    LaneArithmetic.apply(
      operation, SIMD8<Double>(repeating: x), SIMD8<Double>(repeating: y))[0]
  }
}

/// The operations of programs on blocks of eight lanes.
enum LaneArithmetic {
  typealias Lanes = SIMD8<Double>

  static func apply(_ operation: UnaryOperation, _ x: Lanes) -> Lanes {
    switch operation {
    case .negate: -x
    case .absolute: afterglow_abs(x)
    case .squareRoot: afterglow_sqrt(x)
    case .floor: afterglow_floor(x)
    case .ceiling: afterglow_ceil(x)
    case .sign: afterglow_sign(x)
    case .exp: afterglow_exp(x)
    case .expm1: afterglow_expm1(x)
    case .log: afterglow_log(x)
    case .log2: afterglow_log2(x)
    case .log10: afterglow_log10(x)
    case .log1p: afterglow_log1p(x)
    case .cubeRoot: afterglow_cbrt(x)
    case .sin: afterglow_sin(x)
    case .cos: afterglow_cos(x)
    case .tan: afterglow_tan(x)
    case .asin: afterglow_asin(x)
    case .acos: afterglow_acos(x)
    case .atan: afterglow_atan(x)
    case .sinh: afterglow_sinh(x)
    case .cosh: afterglow_cosh(x)
    case .tanh: afterglow_tanh(x)
    case .exprel: afterglow_exprel(x)
    case .linoid: afterglow_linoid(x)
    case .coarseReciprocal: afterglow_coarse_reciprocal(x)
    case .coarseLog2: afterglow_coarse_log2(x)
    case .coarseExp2: afterglow_coarse_exp2(x)
    }
  }

  static func apply(_ operation: BinaryOperation, _ x: Lanes, _ y: Lanes) -> Lanes {
    switch operation {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .minimum: afterglow_min(x, y)
    case .maximum: afterglow_max(x, y)
    case .power: afterglow_pow(x, y)
    case .normal: afterglow_normal_number(x, y)
    case .uniform: afterglow_uniform_number(x, y)
    case .poissonQuantile: afterglow_poisson_quantile(x, y)
    }
  }

  static func fusedMultiplyAdd(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes {
    afterglow_fma(a, b, c)
  }

  /// All bits of a lane set where the comparison holds.
  static func compare(_ comparison: Comparison, _ x: Lanes, _ y: Lanes) -> SIMD8<Int64> {
    let mask =
      switch comparison {
      case .less: x .< y
      case .lessOrEqual: x .<= y
      case .greater: x .> y
      case .greaterOrEqual: x .>= y
      case .equal: x .== y
      case .notEqual: x .!= y
      }
    return SIMD8<Int64>(repeating: 0).replacing(with: -1, where: mask)
  }

  static func select(_ mask: SIMD8<Int64>, _ x: Lanes, _ y: Lanes) -> Lanes {
    let bits =
      (SIMD8<Int64>(bitPattern: x) & mask) | (SIMD8<Int64>(bitPattern: y) & ~mask)
    return Lanes(bitPattern: bits)
  }
}

extension SIMD8 where Scalar == Int64 {
  init(bitPattern lanes: SIMD8<Double>) { self = unsafeBitCast(lanes, to: SIMD8<Int64>.self) }
}

extension SIMD8 where Scalar == Double {
  init(bitPattern bits: SIMD8<Int64>) { self = unsafeBitCast(bits, to: SIMD8<Double>.self) }
}
