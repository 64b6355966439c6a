/// Makes a kernel, and falls back on the interpreter where there is no compiler.
public enum KernelMaker {
  /// A kernel and how it was made.
  public struct Made: Sendable {
    public var kernel: any LaneKernel
    public var usesInterpreter: Bool
    /// Whether it had been compiled before.
    public var cameFromCache: Bool
    /// How long it took, in s.
    public var seconds: Double
    /// What the user should know, such as a missing compiler.
    public var warning: String?
  }

  /// Compiles a complete program, multiply-adds fused, or prepares to interpret it.
  public static func make(_ program: LaneProgram, backend: Backend) -> Made {
    let clock = ContinuousClock()
    let start = clock.now
    func seconds() -> Double {
      let components = (clock.now - start).components
      return Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
    func interpreted(_ warning: String?) -> Made {
      let kernel = Interpreter(program)
      return Made(
        kernel: kernel, usesInterpreter: true, cameFromCache: false, seconds: seconds(),
        warning: warning)
    }
    guard case .native(let toolchain) = backend else { return interpreted(nil) }
    do {
      let kernel = try NativeKernel(program, toolchain: toolchain)
      return Made(
        kernel: kernel, usesInterpreter: false, cameFromCache: kernel.cameFromCache,
        seconds: seconds(), warning: nil)
    } catch {
      return interpreted(explanation(error))
    }
  }

  private static func explanation(_ failure: KernelFailure) -> String {
    let consequence = "the interpreter runs the model instead: the same results, slower"
    switch failure {
    case .compilerNotStarted(let path, let reason):
      return "no C compiler at `\(path)` (\(reason)); \(consequence)"
    case .textRefused(let message):
      return "this is a bug in afterglow and not in your files: its C text was refused "
        + "(\(message)); please report it with the model; \(consequence)"
    case .compilationFailed(let status, let output):
      let line = output.split(separator: "\n").first.map(String.init) ?? "no message"
      return "the C compiler failed (status \(status): \(line)); \(consequence)"
    case .notLoadable(let reason):
      return "the compiled kernel could not be loaded (\(reason)); \(consequence)"
    case .cacheUnusable(let path, let reason):
      return "the folder for kernels `\(path)` cannot be used (\(reason)); \(consequence)"
    }
  }
}
