/// A reproducible sequence of numbers, and texts of the language made from it.
///
/// Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators.
struct RandomText {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func one<Element>(of choices: [Element]) -> Element { choices[below(choices.count)] }

  /// An expression over the names `a`, `b`, `s` and `V`, parenthesised at random.
  mutating func expression(depth: Int) -> String {
    guard depth > 0, below(6) > 0 else { return leaf() }
    let left = expression(depth: depth - 1)
    let right = expression(depth: depth - 1)
    switch below(9) {
    case 0: return "(\(left))"
    case 1: return "-(\(left))"
    case 2: return "min(\(left), \(right))"
    case 3: return "(if \(left) < \(right) and not \(right) == 0 then \(left) else \(right))"
    case 4: return "(\(left))^\(one(of: ["2", "-3", "a", "(1/2)", "2^a"]))"
    default:
      let symbol = one(of: ["+", "-", "*", "/"])
      // Behind a unit `/ s` has two readings, which is an error.
      let isPlain = symbol != "/" || !right.hasPrefix("s")
      return "\(isPlain ? wrapped(left) : "(\(left))") \(symbol) \(wrapped(right))"
    }
  }

  private mutating func wrapped(_ text: String) -> String { below(3) == 0 ? "(\(text))" : text }

  private mutating func leaf() -> String {
    one(of: [
      "a", "b", "s", "V", "time", "pi", "1", "2.5", "1e-3", "5 mV", "3 /s", "0.5 mg/kg", "4 s",
      "2 uF/cm^2", "50 %", "7 mV^2", "1/min", "exp(a)", "path.to.name",
    ])
  }

  /// The text with some of its bytes changed, removed, repeated, or swapped with other words.
  mutating func damage(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0...below(6) where !bytes.isEmpty {
      let place = below(bytes.count)
      let length = min(1 + below(12), bytes.count - place)
      switch below(6) {
      case 0: bytes.removeSubrange(place..<(place + length))
      case 1: bytes[place] = UInt8(below(256))
      case 2: bytes.insert(contentsOf: bytes[place..<(place + length)], at: below(bytes.count))
      case 3: bytes.insert(contentsOf: Array(word().utf8), at: place)
      case 4: bytes.swapAt(place, below(bytes.count))
      default: bytes.insert(one(of: Array("{}()'=:,+-*/^.\"<>\n 0".utf8)), at: place)
      }
    }
    return bytes
  }

  private mutating func word() -> String {
    one(of: [
      " parameter ", " state ", " scheme {", " if ", " then ", " else ", " instance x : A {", "<->",
      " in ", " ... ", " source ", "model M {", "component A {", " function f(x) = ", " mV",
      " 1e999",
      "event e when ", " rises through ", "neuron N {", "synapse S {", "circuit C {", " noise ",
      " population p : ", " projection q : a -> b.c {", " ~ ", " ~ normal(", " connect random(",
      " receive r : ", " poisson p = ", " presynaptic {", " on spike {", " refractory ",
      " weight = ", " autapses ", "[3]",
      " index ", "route r { into ", "((((((((", "\u{FEFF}", "\r\n", "é",
    ])
  }
}
