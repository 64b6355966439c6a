import Diagnostics

/// Reads which axes of a sweep vary together, as `correlation` or `covariance`.
struct CorrelationReader {
  let problems: ProblemList

  /// What a file says, before the axes are known.
  struct Written {
    var key: String
    var node: YamlNode
    var names: [YamlNode]
    /// Symmetric, with a diagonal of ones.
    var correlations: [[Double]]
    /// The standard deviations of a covariance matrix, by path; empty for correlations.
    var deviations: [String: Double]
  }

  static let keys = ["parameters", "matrix"]

  /// `correlation`: pairs with their correlation, or parameters and a matrix.
  func correlation(_ node: YamlNode) -> Written? {
    guard let elements = node.elements else {
      guard node.entries != nil, let (names, matrix) = table(node, "correlation") else {
        if node.entries == nil {
          problems.error(
            "`correlation` is a list of pairs, found \(node.kindInWords)", id: "wrong-type",
            at: node.range, help: "write `[[first, second, 0.5]]`")
        }
        return nil
      }
      for (row, values) in matrix.enumerated() where values[row].value != 1 {
        problems.error(
          "the correlation of `\(names[row].scalar ?? "")` with itself is 1, found "
            + values[row].node.kindInWords, id: "out-of-range", at: values[row].node.range,
          help: "for variances on the diagonal, write `covariance`")
        return nil
      }
      for value in matrix.joined() where !isPossible(value.value, at: value.node) { return nil }
      return Written(
        key: "correlation", node: node, names: names,
        correlations: matrix.map { $0.map(\.value) }, deviations: [:])
    }
    return pairs(elements, node)
  }

  /// `covariance`: parameters and the matrix of their variances and covariances.
  func covariance(_ node: YamlNode) -> Written? {
    guard let (names, matrix) = table(node, "covariance") else { return nil }
    var deviations: [String: Double] = [:]
    for (row, values) in matrix.enumerated() {
      guard values[row].value > 0 else {
        problems.error(
          "the variance of `\(names[row].scalar ?? "")` has to be positive, found "
            + values[row].node.kindInWords, id: "out-of-range", at: values[row].node.range)
        return nil
      }
      deviations[names[row].scalar ?? ""] = values[row].value.squareRoot()
    }
    let correlations = matrix.indices.map { row in
      matrix.indices.map { column in
        row == column
          ? 1
          : matrix[row][column].value
            / (matrix[row][row].value * matrix[column][column].value).squareRoot()
      }
    }
    return Written(
      key: "covariance", node: node, names: names, correlations: correlations,
      deviations: deviations)
  }

  /// The correlation of axes that have been read; reports what does not fit them.
  func correlation(_ written: Written, of axes: [SweepAxis]) -> Correlation? {
    var indices: [Int] = []
    for name in written.names {
      let path = name.scalar ?? ""
      guard let index = axes.firstIndex(where: { $0.path == path }) else {
        let nearest = problems.nearest(to: path, among: axes.map(\.path))
        problems.error(
          "the sweep does not vary `\(shortened(path))`", id: "unknown-parameter", at: name.range,
          help: nearest.map { "did you mean `\($0)`?" }
            ?? "it varies \(listed(axes.map(\.path)))")
        return nil
      }
      indices.append(index)
    }
    guard let factor = Correlation.factor(of: written.correlations) else {
      let part = Correlation.possiblePart(of: written.correlations)
      problems.error(
        "no quantities are related like this: the matrix is not positive definite",
        id: "not-positive-definite", at: written.node.range,
        notes: [
          ("what is close to one thing and to another cannot be far between the two", nil)
        ],
        help: "it becomes possible with every correlation multiplied by \(part) or less")
      return nil
    }
    return Correlation(
      axes: indices, factor: factor, key: written.key, written: written.node.plain)
  }

  /// Pairs of parameters with their correlation.
  private func pairs(_ elements: [YamlNode], _ node: YamlNode) -> Written? {
    var names: [YamlNode] = []
    var pairs: [(first: Int, second: Int, value: Double)] = []
    func index(_ name: YamlNode) -> Int {
      if let index = names.firstIndex(where: { $0.scalar == name.scalar }) { return index }
      names.append(name)
      return names.count - 1
    }
    for element in elements {
      guard let parts = element.elements, parts.count == 3,
        problems.text(parts[0], "a parameter") != nil,
        problems.text(parts[1], "a parameter") != nil
      else {
        problems.error(
          "a correlation is two parameters and a number, found \(element.kindInWords)",
          id: "wrong-type", at: element.range, help: "write `[first, second, 0.5]`")
        return nil
      }
      guard let value = problems.number(parts[2], "a correlation"),
        isPossible(value, at: parts[2])
      else { return nil }
      let (first, second) = (index(parts[0]), index(parts[1]))
      guard first != second,
        !pairs.contains(where: { Set([$0.first, $0.second]) == Set([first, second]) })
      else {
        problems.error(
          first == second
            ? "a parameter is not correlated with itself" : "this pair is there twice",
          id: "duplicate-name", at: element.range, help: "leave it out")
        return nil
      }
      pairs.append((first, second, value))
    }
    guard !pairs.isEmpty else {
      problems.error(
        "`correlation` is empty", id: "wrong-arguments", at: node.range, help: "leave it out")
      return nil
    }
    var matrix = names.indices.map { row in names.indices.map { $0 == row ? 1.0 : 0 } }
    for pair in pairs {
      matrix[pair.first][pair.second] = pair.value
      matrix[pair.second][pair.first] = pair.value
    }
    return Written(
      key: "correlation", node: node, names: names, correlations: matrix, deviations: [:])
  }

  private typealias Cell = (value: Double, node: YamlNode)

  /// Parameters and a symmetric matrix with a row for each.
  private func table(_ node: YamlNode, _ key: String) -> (names: [YamlNode], matrix: [[Cell]])? {
    guard
      let table = TableReader(node, name: "`\(key)`", keys: Self.keys, problems: problems),
      let namesNode = table.required("parameters", help: "name them in the order of the rows"),
      let matrixNode = table.required("matrix", help: "for example `[[1, 0.5], [0.5, 1]]`")
    else { return nil }
    guard let names = namesNode.elements, names.count >= 2,
      names.allSatisfy({ $0.scalar != nil })
    else {
      problems.error(
        "`parameters` is a list of at least two paths, found \(namesNode.kindInWords)",
        id: "wrong-type", at: namesNode.range)
      return nil
    }
    for (index, name) in names.enumerated()
    where names.prefix(index).contains(where: { $0.scalar == name.scalar }) {
      problems.error(
        "`\(name.scalar ?? "")` is there twice", id: "duplicate-name", at: name.range)
      return nil
    }
    let rows = matrixNode.elements ?? []
    guard rows.count == names.count, rows.allSatisfy({ $0.elements?.count == names.count }) else {
      problems.error(
        "`matrix` has \(names.count) rows of \(names.count) numbers, one for each parameter",
        id: "wrong-arguments", at: matrixNode.range)
      return nil
    }
    var matrix: [[Cell]] = []
    for row in rows {
      let cells = (row.elements ?? []).compactMap { cell in
        problems.number(cell, "an entry of the matrix").map { Cell($0, cell) }
      }
      guard cells.count == names.count else { return nil }
      matrix.append(cells)
    }
    for row in matrix.indices {
      for column in 0..<row where matrix[row][column].value != matrix[column][row].value {
        problems.error(
          "the matrix is not symmetric: row \(row + 1) has \(matrix[row][column].value) where row "
            + "\(column + 1) has \(matrix[column][row].value)", id: "not-symmetric",
          at: matrix[row][column].node.range, help: "write the same number in both places")
        return nil
      }
    }
    return (names, matrix)
  }

  private func isPossible(_ value: Double, at node: YamlNode) -> Bool {
    if abs(value) <= 1 { return true }
    problems.error(
      "a correlation lies between -1 and 1, found \(node.kindInWords)", id: "out-of-range",
      at: node.range)
    return false
  }
}
