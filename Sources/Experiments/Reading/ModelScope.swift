import Diagnostics
import ModelLanguage
import Units

/// The names of a model, for looking up what an experiment mentions.
struct ModelScope {
  let model: Model
  private let parameters: [String: Int]
  private let inputs: [String: Int]
  private let variables: [String: Recording.Variable]
  private let routes: [String: Int]

  init(_ model: Model) {
    self.model = model
    func table(_ declarations: [Declaration]) -> [String: Int] {
      Dictionary(
        declarations.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
    }
    parameters = table(model.parameters.map(\.declaration))
    // The rates of infusions belong to the routes: doses drive them, and nothing else does.
    let rates = Set(model.routes.flatMap { $0.targets.map(\.rateInput) })
    inputs = table(model.inputs.map(\.declaration)).filter { !rates.contains($0.value) }
    routes = table(model.routes.map(\.declaration))
    var variables: [String: Recording.Variable] = [:]
    func add(_ declaration: Declaration, _ expression: Expression) {
      variables[declaration.path] = Recording.Variable(
        path: declaration.path, expression: expression, unit: declaration.unit,
        documentation: declaration.documentation)
    }
    for (index, state) in model.states.enumerated() { add(state.declaration, .state(index)) }
    for (index, input) in model.inputs.enumerated() { add(input.declaration, .input(index)) }
    for (index, quantity) in model.quantities.enumerated() {
      add(quantity.declaration, .quantity(index))
    }
    for (index, parameter) in model.parameters.enumerated() {
      add(parameter.declaration, .parameter(index))
    }
    self.variables = variables
  }

  /// A parameter by its path; reports an unknown one.
  func parameter(_ path: String, at range: SourceRange, problems: ProblemList) -> Int? {
    if let index = parameters[path] { return index }
    if variables[path] != nil {
      problems.error(
        "`\(path)` is no parameter", id: "not-a-parameter", at: range,
        help: inputs[path] == nil
          ? "only parameters can be set" : "drive an input under `inputs`")
    } else {
      unknown("parameter", path, among: parameters.keys.sorted(), at: range, problems: problems)
    }
    return nil
  }

  /// The parameter with a path, if there is one.
  func parameterIndex(_ path: String) -> Int? { parameters[path] }

  /// An input by its path; reports an unknown one.
  func input(_ path: String, at range: SourceRange, problems: ProblemList) -> Int? {
    if let index = inputs[path] { return index }
    unknown("input", path, among: inputs.keys.sorted(), at: range, problems: problems)
    return nil
  }

  /// Anything that can be recorded, by its path; reports an unknown one.
  func variable(
    _ path: String, at range: SourceRange, problems: ProblemList
  ) -> Recording.Variable? {
    if let variable = variables[path] { return variable }
    unknown("variable", path, among: variables.keys.sorted(), at: range, problems: problems)
    return nil
  }

  /// A route by the path of its instance and its name; reports an unknown one.
  func route(_ path: String) -> Int? { routes[path] }

  /// The paths of all routes, sorted.
  var routePaths: [String] { routes.keys.sorted() }

  /// The names of the routes of one instance, sorted.
  func routeNames(of instance: String) -> [String] {
    let prefix = instance.isEmpty ? "" : instance + "."
    return routePaths.filter {
      $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains(".")
    }.map { String($0.dropFirst(prefix.count)) }
  }

  /// The instances that have routes, sorted; the top of the model is the empty path.
  var instancesWithRoutes: [String] {
    Set(
      routePaths.map { path in
        path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
      }
    ).sorted()
  }

  /// The parameter `weight` of an instance or of the nearest instance around it.
  func weight(of instance: String) -> Int? {
    var prefix = instance
    while true {
      let path = prefix.isEmpty ? "weight" : prefix + ".weight"
      if let index = parameters[path],
        model.parameters[index].declaration.unit.dimensions == Dimensions(mass: 1)
      {
        return index
      }
      if prefix.isEmpty { return nil }
      prefix = prefix.lastIndex(of: ".").map { String(prefix[..<$0]) } ?? ""
    }
  }

  private func unknown(
    _ kind: String, _ path: String, among paths: [String], at range: SourceRange,
    problems: ProblemList
  ) {
    let nearest = problems.nearest(to: path, among: paths)
    let sibling = paths.first { $0.hasSuffix("." + path) }
    var help: String?
    if let suggestion = nearest ?? sibling {
      help = "did you mean `\(suggestion)`?"
    } else if paths.isEmpty {
      help = "the model has no \(kind)s"
    } else if paths.count <= 12 {
      help = "the \(kind)s are \(listed(paths))"
    }
    problems.error(
      "the model has no \(kind) `\(shortened(path))`", id: "unknown-\(kind)", at: range,
      help: help)
  }
}
