import Programs
import Testing

@testable import Solvers

@Suite("Sparse linear systems")
struct SparseFactorizationTests {
  @Test("cycles are blocks, and blocks read earlier ones only")
  func blocks() {
    // 0 → 1 ⇄ 2 → 3, and 4 by itself; the pattern says who reads whom.
    let form = BlockTriangularForm(of: [[0], [0, 1, 2], [1, 2], [2, 3], [4]])
    #expect(Set(form.blocks) == [[0], [1, 2], [3], [4]])
    #expect(form.blockOfRow[0] < form.blockOfRow[1])
    #expect(form.blockOfRow[1] == form.blockOfRow[2])
    #expect(form.blockOfRow[2] < form.blockOfRow[3])
  }

  @Test("a chain of 100,000 states is searched without recursion")
  func longChain() {
    let count = 100_000
    let form = BlockTriangularForm(of: (0..<count).map { [$0, min($0 + 1, count - 1)] })
    #expect(form.blocks.count == count)
    #expect(form.blocks.first == [count - 1])
  }

  @Test("what feeds forward only costs no multiplication", arguments: [2, 7, 40])
  func triangular(count: Int) {
    let pattern = (0..<count).map { Set(0...$0) }
    #expect(SparseFactorization.multiplicationCount(of: pattern) == 0)
  }

  @Test("solutions satisfy random systems of every sparsity", arguments: 0..<60)
  func randomSystems(seed: Int) {
    let stream = RandomStream(seed: UInt64(seed))
    var place = 0
    func next() -> Double {
      place += 1
      return stream.uniform(place)
    }
    let count = 1 + seed % 14
    let density = [0.05, 0.15, 0.4, 1][seed % 4]
    var graph = ExpressionGraph()
    let array = LaneProgram().declared(count * count + count)
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var rows: [[Int: Node]] = Array(repeating: [:], count: count)
    for row in 0..<count {
      for column in 0..<count where row == column || next() < density {
        // The diagonal prevails, as it does for a short enough step.
        matrix[row][column] = 2 * next() - 1 + (row == column ? Double(count) + 1 : 0)
        rows[row][column] = graph.negate(graph.load(array, row * count + column))
      }
    }
    let rightHandSide = (0..<count).map { _ in 2 * next() - 1 }
    let factorization = SparseFactorization(opposite: rows, in: &graph)
    let b = (0..<count).map { graph.load(array, count * count + $0) }
    let solution = factorization.solve(b, in: &graph) { node, _ in node }
    let x = graph.evaluate(solution) { _, element in
      element < count * count
        ? matrix[element / count][element % count] : rightHandSide[element - count * count]
    }
    for row in 0..<count {
      let sum = (0..<count).reduce(0) { $0 + matrix[row][$1] * x[$1] }
      #expect(abs(sum - rightHandSide[row]) < 1e-13)
    }
  }
}

extension LaneProgram {
  /// The handle of an array with so many elements.
  fileprivate func declared(_ count: Int) -> LaneArray {
    var program = self
    return program.declare("entries", count: count, storage: .persistent)
  }
}
