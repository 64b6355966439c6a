/// The number in the middle of ascending numbers, or the mean of the two that are; NaN of none.
public func median(ofSorted numbers: [Double]) -> Double {
  guard !numbers.isEmpty else { return .nan }
  let lower = numbers[(numbers.count - 1) / 2]
  let upper = numbers[numbers.count / 2]
  return lower == upper ? lower : lower / 2 + upper / 2
}
