import CElementwise

/// The C text that every native kernel begins with: what the interpreter calls, word for word.
enum KernelPrelude {
  static let text: String =
    "#define AFTERGLOW_KERNEL\n"
    + String(cString: afterglow_prelude_elementwise())
    + String(cString: afterglow_prelude_step_control())
}
