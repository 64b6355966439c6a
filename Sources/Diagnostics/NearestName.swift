/// The name that was probably meant by an unknown one.
///
/// The nearest by edit distance, which counts insertions, deletions, replacements and swaps of
/// neighbours and may be at most 2, and less than the length of the name. Of equally near names
/// the first wins.
///
/// - Parameters:
///   - name: What was written.
///   - candidates: The names that would be right.
/// - Returns: The nearest name, or `nil` if none is near.
public func nearestName(
  to name: String, among candidates: some Sequence<String>
) -> String? {
  let written = Array(name.utf8)
  guard written.count <= 64 else { return nil }
  let lowercased = name.lowercased()
  var best: (distance: Int, name: String)?
  for candidate in candidates where candidate != name {
    let bytes = Array(candidate.utf8)
    guard abs(bytes.count - written.count) <= 2 else { continue }
    var distance = editDistance(written, bytes)
    if distance > 1, candidate.lowercased() == lowercased { distance = 1 }
    let limit = min(2, max(written.count, bytes.count) - 1)
    if distance <= limit, distance < (best?.distance ?? 3) { best = (distance, candidate) }
  }
  return best?.name
}

/// The restricted Damerau–Levenshtein distance.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    current.reserveCapacity(b.count + 1)
    for j in 0..<b.count {
      var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforePrevious[j - 1] + 1)
      }
      current.append(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.count]
}
