import Programs

/// Draws different numbers below a count.
struct DistinctDraw {
  private let count: Int
  private var marks: [UInt32]
  private var round: UInt32 = 0

  init(count: Int) {
    self.count = count
    marks = Array(repeating: 0, count: count)
  }

  /// Draws some numbers without repetition.
  mutating func draw(
    _ wanted: Int, _ stream: RandomStream, except excluded: Int?, _ take: (Int) -> Void
  ) {
    guard wanted > 0 else { return }
    if wanted * 2 > count {
      select(wanted, stream, except: excluded, take)
      return
    }
    round += 1
    var found = 0
    var place = 0
    while found < wanted {
      let numbers = stream.uniforms(from: place) * Double(count)
      place += 8
      for lane in 0..<8 where found < wanted {
        let candidate = min(Int(numbers[lane]), count - 1)
        guard candidate != excluded, marks[candidate] != round else { continue }
        marks[candidate] = round
        found += 1
        take(candidate)
      }
    }
  }

  /// Goes through all numbers and takes each with the right chance (Knuth, The Art of Computer
  /// Programming 2, 3.4.2, algorithm S): better where most are taken.
  private func select(
    _ wanted: Int, _ stream: RandomStream, except excluded: Int?, _ take: (Int) -> Void
  ) {
    var needed = wanted
    var left = count - (excluded == nil ? 0 : 1)
    for candidate in 0..<count where candidate != excluded {
      if stream.uniform(candidate) * Double(left) < Double(needed) {
        take(candidate)
        needed -= 1
      }
      left -= 1
      if needed == 0 { return }
    }
  }
}
