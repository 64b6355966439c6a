import ModelLanguage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How much memory a network may take, so that one that is too large is a failure of its run and
/// does not end the process.
struct MemoryBudget {
  private var left: Double

  /// A budget of all memory that the machine has.
  init() {
    left = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// A budget in bytes.
  init(bytes: Double) { left = bytes }

  /// Takes a part of it.
  ///
  /// - Parameters:
  ///   - bytes: How much; a number, because a product of sizes need not fit a machine word.
  ///   - declaration: What needs it.
  ///   - what: What it is for, such as "its cells".
  /// - Throws: `NetworkFailure` if less is left.
  mutating func take(
    _ bytes: Double, for declaration: Declaration, _ what: String
  ) throws(NetworkFailure) {
    guard bytes <= left else {
      throw .unsuitable(
        declaration,
        message: "`\(declaration.path)` needs \(Self.text(bytes)) of memory for \(what), and "
          + "\(Self.text(left)) are left")
    }
    left -= bytes
  }

  private static func text(_ bytes: Double) -> String {
    bytes < 1e9
      ? "\(Int((bytes / 1e6).rounded(.up))) MB" : "\((bytes / 1e8).rounded() / 10) GB"
  }
}
