public import Programs

/// Solves the linear systems of one block of lanes with LAPACKE, one lane after the other.
///
/// The bits of its results depend on the version of the library and its choice of kernel for the
/// processor; they do not depend on threads, batches or neighbours.
public final class LapackSolver: DenseLinearSolver {
  private let functions: LapackFunctions
  private let order: Int
  private let width: Int
  private var factors: [Double]
  private var pivots: [CInt]
  private var column: [Double]
  private var isSingular: [Bool]

  /// Makes room for matrices of one order.
  ///
  /// - Throws: `LinearAlgebraFailure` if the library is not there.
  public init(order: Int, width: Int) throws(LinearAlgebraFailure) {
    functions = try LapackFunctions.loaded.get()
    self.order = order
    self.width = width
    factors = Array(repeating: 0, count: order * order * width)
    pivots = Array(repeating: 0, count: order * width)
    column = Array(repeating: 0, count: order)
    isSingular = Array(repeating: false, count: width)
  }

  public func factor(_ matrix: UnsafeMutablePointer<Double>, order: Int, width: Int) {
    precondition(order == self.order && width == self.width, "another system than announced")
    let size = order * order
    for lane in 0..<width {
      for element in 0..<size { factors[lane * size + element] = matrix[element * width + lane] }
      let isUsable = factors[(lane * size)..<((lane + 1) * size)].allSatisfy(\.isFinite)
      guard isUsable else {
        isSingular[lane] = true
        continue
      }
      let status = factors.withUnsafeMutableBufferPointer { factors in
        pivots.withUnsafeMutableBufferPointer { pivots -> CInt in
          guard let a = factors.baseAddress, let p = pivots.baseAddress else { return -1 }
          return functions.factor(
            LapackFunctions.columnMajor, CInt(order), CInt(order), a + lane * size, CInt(order),
            p + lane * order)
        }
      }
      isSingular[lane] = status != 0
    }
  }

  public func solve(_ values: UnsafeMutablePointer<Double>, order: Int, width: Int) {
    let size = order * order
    for lane in 0..<width {
      guard !isSingular[lane] else {
        // The error test rejects the step, and a shorter one makes the matrix regular.
        for row in 0..<order { values[row * width + lane] = .nan }
        continue
      }
      for row in 0..<order { column[row] = values[row * width + lane] }
      factors.withUnsafeBufferPointer { factors in
        pivots.withUnsafeBufferPointer { pivots in
          column.withUnsafeMutableBufferPointer { column in
            guard let a = factors.baseAddress, let p = pivots.baseAddress,
              let b = column.baseAddress
            else { return }
            _ = functions.solve(
              LapackFunctions.columnMajor, CChar(UInt8(ascii: "N")), CInt(order), 1,
              a + lane * size, CInt(order), p + lane * order, b, CInt(order))
          }
        }
      }
      for row in 0..<order { values[row * width + lane] = column[row] }
    }
  }
}
