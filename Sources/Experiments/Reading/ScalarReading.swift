import Diagnostics
import Units

/// Reads single values; each reports a problem and gives `nil` when the value does not fit.
extension ProblemList {
  /// A text.
  func text(_ node: YamlNode, _ name: String) -> String? {
    if let text = node.scalar { return text }
    error("\(name) is a text, found \(node.kindInWords)", id: "wrong-type", at: node.range)
    return nil
  }

  /// A name: letters, digits and underscores, not starting with a digit.
  func checkName(_ text: String, _ name: String, at range: SourceRange) -> Bool {
    let isName =
      text.utf8.count <= 64
      && text.unicodeScalars.enumerated().allSatisfy { index, scalar in
        scalar == "_" || (scalar.isASCII && scalar.properties.isAlphabetic)
          || (index > 0 && scalar.isASCII && scalar.properties.numericType != nil)
      } && !text.isEmpty
    if isName { return true }
    error(
      "\(name) has the name `\(shortened(text))`", id: "bad-name", at: range,
      help: "a name has letters, digits and `_`, and does not start with a digit")
    return false
  }

  /// One of some words.
  func word(_ node: YamlNode, _ name: String, among words: [String]) -> String? {
    if let text = node.scalar, words.contains(text) { return text }
    let nearest = node.scalar.flatMap { self.nearest(to: $0, among: words) }
    error(
      "\(name) is one of \(listed(words)), found \(node.kindInWords)", id: "unknown-word",
      at: node.range, help: nearest.map { "did you mean `\($0)`?" })
    return nil
  }

  /// A whole number within a range.
  func integer(_ node: YamlNode, _ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = node.scalar, let value = wholeNumber(text) else {
      error(
        "\(name) is a whole number, found \(node.kindInWords)", id: "wrong-type", at: node.range)
      return nil
    }
    guard range.contains(value) else {
      let limit =
        value < range.lowerBound ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
      error("\(name) is \(value); it has to be \(limit)", id: "out-of-range", at: node.range)
      return nil
    }
    return value
  }

  /// A seed: a whole number from 0 to 2^64 − 1.
  func seed(_ node: YamlNode) -> UInt64? {
    if let seed = node.scalar.flatMap({ UInt64($0) }) { return seed }
    guard let text = node.scalar, let value = wholeNumber(text), value >= 0 else {
      error(
        "`seed` is a whole number from 0 to \(UInt64.max), found \(node.kindInWords)",
        id: "wrong-type", at: node.range)
      return nil
    }
    return UInt64(value)
  }

  /// A number without a unit.
  func number(_ node: YamlNode, _ name: String) -> Double? {
    guard let text = node.scalar, let value = Double(text), value.isFinite else {
      error(
        "\(name) is a number without a unit, found \(node.kindInWords)", id: "wrong-type",
        at: node.range)
      return nil
    }
    return value
  }

  /// A positive number without a unit.
  func positiveNumber(_ node: YamlNode, _ name: String) -> Double? {
    guard let value = number(node, name) else { return nil }
    if value > 0 { return value }
    error(
      "\(name) has to be positive, found \(node.kindInWords)", id: "out-of-range", at: node.range)
    return nil
  }

  /// Yes or no.
  func boolean(_ node: YamlNode, _ name: String) -> Bool? {
    switch node.scalar {
    case "true", "yes": return true
    case "false", "no": return false
    default:
      error(
        "\(name) is `true` or `false`, found \(node.kindInWords)", id: "wrong-type", at: node.range)
      return nil
    }
  }

  /// A quantity of any dimension.
  func quantity(_ node: YamlNode, _ name: String) -> WrittenQuantity? {
    guard let text = node.scalar, !node.isEmpty else {
      error(
        "\(name) is a number with a unit, found \(node.kindInWords)", id: "wrong-type",
        at: node.range)
      return nil
    }
    return WrittenQuantity(text, name: name, range: node.range, problems: self)
  }

  /// A quantity with the dimensions of a unit.
  func quantity(_ node: YamlNode, _ name: String, like unit: PhysicalUnit) -> WrittenQuantity? {
    guard let value = quantity(node, name) else { return nil }
    return check(value, name, like: unit, at: node.range) ? value : nil
  }

  /// A time that is not negative.
  func time(_ node: YamlNode, _ name: String) -> WrittenQuantity? {
    guard let value = quantity(node, name, like: .second) else { return nil }
    if value.value >= 0 { return value }
    error("\(name) is negative: \(value.text)", id: "negative-time", at: node.range)
    return nil
  }

  /// A time longer than nothing.
  func positiveTime(_ node: YamlNode, _ name: String) -> WrittenQuantity? {
    guard let value = time(node, name) else { return nil }
    if value.value > 0 { return value }
    error("\(name) has to be longer than 0", id: "out-of-range", at: node.range)
    return nil
  }

  /// Whether a quantity has the dimensions of a unit; reports both when it does not.
  ///
  /// A bare 0 fits any dimension.
  func check(
    _ value: WrittenQuantity, _ name: String, like unit: PhysicalUnit, at range: SourceRange
  ) -> Bool {
    if value.unit.dimensions == unit.dimensions { return true }
    if value.isBare && value.value == 0 { return true }
    error(
      "\(name) is \(described(unit)), found \(described(value.unit)) (`\(value.text)`)",
      id: "unit-mismatch", at: range,
      help: value.isBare ? "write the unit, as in `\(value.text) \(unit.symbol)`" : nil)
    return false
  }
}

/// A whole number, also in the forms `1e4` and `1_000`.
func wholeNumber(_ text: String) -> Int? {
  let digits = text.replacing("_", with: "")
  if let value = Int(digits) { return value }
  guard let value = Double(digits) else { return nil }
  return Int(exactly: value)
}

/// What a quantity in a unit is, in words.
func described(_ unit: PhysicalUnit) -> String {
  if unit.dimensions.isNone { return "a number without a unit" }
  return unit.dimensions == .time ? "a time" : "a quantity in `\(unit.symbol)`"
}
