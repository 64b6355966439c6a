/// What is known of some nodes of a graph, filled in their order: operands before their users.
///
/// To ask for a node that is not there is a mistake of the program, and ends it: a kernel that went
/// on with another node's value would compute wrong numbers.
struct NodeTable<Value> {
  private var values: [Node: Value] = [:]

  /// The nodes of which something is known.
  var nodes: Set<Node> { Set(values.keys) }

  /// Whether something is known of a node.
  func has(_ node: Node) -> Bool { values[node] != nil }

  /// What is known of a node.
  subscript(node: Node) -> Value {
    get {
      guard let value = values[node] else {
        preconditionFailure("node \(node.index) is used before it is there")
      }
      return value
    }
    set { values[node] = newValue }
  }
}
