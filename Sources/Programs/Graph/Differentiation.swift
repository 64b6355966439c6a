extension ExpressionGraph {
  /// The nonzero partial derivatives of several values with respect to the elements of an array.
  ///
  /// Forward differentiation over the graph: each node is differentiated once, and what several
  /// entries share stays shared.
  ///
  /// - Parameters:
  ///   - roots: The values to differentiate.
  ///   - array: The array whose elements are the variables.
  /// - Returns: For each root, pairs of element and derivative, ascending by element.
  public mutating func partialDerivatives(
    of roots: [Node], withRespectTo array: LaneArray
  ) -> [[(element: Int, derivative: Node)]] {
    typealias Gradient = [(element: Int, derivative: Node)]
    var gradients = NodeTable<Gradient>()
    for node in reachableNodes(from: roots) {
      let gradient: Gradient
      switch self[node] {
      case .constant, .element, .compare, .both, .either, .not:
        gradient = []
      case .load(let source, let element):
        gradient = source == array ? [(element, constant(1))] : []
      case .unary(let operation, let a):
        let inner = gradients[a]
        if inner.isEmpty {
          gradient = []
        } else {
          let slope = derivative(of: operation, at: a, value: node)
          gradient = inner.map { ($0.element, multiply(slope, $0.derivative)) }
        }
      case .binary(let operation, let a, let b):
        gradient = binaryGradient(
          operation, a, b, value: node, gradients[a], gradients[b])
      case .fusedMultiplyAdd(let a, let b, let c):
        let product = binaryGradient(
          .multiply, a, b, value: node, gradients[a], gradients[b])
        gradient = merge(product, gradients[c]) { $0.add($1, $2) }
      case .select(let condition, let a, let b):
        gradient = merge(gradients[a], gradients[b]) {
          $0.select(condition, $1, $2)
        }
      }
      gradients[node] = gradient.filter { constantValue($0.derivative) != 0 }
    }
    return roots.map { gradients[$0] }
  }

  private mutating func merge(
    _ left: [(element: Int, derivative: Node)], _ right: [(element: Int, derivative: Node)],
    _ combine: (inout ExpressionGraph, Node, Node) -> Node
  ) -> [(element: Int, derivative: Node)] {
    let zero = constant(0)
    var result: [(element: Int, derivative: Node)] = []
    var i = 0
    var j = 0
    while i < left.count || j < right.count {
      if j == right.count || (i < left.count && left[i].element < right[j].element) {
        result.append((left[i].element, combine(&self, left[i].derivative, zero)))
        i += 1
      } else if i == left.count || right[j].element < left[i].element {
        result.append((right[j].element, combine(&self, zero, right[j].derivative)))
        j += 1
      } else {
        result.append(
          (left[i].element, combine(&self, left[i].derivative, right[j].derivative)))
        i += 1
        j += 1
      }
    }
    return result
  }

  mutating func binaryGradient(
    _ operation: BinaryOperation, _ a: Node, _ b: Node, value: Node,
    _ da: [(element: Int, derivative: Node)], _ db: [(element: Int, derivative: Node)]
  ) -> [(element: Int, derivative: Node)] {
    if da.isEmpty && db.isEmpty { return [] }
    switch operation {
    case .add: return merge(da, db) { $0.add($1, $2) }
    case .subtract: return merge(da, db) { $0.subtract($1, $2) }
    case .multiply:
      return merge(da, db) { $0.add($0.multiply($1, b), $0.multiply(a, $2)) }
    case .divide:
      let reciprocal = db.isEmpty && constantValue(b) == nil ? divide(constant(1), b) : nil
      if let reciprocal { return da.map { ($0.element, multiply($0.derivative, reciprocal)) } }
      let inverse = divide(constant(1), b)
      return merge(da, db) {
        $0.multiply($0.subtract($1, $0.multiply(value, $2)), inverse)
      }
    case .minimum, .maximum:
      let condition = compare(operation == .minimum ? .lessOrEqual : .greaterOrEqual, a, b)
      return merge(da, db) { $0.select(condition, $1, $2) }
    case .normal, .uniform, .poissonQuantile: return []
    case .power:
      // d(a^b) = b·a^(b−1)·da + a^b·log(a)·db
      let exponentLess = subtract(b, constant(1))
      let slope = multiply(b, power(a, exponentLess))
      if db.isEmpty { return da.map { ($0.element, multiply(slope, $0.derivative)) } }
      let logarithm = multiply(value, unary(.log, a))
      return merge(da, db) { $0.add($0.multiply(slope, $1), $0.multiply(logarithm, $2)) }
    }
  }

  /// The derivative of a function at `x`, given its value there.
  mutating func derivative(
    of operation: UnaryOperation, at x: Node, value: Node
  ) -> Node {
    let one = constant(1)
    switch operation {
    case .negate: return constant(-1)
    case .absolute: return unary(.sign, x)
    case .squareRoot: return divide(constant(0.5), value)
    case .floor, .ceiling, .sign: return constant(0)
    case .exp: return value
    case .expm1, .coarseExpm1: return add(value, one)
    case .log: return divide(one, x)
    // 1/ln 2 and 1/ln 10, to the last digit of a double.
    case .log2: return divide(constant(1.4426950408889634), x)
    case .log10: return divide(constant(0.4342944819032518), x)
    case .log1p: return divide(one, add(one, x))
    case .cubeRoot: return divide(one, multiply(constant(3), multiply(value, value)))
    case .sin: return unary(.cos, x)
    case .cos: return negate(unary(.sin, x))
    case .tan: return add(one, multiply(value, value))
    case .asin:
      return divide(one, unary(.squareRoot, subtract(one, multiply(x, x))))
    case .acos:
      return divide(constant(-1), unary(.squareRoot, subtract(one, multiply(x, x))))
    case .atan: return divide(one, add(one, multiply(x, x)))
    case .sinh: return unary(.cosh, x)
    case .cosh: return unary(.sinh, x)
    case .tanh: return subtract(one, multiply(value, value))
    case .exprel:
      // (x·eˣ − eˣ + 1)/x², which is 1/2 at 0; near 0 by its series, where the formula cancels.
      let e = unary(.exp, x)
      let formula = divide(subtract(e, value), x)
      return select(nearZero(x), exprelSlopeSeries(x), formula)
    case .linoid:
      // d/dx x/(eˣ − 1) = (value/x)·(1 − value·eˣ), with 1/exprel written as the value.
      let e = unary(.exp, x)
      let formula = divide(multiply(value, subtract(one, multiply(value, e))), x)
      let series = negate(multiply(multiply(value, value), exprelSlopeSeries(x)))
      return select(nearZero(x), series, formula)
    case .coarseReciprocal, .coarseLog2, .coarseExp2:
      return constant(.nan)
    }
  }

  private mutating func nearZero(_ x: Node) -> Node {
    compare(.less, unary(.absolute, x), constant(0.02))
  }

  /// 1/2 + x/3 + x²/8 + x³/30 + x⁴/144 + x⁵/840; the next term is below 3e-14 for |x| < 0.02.
  private mutating func exprelSlopeSeries(_ x: Node) -> Node {
    var sum = constant(1.0 / 840)
    for coefficient in [1.0 / 144, 1.0 / 30, 1.0 / 8, 1.0 / 3, 1.0 / 2] {
      sum = add(multiply(sum, x), constant(coefficient))
    }
    return sum
  }
}
