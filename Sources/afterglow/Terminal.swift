import ArgumentParser
import Diagnostics
import Foundation

/// What is written to people, and how.
///
/// Data goes to the standard output, talk to the standard error.
struct Terminal {
  let isQuiet: Bool

  init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

  /// Whether the standard error is a terminal.
  static var talksToTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether colour is welcome there: a terminal that can, and no `NO_COLOR`.
  static var usesColor: Bool {
    let environment = ProcessInfo.processInfo.environment
    let isRefused = !(environment["NO_COLOR"] ?? "").isEmpty
    return talksToTerminal && !isRefused && environment["TERM"] != "dumb"
  }

  /// Says something, unless silence is asked for.
  func say(_ text: String) {
    if !isQuiet { Self.write(text + "\n", to: .standardError) }
  }

  /// Says what must be heard.
  func warn(_ text: String) {
    Self.write("warning: \(text)\n", to: .standardError)
  }

  /// Says what went wrong.
  func complain(_ text: String) {
    Self.write("error: \(text)\n", to: .standardError)
  }

  /// Prints data.
  func print(_ text: String) {
    Self.write(text + "\n", to: .standardOutput)
  }

  /// Prints diagnostics with their source.
  func show(_ diagnostics: [Diagnostic]) {
    guard !diagnostics.isEmpty else { return }
    let printer = DiagnosticPrinter(style: Self.usesColor ? .colored : .plain)
    Self.write(printer.text(of: diagnostics), to: .standardError)
    let errors = diagnostics.count { $0.severity == .error }
    if errors > 1 { Self.write("\n\(errors) errors\n", to: .standardError) }
  }

  static func write(_ text: String, to handle: FileHandle) {
    do {
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      // A reader that went away, such as `head`, is no reason to complain; a full disk is.
      let isGone = errno == EPIPE || errno == EBADF
      guard handle === FileHandle.standardOutput, !isGone else { return }
      let reason = String(cString: strerror(errno))
      write("error: writing to the standard output failed: \(reason)\n", to: .standardError)
      exit(ExitStatus.inputOutput.rawValue)
    }
  }
}
