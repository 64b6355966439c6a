/// Writes diagnostics as text for people, in the layout of compilers.
///
///     models/cell.model:13:13: error: unknown unit `mv` [unknown-unit]
///     12 |   C_m = 1 uF/cm^2
///     13 |   E_K = -77 mv
///        |             ^~
///        = fix: replace `mv` with `mV`
///
/// Long lines are cut around the caret, and characters that could disturb a terminal are
/// replaced.
public struct DiagnosticPrinter: Sendable {
  /// Whether roles are shown by colour, or by the layout alone.
  public enum Style: Sendable, Hashable {
    case plain
    case colored
  }

  private let style: Style

  /// Makes a printer.
  public init(style: Style = .plain) {
    self.style = style
  }

  /// One diagnostic, with a line break at its end.
  public func text(of diagnostic: Diagnostic) -> String {
    var text = ""
    for line in DiagnosticLayout(diagnostic).lines {
      for span in line { text += decorated(span) }
      text += "\n"
    }
    return text
  }

  /// Several diagnostics with an empty line between them.
  public func text(of diagnostics: [Diagnostic]) -> String {
    diagnostics.map { text(of: $0) }.joined(separator: "\n")
  }

  private func decorated(_ span: DiagnosticLayout.Span) -> String {
    guard style == .colored, let code = code(for: span.role) else { return span.text }
    return "\u{1B}[\(code)m\(span.text)\u{1B}[0m"
  }

  private func code(for role: DiagnosticLayout.Role) -> String? {
    switch role {
    case .plain: nil
    case .location: "1"
    case .error, .caret: "1;31"
    case .warning: "1;33"
    case .identifier: "2"
    case .gutter, .secondary: "34"
    case .advice: "36"
    }
  }
}
