/// A method for initial-value problems.
public enum Method: String, Sendable, Hashable, CaseIterable {
  /// The classical method of Kutta, fixed step.
  case rungeKutta4 = "rk4"
  /// Dormand and Prince 5(4), adaptive.
  case dormandPrince = "dopri5"
  /// Hairer and Wanner's stiffly accurate Rosenbrock method of order 4, adaptive.
  case rodas4
  /// Steinebach's Rosenbrock method of order 5, adaptive.
  case rodas5P = "rodas5p"
  /// Exponential Euler, fixed step: exact for what decays linearly.
  case exponentialEuler = "exponential-euler"

  /// The order of convergence at the end of steps.
  public var order: Int {
    switch self {
    case .rungeKutta4, .rodas4: 4
    case .dormandPrince, .rodas5P: 5
    case .exponentialEuler: 1
    }
  }

  /// The order of convergence between the ends of steps.
  public var interpolationOrder: Int {
    switch self {
    case .rungeKutta4, .rodas4: 3
    case .dormandPrince, .rodas5P: 4
    case .exponentialEuler: 1
    }
  }

  /// Whether it chooses its own steps.
  public var isAdaptive: Bool {
    switch self {
    case .dormandPrince, .rodas4, .rodas5P: true
    case .rungeKutta4, .exponentialEuler: false
    }
  }

  /// Whether it is made for stiff systems and solves a linear system in each stage.
  public var isImplicit: Bool {
    switch self {
    case .rodas4, .rodas5P: true
    case .rungeKutta4, .dormandPrince, .exponentialEuler: false
    }
  }

  /// The order of the estimate of the error.
  var errorOrder: Int {
    switch self {
    case .dormandPrince, .rodas5P: 4
    case .rodas4: 3
    case .rungeKutta4, .exponentialEuler: order
    }
  }

  /// The weight of the last error in the choice of the next step, times the order of the error.
  ///
  /// The memory of a proportional-integral controller lets explicit methods ride along the bound of
  /// stability without rejections; a stiff method has no such bound, and memory costs it steps.
  var errorWeight: Double { isImplicit ? 1 : 0.85 }

  /// The weight of the error before, likewise.
  var memoryWeight: Double { isImplicit ? 0 : 0.2 }
}
