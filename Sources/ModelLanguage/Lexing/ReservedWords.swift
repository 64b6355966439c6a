/// The words that cannot be names.
enum ReservedWords {
  /// Words that begin or join the constructs of the language.
  static let keywords: Set<String> = [
    "import", "component", "model", "function", "parameter", "input", "state", "quantity",
    "output", "scheme", "event", "route", "instance", "if", "then", "else", "and", "or", "not",
    "in", "source", "assumed", "derived", "when", "into", "time", "pi", "neuron", "synapse",
    "circuit", "noise", "poisson", "receive", "refractory", "population", "projection", "connect",
    "presynaptic", "on", "recorded",
  ]

  /// Words that are kept for constructs still to come.
  static let later: Set<String> = ["fast", "slow"]

  /// Words that begin what stands at the top level of a file and has a block.
  static let blocks = ["component", "model", "neuron", "synapse", "circuit"]

  /// Words that begin a declaration, in the order in which they are listed to people.
  static let declarations = [
    "parameter", "input", "state", "quantity", "output", "scheme", "event", "route", "instance",
    "function", "noise", "poisson", "recorded", "receive", "population", "projection",
    "presynaptic", "on",
  ]

  /// Whether a word cannot be a name.
  static func contains(_ word: String) -> Bool { keywords.contains(word) || later.contains(word) }
}
