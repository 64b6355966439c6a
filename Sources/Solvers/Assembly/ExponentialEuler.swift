import Programs

extension StepAssembly {
  /// One step of the exponential Euler method, all states from the old ones.
  ///
  ///     x ← x + h f(x) · exprel(h ∂f/∂x)
  ///
  /// Exact for a state that relaxes linearly while the others stand still, such as a gate of an
  /// ion channel; forward Euler for a state that does not appear in its own derivative.
  ///
  /// Source: Rush and Larsen (1978), IEEE Trans. Biomed. Eng. 25, 389.
  mutating func addExponentialEuler() {
    let arrays = arrays
    let scratch = scratch
    let count = system.stateCount
    let gradients = program.graph.partialDerivatives(
      of: system.derivatives, withRespectTo: system.state)
    let zero = program.graph.constant(0)
    let slopes = program.graph.finiteSlopes(
      gradients.enumerated().map { index, gradient in
        gradient.first { $0.element == index }?.derivative ?? zero
      }, constants: [arrays.parameters, arrays.inputs])
    let output = program.declare("next", count: count, storage: .formal)
    var stores: [Procedure.Store] = []
    for (index, derivative) in system.derivatives.enumerated() {
      let old = program.graph.load(system.state, index)
      let step = program.graph.load(arrays.attemptedStep)
      let change = program.graph.multiply(step, derivative)
      // exprel(0) is 1: a state that is not in its own derivative takes a step of forward Euler.
      let factor = program.graph.unary(.exprel, program.graph.multiply(step, slopes[index]))
      let scaled = program.graph.multiply(change, factor)
      stores.append(.init(output, index, program.graph.add(old, scaled)))
    }
    let procedure = program.define(
      Procedure(
        name: "exponential_euler", formals: [system.time, system.state, output], stores: stores))
    append(.call(procedure, [arrays.time, arrays.state, scratch.newState]), to: .attempt)
    addInterpolation(
      Interpolant { theta, pick, graph in
        let old = pick(arrays.state, &graph)
        let difference = graph.subtract(pick(scratch.newState, &graph), old)
        return graph.add(old, graph.multiply(theta, difference))
      })
  }
}
