/// What runs the kernels.
public enum Backend: Sendable, Hashable {
  /// The compiler makes native code; without a working compiler, the interpreter steps in.
  case native(KernelToolchain)
  case interpreter
}
