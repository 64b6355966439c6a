extension SyntaxPrinter {
  /// A setting of a population or a projection.
  func text(of setting: SettingSyntax) -> String {
    "\(setting.path.text) \(text(of: setting.value))\(suffix(setting.provenance))"
  }

  /// `= value` or `~ law`.
  private func text(of value: SettingValueSyntax) -> String {
    switch value {
    case .formula(let formula): return "= \(text(of: formula))"
    case .law(let law):
      let arguments = law.arguments.map { text(of: $0) }.joined(separator: ", ")
      return "~ \(law.name.text)(\(arguments))"
    }
  }

  /// A projection with its block.
  func text(of projection: ProjectionSyntax) -> String {
    var head = "projection \(projection.name.text) : \(projection.source.text) -> "
    head += projection.target.text
    if let synapse = projection.synapse { head += " : \(synapse.text)" }
    var lines: [String] = []
    if let rule = projection.rule { lines.append("connect \(text(of: rule))") }
    if projection.autapses != nil { lines.append("autapses") }
    if let weight = projection.weight { lines.append("weight \(text(of: weight))") }
    if let delay = projection.delay { lines.append("delay \(text(of: delay))") }
    if let total = projection.total { lines.append("total \(total.text)") }
    return block(head, lines + projection.settings.map { text(of: $0) })
  }

  private func text(of rule: ConnectionRuleSyntax) -> String {
    guard !rule.arguments.isEmpty else { return rule.name.text }
    let arguments = rule.arguments.map { argument in
      switch argument {
      case .expression(let value): text(of: value)
      case .string(let text, _): quoted(text)
      }
    }
    return "\(rule.name.text)(\(arguments.joined(separator: ", ")))"
  }
}
