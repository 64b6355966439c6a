extension ExpressionGraph {
  /// The nonzero partial derivatives of several values, found with few multiplications.
  ///
  /// The chain rule may be applied in any order; forward and backward are two of many. Here the
  /// graph of local derivatives loses one inner node after the other, always one that costs least
  /// products, until only edges from variables to values are left.
  ///
  /// Source: Griewank and Reese (1991), in Automatic Differentiation of Algorithms, SIAM, 126.
  ///
  /// - Parameters:
  ///   - roots: The values to differentiate.
  ///   - array: The array whose elements are the variables.
  ///   - constants: Arrays that stay as they are while a lane steps; products of what depends on
  ///     them alone cost nothing.
  /// - Returns: For each root, pairs of element and derivative, ascending by element.
  public mutating func jacobian(
    of roots: [Node], withRespectTo array: LaneArray, constants: Set<LaneArray>
  ) -> [[(element: Int, derivative: Node)]] {
    var elimination = VertexElimination(of: roots, withRespectTo: array, constants, in: &self)
    elimination.run(in: &self)
    return elimination.rows.map { row in row.filter { constantValue($0.derivative) != 0 } }
  }
}

/// The graph of local derivatives while its inner vertices are eliminated.
private struct VertexElimination {
  private struct Edge {
    var from: Int
    var derivative: Node
  }

  /// What a vertex does with its incoming edges.
  private enum Kind {
    case variable(element: Int)
    case inner
    /// Takes `incoming` where the condition is true, else `otherwise`.
    ///
    /// The branch that is not taken may have an infinite derivative, so that edges through here
    /// must not be multiplied by 0: such a vertex waits until only variables lead to it.
    case choice(condition: Node)
    case output
  }

  private struct Vertex {
    var kind: Kind
    var incoming: [Edge] = []
    var otherwise: [Edge] = []
    var users: [Int] = []
  }

  private var vertices: [Vertex] = []
  private var outputs: [Int] = []
  private let constants: Set<LaneArray>
  private var isConstant: [Node: Bool] = [:]

  init(
    of roots: [Node], withRespectTo array: LaneArray, _ constants: Set<LaneArray>,
    in graph: inout ExpressionGraph
  ) {
    self.constants = constants
    var place: [Node: Int] = [:]
    let one = graph.constant(1)
    for node in graph.reachableNodes(from: roots) {
      var vertex = Vertex(kind: .inner)
      func isActive(_ operand: Node) -> Bool { place[operand] != nil }
      func gradient(_ operand: Node, _ element: Int) -> [(element: Int, derivative: Node)] {
        isActive(operand) ? [(element, one)] : []
      }
      func edge(_ operand: Node) -> [Edge] {
        place[operand].map { [Edge(from: $0, derivative: one)] } ?? []
      }
      switch graph[node] {
      case .constant, .element, .compare, .both, .either, .not: continue
      case .load(let source, let element):
        guard source == array else { continue }
        vertex.kind = .variable(element: element)
      case .unary(let operation, let a):
        guard let from = place[a] else { continue }
        add(graph.derivative(of: operation, at: a, value: node), from, to: &vertex, in: &graph)
      case .binary(let operation, let a, let b):
        guard isActive(a) || isActive(b) else { continue }
        if operation == .minimum || operation == .maximum {
          let condition = graph.compare(
            operation == .minimum ? .lessOrEqual : .greaterOrEqual, a, b)
          vertex.kind = .choice(condition: condition)
          vertex.incoming = edge(a)
          vertex.otherwise = edge(b)
          break
        }
        let partials = graph.binaryGradient(
          operation, a, b, value: node, gradient(a, 0), gradient(b, 1))
        for (operand, derivative) in partials {
          guard let from = place[operand == 0 ? a : b] else { continue }
          add(derivative, from, to: &vertex, in: &graph)
        }
      case .fusedMultiplyAdd(let a, let b, let c):
        guard isActive(a) || isActive(b) || isActive(c) else { continue }
        for (operand, derivative) in [(a, b), (b, a), (c, one)] {
          guard let from = place[operand] else { continue }
          add(derivative, from, to: &vertex, in: &graph)
        }
      case .select(let condition, let a, let b):
        guard isActive(a) || isActive(b) else { continue }
        vertex.kind = .choice(condition: condition)
        vertex.incoming = edge(a)
        vertex.otherwise = edge(b)
      }
      let number = vertices.count
      for from in Set(vertex.incoming.map(\.from) + vertex.otherwise.map(\.from)) {
        vertices[from].users.append(number)
      }
      place[node] = number
      vertices.append(vertex)
    }
    for root in roots {
      var vertex = Vertex(kind: .output)
      if let from = place[root] {
        vertex.incoming = [Edge(from: from, derivative: one)]
        vertices[from].users.append(vertices.count)
      }
      outputs.append(vertices.count)
      vertices.append(vertex)
    }
  }

  /// The entries of each value's row.
  var rows: [[(element: Int, derivative: Node)]] {
    outputs.map { output in
      vertices[output].incoming.compactMap { edge in
        guard case .variable(let element) = vertices[edge.from].kind else { return nil }
        return (element, edge.derivative)
      }.sorted { $0.element < $1.element }
    }
  }

  // MARK: Elimination

  mutating func run(in graph: inout ExpressionGraph) {
    var left = vertices.indices.filter { number in
      switch vertices[number].kind {
      case .inner, .choice: true
      case .variable, .output: false
      }
    }
    var costs: [Int?] = vertices.map { _ in nil }
    while !left.isEmpty {
      var best: (position: Int, cost: Int)?
      for (position, number) in left.enumerated() {
        let cost = costs[number] ?? cost(of: number, in: graph)
        costs[number] = cost
        if cost < best?.cost ?? .max { best = (position, cost) }
        if cost == 0 { break }
      }
      guard let best else { return }
      let number = left.remove(at: best.position)
      for neighbour in vertices[number].incoming.map(\.from)
        + vertices[number].otherwise.map(\.from) + vertices[number].users
      {
        costs[neighbour] = nil
      }
      eliminate(number, in: &graph)
    }
  }

  /// How many products the elimination of a vertex takes.
  private mutating func cost(of number: Int, in graph: ExpressionGraph) -> Int {
    let vertex = vertices[number]
    let hasWaiting = (vertex.incoming + vertex.otherwise).contains { edge in
      if case .variable = vertices[edge.from].kind { false } else { true }
    }
    if case .choice = vertex.kind, hasWaiting { return .max - 1 }
    var count = 0
    for user in vertex.users {
      for edge in vertices[user].incoming + vertices[user].otherwise where edge.from == number {
        if isUnit(edge.derivative, in: graph) { continue }
        let isFree = isConstant(edge.derivative, in: graph)
        for entry in vertex.incoming + vertex.otherwise {
          if isUnit(entry.derivative, in: graph) { continue }
          if isFree && isConstant(entry.derivative, in: graph) { continue }
          count += 1
        }
      }
    }
    return count
  }

  private func isUnit(_ node: Node, in graph: ExpressionGraph) -> Bool {
    graph.constantValue(node).map { abs($0) == 1 } ?? false
  }

  private mutating func isConstant(_ node: Node, in graph: ExpressionGraph) -> Bool {
    if let known = isConstant[node] { return known }
    let result: Bool
    switch graph[node] {
    case .constant: result = true
    case .load(let array, _): result = constants.contains(array)
    case .element: result = false
    default:
      var all = true
      for operand in graph[node].operands where all { all = isConstant(operand, in: graph) }
      result = all
    }
    isConstant[node] = result
    return result
  }

  private mutating func eliminate(_ number: Int, in graph: inout ExpressionGraph) {
    let sources = derivatives(of: number, in: &graph)
    for user in vertices[number].users {
      for (path, outer) in [
        (\Vertex.incoming, vertices[user].incoming), (\Vertex.otherwise, vertices[user].otherwise),
      ] {
        guard let edge = outer.first(where: { $0.from == number }) else { continue }
        vertices[user][keyPath: path].removeAll { $0.from == number }
        for source in sources {
          let product = graph.multiply(edge.derivative, source.derivative)
          Self.add(product, source.from, to: &vertices[user][keyPath: path], in: &graph)
          if !vertices[source.from].users.contains(user) {
            vertices[source.from].users.append(user)
          }
        }
      }
    }
    for source in sources { vertices[source.from].users.removeAll { $0 == number } }
    vertices[number].incoming = []
    vertices[number].otherwise = []
    vertices[number].users = []
  }

  /// The edges that lead to a vertex; those of a choice are chosen.
  private func derivatives(of number: Int, in graph: inout ExpressionGraph) -> [Edge] {
    let vertex = vertices[number]
    guard case .choice(let condition) = vertex.kind else { return vertex.incoming }
    let zero = graph.constant(0)
    let sources = Set((vertex.incoming + vertex.otherwise).map(\.from)).sorted()
    return sources.map { from in
      let first = vertex.incoming.first { $0.from == from }?.derivative ?? zero
      let second = vertex.otherwise.first { $0.from == from }?.derivative ?? zero
      return Edge(from: from, derivative: graph.select(condition, first, second))
    }
  }

  private mutating func add(
    _ derivative: Node, _ from: Int, to vertex: inout Vertex, in graph: inout ExpressionGraph
  ) {
    if graph.constantValue(derivative) == 0 { return }
    Self.add(derivative, from, to: &vertex.incoming, in: &graph)
  }

  private static func add(
    _ derivative: Node, _ from: Int, to edges: inout [Edge], in graph: inout ExpressionGraph
  ) {
    if let position = edges.firstIndex(where: { $0.from == from }) {
      edges[position].derivative = graph.add(edges[position].derivative, derivative)
    } else {
      edges.append(Edge(from: from, derivative: derivative))
    }
  }
}
