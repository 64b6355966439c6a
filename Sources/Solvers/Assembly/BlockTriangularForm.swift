/// The parts of a system that feed forward, and the cycles in it.
///
/// States that act on each other, directly or through others, make a block; blocks act on later
/// blocks only. So a linear system with this pattern is solved block by block, and nothing but the
/// blocks has to be factored.
///
/// Source: Duff and Reid (1978), ACM Trans. Math. Softw. 4, 137, with Tarjan (1972), SIAM J.
/// Comput. 1, 146.
struct BlockTriangularForm {
  /// The rows of each block, ascending; blocks in an order in which each reads earlier ones only.
  private(set) var blocks: [[Int]] = []
  /// The number of each row's block.
  private(set) var blockOfRow: [Int]

  /// Finds the blocks of a pattern: for each row, the columns it reads.
  init(of pattern: [Set<Int>]) {
    blockOfRow = Array(repeating: -1, count: pattern.count)
    // Tarjan's search, with a stack of its own instead of recursion.
    var discovery = [Int](repeating: -1, count: pattern.count)
    var lowest = discovery
    var isOpen = [Bool](repeating: false, count: pattern.count)
    var open: [Int] = []
    var discovered = 0
    for root in pattern.indices where discovery[root] < 0 {
      var path: [(row: Int, left: [Int])] = []
      func enter(_ row: Int) {
        discovery[row] = discovered
        lowest[row] = discovered
        discovered += 1
        open.append(row)
        isOpen[row] = true
        path.append((row, pattern[row].sorted(by: >)))
      }
      enter(root)
      while let (row, left) = path.last {
        if let next = left.last {
          path[path.count - 1].left.removeLast()
          if discovery[next] < 0 {
            enter(next)
          } else if isOpen[next] {
            lowest[row] = min(lowest[row], discovery[next])
          }
          continue
        }
        path.removeLast()
        if let parent = path.last?.row { lowest[parent] = min(lowest[parent], lowest[row]) }
        guard lowest[row] == discovery[row] else { continue }
        var block: [Int] = []
        while let member = open.popLast() {
          isOpen[member] = false
          blockOfRow[member] = blocks.count
          block.append(member)
          if member == row { break }
        }
        blocks.append(block.sorted())
      }
    }
  }
}
