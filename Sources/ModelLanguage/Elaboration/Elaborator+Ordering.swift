import Diagnostics

extension Elaborator {
  /// Lists the symbols as they are declared, those of an instance in its place.
  mutating func orderDeclarations() {
    var order: [Int] = []
    func visit(_ scope: Int) {
      for member in scopes[scope].contents {
        switch member {
        // What the circuit works out has a place here once it is used.
        case .symbol(let id): if symbols[id].role != .shared { order.append(id) }
        case .instance(let child) where child >= 0: visit(child)
        default: break
        }
      }
    }
    visit(0)
    declaredOrder = order
  }

  /// The symbols of a kind, in the order of their declarations.
  func declared(_ kind: Symbol.Kind) -> [Int] {
    declaredOrder.filter { symbols[$0].kind == kind }
  }

  /// The symbols of a kind, each after those that its definition refers to.
  ///
  /// A loop is reported once, and cut at the reference that closes it.
  mutating func dependencyOrder(_ kind: Symbol.Kind) -> [Int] {
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: symbols.count)
    var order: [Int] = []
    for start in declared(kind) where marks[start] == .new {
      var path: [(symbol: Int, references: [Int], next: Int)] = []
      path.append((start, references(of: start, kind), 0))
      marks[start] = .open
      while let current = path.last {
        guard current.next < current.references.count else {
          marks[current.symbol] = .done
          order.append(current.symbol)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let target = current.references[current.next]
        switch marks[target] {
        case .done: break
        case .open:
          if let position = path.firstIndex(where: { $0.symbol == target }) {
            reportLoop(path[position...].map(\.symbol), kind)
          }
        case .new:
          marks[target] = .open
          path.append((target, references(of: target, kind), 0))
        }
      }
    }
    return order
  }

  private func references(of symbol: Int, _ kind: Symbol.Kind) -> [Int] {
    var found = symbols[symbol].addends
    if let definition = symbols[symbol].definition {
      collectReferences(of: definition.syntax, in: definition.scope, into: &found)
    }
    if let own = declaredDefinition(besideZero: symbols[symbol]) {
      collectReferences(of: own.syntax, in: own.scope, into: &found)
    }
    return found.filter { symbols[$0].kind == kind }
  }

  private mutating func reportLoop(_ loop: [Int], _ kind: Symbol.Kind) {
    let first = symbols[loop[0]]
    let names = (loop + [loop[0]]).map { "`\(symbols[$0].path)`" }.joined(separator: " needs ")
    let notes = loop.dropFirst().prefix(8).map {
      Diagnostic.Note("`\(symbols[$0].name.text)` is defined", at: symbols[$0].name.range)
    }
    for symbol in loop { loopMembers.insert(symbol) }
    let isParameter = kind == .parameter
    diagnostics.report(
      Diagnostic(
        id: isParameter ? "cyclic-parameter" : "algebraic-loop",
        loop.count == 1
          ? "`\(first.name.text)` is defined by itself"
          : "`\(first.name.text)` is defined by itself, by way of others",
        at: first.name.range, notes: [Diagnostic.Note(names)] + notes,
        help: isParameter
          ? [] : ["one of them has to be a state, which has a value before the others"]))
  }
}
