import Dynamics
public import ModelLanguage
import Programs
import Solvers

extension Ensemble {
  /// A model as a system of equations, for people: what each number is, the arithmetic of the
  /// derivatives and of the events, and which derivative depends on which state.
  public static func printedSystem(of model: Model) -> String {
    let builder = EquationBuilder(model)
    let system = builder.system
    var program = system.program
    var text = ""
    func list(_ title: String, _ array: LaneArray, _ declarations: [Declaration]) {
      guard !declarations.isEmpty else { return }
      text += "\(title)\n"
      for (index, declaration) in declarations.enumerated() {
        text += "  a\(array.index)[\(index)]  \(declaration.path)\n"
      }
    }
    list("parameters", system.parameters, model.parameters.map(\.declaration))
    list("inputs", system.inputs, model.inputs.map(\.declaration))
    for (offset, jump) in builder.clock(from: 0).jumps.enumerated() {
      text +=
        "  a\(system.inputs.index)[\(builder.firstClockInput + offset)]  \(model.text(of: jump))\n"
    }
    list("states", system.state, model.states.map(\.declaration))
    text += "time\n  a\(system.time.index)[0]\n\n"
    let derivatives = program.declare(
      "derivatives", count: system.stateCount, storage: .formal)
    _ = program.define(
      Procedure(
        name: "derivatives", formals: [system.time, system.state],
        stores: system.derivatives.enumerated().map { .init(derivatives, $0.offset, $0.element) }))
    if !system.conditions.isEmpty {
      let margins = program.declare(
        "events", count: system.conditions.count, storage: .formal)
      _ = program.define(
        Procedure(
          name: "events", formals: [system.time, system.state],
          stores: system.conditions.enumerated().map {
            .init(margins, $0.offset, $0.element.margin)
          }))
    }
    let jacobian = program.graph.partialDerivatives(
      of: system.derivatives, withRespectTo: system.state)
    text += program.description
    let count = jacobian.reduce(0) { $0 + $1.count }
    text += "\njacobian: \(count) of \(system.stateCount * system.stateCount) entries are not 0\n"
    for (state, row) in zip(model.states, jacobian) where !row.isEmpty {
      let names = row.map { model.states[$0.element].declaration.path }
      text += "  \(state.declaration.path): \(names.joined(separator: ", "))\n"
    }
    return text
  }
}
