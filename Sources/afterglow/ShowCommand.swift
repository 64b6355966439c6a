import ArgumentParser
import Diagnostics
import Dynamics
import Experiments
import Foundation
import ModelLanguage
import Networks
import Programs
import Simulations
import Solvers
import Units

/// A model, phase by phase.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows a model or a circuit: equations, states, parameters with units and sources.",
    discussion: """
      --print shows the model in another phase of the compiler: syntax \
      (the text as it was read, in one style), model (every instance expanded), \
      system (the arithmetic of the derivatives, and which state depends on which), \
      program (arithmetic on lanes), kernel (the C text).

      EXAMPLES
        afterglow show reset/depressed_circuit
        afterglow show pharmacology/ketamine --print kernel --method rodas5p
      """)

  enum Phase: String, ExpressibleByArgument, CaseIterable {
    case summary, syntax, model, system, program, kernel
  }

  @Argument(help: "A model file, or the name of a model that ships.")
  var model: String

  @Option(
    name: .customLong("print"),
    help: "The phase: summary, syntax, model, system, program or kernel.")
  var phase: Phase = .summary

  @Flag(help: "The generated code; the same as --print kernel.")
  var kernel = false

  @Option(help: "The method for --print program and kernel.")
  var method: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let terminal = Terminal()
    if method != nil, !kernel, phase != .program, phase != .kernel {
      throw ValidationError("--method is for --print program and --print kernel")
    }
    let workplace = Workplace()
    let path = workplace.find(model, in: "Models", ending: ".model")
    let file: SourceFile
    do throws(FileProblem) { file = try FileLibrary.file(path) } catch {
      terminal.complain(
        workplace.problem(with: model, in: "Models", ending: ".model", error.reason))
      throw ExitStatus.inputOutput
    }
    if phase == .syntax, !json, !kernel {
      let (syntax, diagnostics) = ModelLanguage.parse(file)
      terminal.show(diagnostics)
      guard !diagnostics.hasErrors else { throw ExitStatus.dataError }
      terminal.print(SyntaxPrinter().text(of: syntax))
      return
    }
    let (found, diagnostics) = workplace.library.load(file)
    terminal.show(diagnostics)
    guard let found, !diagnostics.hasErrors else { throw ExitStatus.dataError }
    let loaded: Model
    switch found {
    case .model(let model): loaded = model
    case .circuit(let circuit):
      try show(circuit, terminal)
      return
    }
    if json {
      terminal.print(JSONText.of(ModelJSON(loaded)))
      return
    }
    switch kernel ? .kernel : phase {
    case .summary, .syntax: terminal.print(ModelSummary(loaded).text)
    case .model: terminal.print(loaded.printed)
    case .system: terminal.print(Ensemble.printedSystem(of: loaded))
    case .program: terminal.print(try printedProgram(loaded, toolchain: nil))
    case .kernel:
      let toolchain = KernelToolchain.detect(environment: ProcessInfo.processInfo.environment)
      terminal.print(try printedProgram(loaded, toolchain: toolchain))
    }
  }

  private func show(_ circuit: Circuit, _ terminal: Terminal) throws {
    if json {
      terminal.print(JSONText.of(CircuitJSON(circuit)))
      return
    }
    switch kernel ? .kernel : phase {
    case .summary, .syntax: terminal.print(CircuitSummary(circuit).text)
    case .model: terminal.print(circuit.printed)
    case .system, .program: terminal.print(try printedPrograms(circuit, toolchain: nil))
    case .kernel:
      let toolchain = KernelToolchain.detect(environment: ProcessInfo.processInfo.environment)
      terminal.print(try printedPrograms(circuit, toolchain: toolchain))
    }
  }

  /// The step of every population's cells.
  private func printedPrograms(_ circuit: Circuit, toolchain: KernelToolchain?) throws -> String {
    // The default of `--method` is one for models.
    let wanted = method ?? CellMethod.exponentialEuler.rawValue
    guard let chosen = CellMethod(rawValue: wanted) else {
      let names = CellMethod.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "there is no method `\(wanted)` for the cells of a circuit; the methods are \(names)")
    }
    let network = Network(
      circuit, NetworkConfiguration(method: chosen, timeStep: 1e-4), backend: .interpreter)
    return circuit.populations.indices.map { index in
      "// \(circuit.populations[index].declaration.path)\n"
        + network.printedProgram(of: index, toolchain: toolchain)
    }.joined(separator: "\n\n")
  }

  private func printedProgram(_ model: Model, toolchain: KernelToolchain?) throws -> String {
    let wanted = method ?? "rodas5p"
    guard let method = Method(rawValue: wanted) else {
      let names = Method.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no method `\(wanted)`; the methods are \(names)")
    }
    let configuration = EnsembleConfiguration(
      absoluteTolerances: [], start: 0, end: 1, sampleTimes: [], recorded: [])
    return Ensemble.printedProgram(
      model: model, configuration: configuration, method: method, toolchain: toolchain)
  }
}

/// A model as a table of its parts.
struct ModelSummary {
  let text: String

  init(_ model: Model) {
    var parts = ["model \(model.name)"]
    if !model.documentation.isEmpty { parts.append(model.documentation) }
    let initialParameters = model.parameterValues()
    let states = model.initialStates(parameters: initialParameters)
    if !model.states.isEmpty { parts.append(Self.table(of: model.states, states)) }
    if !model.inputs.isEmpty {
      var table = TextTable(["input", "unit", "what"])
      for input in model.inputs {
        table.add([
          input.declaration.path, input.declaration.unit.symbol,
          input.declaration.documentation.firstSentence,
        ])
      }
      parts.append(table.text)
    }
    let outputs = model.quantities.filter(\.isOutput)
    if !outputs.isEmpty {
      var table = TextTable(["output", "unit", "what"])
      for output in outputs {
        table.add([
          output.declaration.path, output.declaration.unit.symbol,
          output.declaration.documentation.firstSentence,
        ])
      }
      parts.append(table.text)
    }
    if !model.routes.isEmpty {
      let names = model.routes.map(\.declaration.path).joined(separator: ", ")
      parts.append("routes of dosing: \(names)")
    }
    if !model.parameters.isEmpty {
      parts.append(Self.table(of: model.parameters, initialParameters))
    }
    text = parts.joined(separator: "\n\n")
  }

  /// States with what they begin with, unless something else is given to say.
  static func table(
    of states: [State], _ values: [Double], instead: [String: String] = [:]
  ) -> String {
    var table = TextTable(["state", "at the start", "what"])
    for (state, value) in zip(states, values) {
      let declaration = state.declaration
      table.add([
        declaration.path, instead[declaration.path] ?? declaration.unit.text(ofSI: value),
        declaration.documentation.firstSentence,
      ])
    }
    return table.text
  }

  /// Parameters with their values, unless something else is given to say, and where they come from.
  static func table(
    of parameters: [Parameter], _ values: [Double], instead: [String: String] = [:]
  ) -> String {
    var table = TextTable(["parameter", "value", "where it comes from"])
    for (parameter, value) in zip(parameters, values) {
      let declaration = parameter.declaration
      table.add([
        declaration.path, instead[declaration.path] ?? declaration.unit.text(ofSI: value),
        parameter.provenance.text,
      ])
    }
    return table.text
  }
}

/// A model as JSON.
struct ModelJSON: Encodable {
  private struct Entry: Encodable {
    var path: String
    var unit: String
    var value: Double?
    var documentation: String
    var provenance: String?
  }

  private var name: String
  private var documentation: String
  private var parameters: [Entry]
  private var inputs: [Entry]
  private var states: [Entry]
  private var outputs: [Entry]
  private var routes: [String]
  private var files: [String]

  init(_ model: Model) {
    let values = model.parameterValues()
    func entry(_ declaration: Declaration, _ value: Double?, _ provenance: String?) -> Entry {
      Entry(
        path: declaration.path, unit: declaration.unit.symbol,
        value: value.map { declaration.unit.value(ofSI: $0) },
        documentation: declaration.documentation, provenance: provenance)
    }
    name = model.name
    documentation = model.documentation
    parameters = zip(model.parameters, values).map {
      entry($0.declaration, $1, $0.provenance.text)
    }
    inputs = zip(model.inputs, model.initialInputs(parameters: values)).map {
      entry($0.declaration, $1, nil)
    }
    states = zip(model.states, model.initialStates(parameters: values)).map {
      entry($0.declaration, $1, nil)
    }
    outputs = model.quantities.filter(\.isOutput).map { entry($0.declaration, nil, nil) }
    routes = model.routes.map(\.declaration.path)
    files = model.sources.map(\.path)
  }
}

extension ModelLanguage.Provenance {
  /// In words.
  var text: String {
    switch self {
    case .source(let text): "source: \(text)"
    case .assumed(let text): "assumed: \(text)"
    case .derived: "derived"
    }
  }
}

extension String {
  /// What stands before the first full stop, on one line.
  var firstSentence: String {
    let line = split(separator: "\n").joined(separator: " ")
    return line.components(separatedBy: ". ").first.map {
      $0.hasSuffix(".") ? String($0.dropLast()) : $0
    } ?? line
  }
}
