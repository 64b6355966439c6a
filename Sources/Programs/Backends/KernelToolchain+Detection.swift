import CElementwise

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension KernelToolchain {
  /// The widest instructions that this processor has.
  public static var widestTarget: Target {
    switch afterglow_processor_level() {
    case 2: .avx512
    case 1: .avx2
    default: .baseline
    }
  }

  /// Finds a compiler, and the place for compiled kernels, from an environment.
  ///
  /// The compiler is `CC`, or the first `clang` on `PATH`; kernels are kept in
  /// `AFTERGLOW_CACHE`, or in `afterglow/kernels` under the user's folder for caches.
  /// `AFTERGLOW_TARGET` (baseline, avx2, avx512) narrows the instructions.
  ///
  /// - Parameter environment: The variables of the process.
  /// - Returns: A toolchain; its compiler is the bare name `clang` if none was found, so that
  ///   starting it fails with a reason.
  public static func detect(environment: [String: String]) -> KernelToolchain {
    let target = environment["AFTERGLOW_TARGET"].flatMap(Target.init(rawValue:))
    return KernelToolchain(
      compiler: compiler(environment), target: target ?? widestTarget,
      cacheDirectory: cacheDirectory(environment))
  }

  private static func compiler(_ environment: [String: String]) -> String {
    if let named = environment["CC"], !named.isEmpty { return named }
    for folder in (environment["PATH"] ?? "").split(separator: ":") {
      let candidate = "\(folder)/clang"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return "clang"
  }

  private static func cacheDirectory(_ environment: [String: String]) -> String? {
    if let named = environment["AFTERGLOW_CACHE"], named.hasPrefix("/") { return named }
    if let caches = environment["XDG_CACHE_HOME"], caches.hasPrefix("/") {
      return caches + "/afterglow/kernels"
    }
    return environment["HOME"].map { $0 + "/.cache/afterglow/kernels" }
  }
}
