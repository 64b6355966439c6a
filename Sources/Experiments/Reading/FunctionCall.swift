import Diagnostics

/// A text of the form `name(argument, …)`, split at its outer commas.
struct FunctionCall {
  struct Argument {
    var text: String
    /// Where it begins in the whole text, in UTF-8 bytes.
    var offset: Int

    /// Its place, when the whole text stands at a range.
    func range(in whole: SourceRange) -> SourceRange {
      part(of: whole, offset: offset, length: text.utf8.count)
    }
  }

  var name: String
  var arguments: [Argument]
  private var nameOffset: Int

  /// Splits a text; `nil` when it has another form.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
      let close = bytes.lastIndex(where: { !isSpace($0) }), bytes[close] == UInt8(ascii: ")")
    else { return nil }
    nameOffset = bytes.firstIndex { !isSpace($0) } ?? 0
    guard nameOffset < open else { return nil }
    let nameBytes = bytes[nameOffset..<open].filter { !isSpace($0) }
    func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    guard let initial = nameBytes.first, !isDigit(initial),
      nameBytes.allSatisfy({
        $0 == UInt8(ascii: "_") || isDigit($0) || ($0 | 32) >= 97 && ($0 | 32) <= 122
      })
    else { return nil }
    name = String(decoding: nameBytes, as: UTF8.self)
    var depth = 0
    var starts = [open + 1]
    for index in open...close {
      switch bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        depth -= 1
        // The bracket of the name has to close at the very end.
        if depth == 0 && index != close { return nil }
      case UInt8(ascii: ",") where depth == 1: starts.append(index + 1)
      default: break
      }
    }
    guard depth == 0 else { return nil }
    let ends = starts.dropFirst().map { $0 - 1 } + [close]
    arguments = zip(starts, ends).map { start, end in
      let first = bytes[start..<end].firstIndex { !isSpace($0) } ?? end
      let last = bytes[first..<end].lastIndex { !isSpace($0) }.map { $0 + 1 } ?? first
      return Argument(text: String(decoding: bytes[first..<last], as: UTF8.self), offset: first)
    }
    if arguments.count == 1 && arguments[0].text.isEmpty { arguments = [] }
  }

  /// The place of the name, when the whole text stands at a range.
  func nameRange(in whole: SourceRange) -> SourceRange {
    part(of: whole, offset: nameOffset, length: name.utf8.count)
  }
}

/// A part of a scalar; the whole of it where the file writes the text in another form, such as
/// with escapes or over several lines.
func part(of whole: SourceRange, offset: Int, length: Int) -> SourceRange {
  var start = whole.lowerBound
  let bytes = whole.file.bytes
  if start < bytes.count, bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
    start += 1
  }
  guard start + offset + length <= whole.upperBound else { return whole }
  return SourceRange(
    file: whole.file, lowerBound: start + offset, upperBound: start + offset + length)
}
