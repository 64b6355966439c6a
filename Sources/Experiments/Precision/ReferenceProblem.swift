/// A stiff test problem with a solution that others published.
///
/// The problems, the spans and the solutions are those of the CWI/Bari test set (Mazzia & Magherini
/// 2008, Test Set for Initial Value Problem Solvers, release 2.4) and of Hairer & Wanner, Solving
/// Ordinary Differential Equations II, 1996, IV.10.
public struct ReferenceProblem: Sendable {
  /// The model in the folder `reference`.
  public var model: String
  /// The end of the span, in s.
  public var end: Double
  /// The solution at the end, in SI units, in the order of the model's states.
  public var solution: [(state: String, value: Double)]
  /// What the relative tolerance is multiplied by for the absolute one, in the states' units: small
  /// against the smallest state that is compared.
  public var absoluteFactor: Double

  /// All problems.
  public static let all: [ReferenceProblem] = [
    ReferenceProblem(
      model: "robertson", end: 1e11,
      solution: [
        ("y1", 0.2083340149701255e-7), ("y2", 0.8333360770334713e-13), ("y3", 0.9999999791665050),
      ], absoluteFactor: 1e-10),
    ReferenceProblem(
      model: "hires", end: 321.8122,
      solution: [
        ("y1", 0.7371312573325668e-3), ("y2", 0.1442485726316185e-3),
        ("y3", 0.5888729740967575e-4), ("y4", 0.1175651343283149e-2),
        ("y5", 0.2386356198831331e-2), ("y6", 0.6238968252742796e-2),
        ("y7", 0.2849998395185769e-2), ("y8", 0.2850001604814231e-2),
      ], absoluteFactor: 1e-4),
    ReferenceProblem(
      model: "oregonator", end: 360,
      solution: [
        ("y1", 0.1000814870318523e1), ("y2", 0.1228178521549917e4), ("y3", 0.1320554942846706e3),
      ], absoluteFactor: 1e-3),
    ReferenceProblem(
      model: "van_der_pol", end: 2,
      solution: [("y1", 0.1706167732170483e1), ("y2", -0.8928097010247975)],
      absoluteFactor: 1e-2),
    ReferenceProblem(
      model: "pollution", end: 60,
      solution: [
        ("y1", 0.5646255480022769e-1), ("y2", 0.1342484130422339), ("y3", 0.4139734331099427e-8),
        ("y4", 0.5523140207484359e-2), ("y5", 0.2018977262302196e-6),
        ("y6", 0.1464541863493966e-6), ("y7", 0.7784249118997964e-1), ("y8", 0.3245075353396018),
        ("y9", 0.7494013383880406e-2), ("y10", 0.1622293157301561e-7),
        ("y11", 0.1135863833257075e-7), ("y12", 0.2230505975721359e-2),
        ("y13", 0.2087162882798630e-3), ("y14", 0.1396921016840158e-4),
        ("y15", 0.8964884856898295e-2), ("y16", 0.4352846369330103e-17),
        ("y17", 0.6899219696263405e-2), ("y18", 0.1007803037365946e-3),
        ("y19", 0.1772146513969984e-5), ("y20", 0.5682943292316392e-4),
      ], absoluteFactor: 1e-12),
    // The published solution, 0.8867e-22 and 0.8855e-22 for y2 and y3, which are equal there, has
    // three digits; Radau and BDF at 1e-11 on the equations of this model agree to nine.
    ReferenceProblem(
      model: "e5", end: 1e13, solution: [("y2", 8.86123352e-23)], absoluteFactor: 1e-40),
  ]
}
