/// Something to tell the author of a file.
///
/// The message says what is wrong, notes say why, help says what would be right, and a fix is
/// there only when it is certain. Wording: lower case, no full stop, code in backticks.
public struct Diagnostic: Sendable, Hashable {
  /// How serious it is.
  public enum Severity: String, Sendable, Hashable, CaseIterable {
    case error
    case warning
  }

  /// A stretch of source with a few words to it.
  public struct Label: Sendable, Hashable {
    public var range: SourceRange
    public var text: String

    /// Makes a label.
    public init(_ range: SourceRange, _ text: String) {
      self.range = range
      self.text = text
    }
  }

  /// A sentence that explains, and the place that it speaks of.
  public struct Note: Sendable, Hashable {
    public var text: String
    public var range: SourceRange?

    /// Makes a note; its printed form ends in the position of the range.
    public init(_ text: String, at range: SourceRange? = nil) {
      self.text = text
      self.range = range
    }
  }

  /// A change of the text that is certain to be what was meant.
  public struct Fix: Sendable, Hashable {
    public var range: SourceRange
    public var replacement: String

    /// Makes a fix that replaces a range, which is empty for an insertion.
    public init(_ range: SourceRange, _ replacement: String) {
      self.range = range
      self.replacement = replacement
    }
  }

  public var severity: Severity
  /// A stable name in kebab-case, such as `unknown-unit`.
  public var id: String
  public var message: String
  public var range: SourceRange
  /// What to write beside the caret, or an empty string.
  public var label: String
  public var labels: [Label]
  public var notes: [Note]
  public var help: [String]
  public var fix: Fix?

  /// Makes a diagnostic.
  public init(
    _ severity: Severity = .error, id: String, _ message: String, at range: SourceRange,
    label: String = "", labels: [Label] = [], notes: [Note] = [], help: [String] = [],
    fix: Fix? = nil
  ) {
    self.severity = severity
    self.id = id
    self.message = message
    self.range = range
    self.label = label
    self.labels = labels
    self.notes = notes
    self.help = help
    self.fix = fix
  }
}

extension Diagnostic.Fix {
  /// The fix in words.
  public var summary: String {
    let old = range.text
    if old.isEmpty { return "insert `\(replacement.trimmingSpaces)`" }
    if replacement.isEmpty { return "remove `\(old)`" }
    return "replace `\(old)` with `\(replacement)`"
  }
}

extension String {
  /// The text without spaces at its ends.
  fileprivate var trimmingSpaces: String {
    let front = drop { $0 == " " }
    return String(String(front.reversed().drop { $0 == " " }).reversed())
  }
}

extension [Diagnostic] {
  /// Whether one of the diagnostics is an error.
  public var hasErrors: Bool { contains { $0.severity == .error } }
}
