/// How native kernels are made: which compiler, for which processor, kept where.
///
/// A plain value: whoever makes it reads the environment, this module does not.
public struct KernelToolchain: Sendable, Hashable {
  /// The instructions that kernels may use, on which the bits of a result do not depend.
  public enum Target: String, Sendable, Hashable, CaseIterable {
    /// What every processor of this architecture has.
    case baseline
    /// x86-64 with AVX2 and fused multiply-add.
    case avx2
    /// x86-64 with AVX-512 F, BW, CD, DQ and VL.
    case avx512
  }

  /// The path of a clang.
  public var compiler: String
  public var target: Target
  /// The folder of compiled kernels, or `nil` to compile each time anew.
  public var cacheDirectory: String?

  /// Names a toolchain.
  public init(compiler: String, target: Target, cacheDirectory: String?) {
    self.compiler = compiler
    self.target = target
    self.cacheDirectory = cacheDirectory
  }

  /// What the compiler is told.
  ///
  /// Large kernels are mostly straight lines that the graph has simplified already: their speed
  /// gains nothing by more than the simplest optimiser, whose time would be felt.
  func arguments(isLarge: Bool) -> [String] {
    var arguments = [
      "-x", "c", "-std=gnu2x", "-ffp-contract=off", "-fno-math-errno", "-fPIC", "-nostdlib",
      "-fno-stack-protector", "-fno-ident", "-fno-strict-aliasing", "-w",
      // Else vectors that do not fit in registers may cross lines of the cache.
      "-mstackrealign",
    ]
    if isLarge {
      arguments += ["-O1", "-mllvm", "-enable-misched=false"]
      arguments += ["-Xclang", "-disable-lifetime-markers"]
    } else {
      arguments.append("-O2")
    }
    #if arch(x86_64)
    switch target {
    case .baseline: arguments += ["-march=x86-64"]
    case .avx2: arguments += ["-march=x86-64-v3"]
    case .avx512: arguments += ["-march=x86-64-v4", "-mprefer-vector-width=512"]
    }
    #endif
    return arguments
  }
}

/// Why there is no native kernel.
public enum KernelFailure: Error, Sendable, Hashable {
  /// The compiler could not be started.
  case compilerNotStarted(path: String, reason: String)
  /// The compiler takes the functions that every kernel begins with and refuses what was printed
  /// of the program: a bug in this package. The text is the compiler's first error.
  case textRefused(message: String)
  /// The compiler failed for another reason: it is not a clang, or there is no room on a disk.
  case compilationFailed(status: Int32, output: String)
  /// The compiled kernel could not be loaded.
  case notLoadable(reason: String)
  /// The folder for compiled kernels could not be used.
  case cacheUnusable(path: String, reason: String)
}
