#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The functions of LAPACKE, loaded when they are first needed.
///
/// Most models never need them, and loading OpenBLAS takes longer than a small experiment.
struct LapackFunctions: Sendable {
  typealias Factor =
    @convention(c) (
      CInt, CInt, CInt, UnsafeMutablePointer<Double>, CInt, UnsafeMutablePointer<CInt>
    ) -> CInt
  typealias Solve =
    @convention(c) (
      CInt, CChar, CInt, CInt, UnsafePointer<Double>, CInt, UnsafePointer<CInt>,
      UnsafeMutablePointer<Double>, CInt
    ) -> CInt

  /// LU factors of a general matrix, with row exchanges.
  let factor: Factor
  /// A solution with these factors.
  let solve: Solve

  /// Column by column, as LAPACK's own order is.
  static let columnMajor: CInt = 102

  static let loaded: Result<LapackFunctions, LinearAlgebraFailure> = load()

  private static func load() -> Result<LapackFunctions, LinearAlgebraFailure> {
    for name in ["liblapacke.so.3", "liblapacke.so", "liblapacke.dylib"] {
      guard let library = dlopen(name, RTLD_NOW | RTLD_GLOBAL) else { continue }
      // One thread for each worker: its own threads would only get in the way of ours, and the
      // order of its sums must not depend on their number.
      for symbol in ["openblas_set_num_threads"] {
        if let address = dlsym(library, symbol) {
          unsafeBitCast(address, to: (@convention(c) (CInt) -> Void).self)(1)
        }
      }
      guard let factor = dlsym(library, "LAPACKE_dgetrf"),
        let solve = dlsym(library, "LAPACKE_dgetrs")
      else { return .failure(.missingFunction(library: name)) }
      return .success(
        LapackFunctions(
          factor: unsafeBitCast(factor, to: Factor.self),
          solve: unsafeBitCast(solve, to: Solve.self)))
    }
    return .failure(.missingLibrary("liblapacke"))
  }
}

/// Why dense linear systems cannot be solved.
public enum LinearAlgebraFailure: Error, Sendable, Hashable {
  /// The library is not installed; on Debian it is in the package of the same name.
  case missingLibrary(String)
  case missingFunction(library: String)
}
