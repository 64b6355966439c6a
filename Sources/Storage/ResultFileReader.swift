import CHDF5
import Foundation

/// Reads a result file.
///
/// Files come from anywhere: sizes are checked before anything is allocated, and what does not fit
/// is an error.
public final class ResultFileReader {
  let path: String
  private let file: HDF5Object
  /// The runs whose samples are kept, once they have been read.
  private var sampledRuns: SampledRuns?
  /// More numbers than this are not read at once.
  private static let largestCount = 1 << 31

  /// Opens a file.
  ///
  /// - Throws: `StorageFailure` if it cannot be opened or is no result.
  public init(path: String) throws(StorageFailure) {
    h5_be_quiet()
    guard Foundation.access(path, R_OK) == 0 else {
      throw .refused(operation: "reading", path: path, reason: String(cString: strerror(errno)))
    }
    guard H5Fis_hdf5(path) > 0,
      let file = HDF5Object(H5Fopen(path, h5_read_only(), h5_default()), H5Fclose)
    else { throw .notReadable(path: path) }
    self.path = path
    self.file = file
    guard exists("status"), exists("provenance") else {
      throw .notResult(path: path, missing: "status of runs")
    }
  }

  private func exists(_ name: String, in parent: HDF5Object? = nil) -> Bool {
    H5Lexists((parent ?? file).id, name, h5_default()) > 0
  }

  /// A fact about the whole, such as `title`.
  public func attribute(_ name: String) -> String? { file.attribute(name) }

  /// The names of everything at the top: axes and variables, as they were created.
  public var names: [String] { file.linkNames }

  /// The shape of a variable, or `nil` if there is none of that name.
  public func shape(of name: String) -> [Int]? {
    guard let dataset = dataset(name, in: file) else { return nil }
    return dataset.shape
  }

  /// All numbers of a variable, row by row.
  ///
  /// - Throws: `StorageFailure` if there is no such variable, or it holds no numbers.
  public func numbers(_ name: String) throws(StorageFailure) -> [Double] {
    guard let dataset = dataset(name, in: file) else {
      throw .notResult(path: path, missing: "`\(name)`")
    }
    return try numbers(of: dataset, name)
  }

  /// What each run is told apart by; empty in a file that does not say.
  ///
  /// - Throws: `StorageFailure` if the file is damaged.
  public func identities() throws(StorageFailure) -> [UInt64] {
    guard let dataset = dataset("run_identity", in: file) else { return [] }
    var values = [UInt64](repeating: 0, count: try count(of: dataset))
    guard
      H5Dread(dataset.id, h5_native_uint64(), h5_all(), h5_all(), h5_default(), &values) >= 0
    else { throw .notReadable(path: path) }
    return values
  }

  /// What is known of each run beside its numbers; reasons and last states are left out.
  ///
  /// - Parameter identities: What each run is told apart by.
  /// - Returns: A record for each run.
  /// - Throws: `StorageFailure` if the file is damaged.
  public func records(_ identities: [UInt64]) throws(StorageFailure) -> [RunRecord] {
    let status = try numbers("status")
    let verdict = shape(of: "verdict") == nil ? [] : try numbers("verdict")
    let accepted = try numbers("accepted_steps")
    let rejected = try numbers("rejected_steps")
    // Only where runs may change their method.
    func changes(_ name: String) throws(StorageFailure) -> [Double] {
      shape(of: name) == nil ? Array(repeating: 0, count: status.count) : try numbers(name)
    }
    let stiff = try changes("stiff_steps")
    let switches = try changes("method_switches")
    guard [accepted, rejected, stiff, switches].allSatisfy({ $0.count == status.count }),
      identities.count == status.count,
      verdict.isEmpty || verdict.count == status.count
    else { throw .notReadable(path: path) }
    var records: [RunRecord] = []
    for run in status.indices {
      guard let code = Int8(exactly: status[run]), let known = RunRecord.Status(rawValue: code),
        let verdict = verdict.isEmpty ? -1 : Int8(exactly: verdict[run]),
        let accepted = Int64(exactly: accepted[run]),
        let rejected = Int64(exactly: rejected[run]),
        let stiff = Int64(exactly: stiff[run]), let switches = Int64(exactly: switches[run])
      else { throw .notReadable(path: path) }
      records.append(
        RunRecord(
          status: known, verdict: verdict, acceptedSteps: accepted, rejectedSteps: rejected,
          stiffSteps: stiff, switches: switches, identity: identities[run]))
    }
    return records
  }

  /// The numbers of consecutive runs as they stand in the file, run after run.
  ///
  /// - Parameters:
  ///   - name: The variable.
  ///   - runs: Flat indices, the last axis of runs running fastest.
  ///   - inner: The shape of what belongs to one run.
  /// - Returns: In the unit of the variable.
  /// - Throws: `StorageFailure` if there is no such variable, or it has another shape.
  func numbers(
    _ name: String, of runs: Range<Int>, inner: [Int]
  ) throws(StorageFailure) -> [Double] {
    guard let runShape = shape(of: "status") else { throw .notReadable(path: path) }
    return try numbers(name, of: runs, in: runShape, inner: inner)
  }

  /// The samples of consecutive runs as they stand in the file, of those whose samples are kept.
  ///
  /// - Parameters:
  ///   - name: The variable.
  ///   - runs: Flat indices, the last axis of runs running fastest.
  ///   - inner: The shape of what belongs to one run.
  /// - Returns: In the unit of the variable.
  /// - Throws: `StorageFailure` if there is no such variable, or it has another shape.
  func samples(
    _ name: String, of runs: Range<Int>, inner: [Int]
  ) throws(StorageFailure) -> [Double] {
    guard shape(of: ResultLayout.sampledRunAxis) != nil else {
      return try numbers(name, of: runs, inner: inner)
    }
    let sampled = try readSampledRuns()
    let places = sampled.places(of: runs)
    if places.isEmpty { return [] }
    return try numbers(name, of: places, in: [sampled.chosen?.count ?? 0], inner: inner)
  }

  private func readSampledRuns() throws(StorageFailure) -> SampledRuns {
    if let sampledRuns { return sampledRuns }
    let chosen = try numbers(ResultLayout.sampledRunAxis).map { Int(exactly: $0) ?? -1 }
    guard zip(chosen, chosen.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw .notReadable(path: path)
    }
    let sampled = SampledRuns(chosen: chosen)
    sampledRuns = sampled
    return sampled
  }

  private func numbers(
    _ name: String, of runs: Range<Int>, in runShape: [Int], inner: [Int]
  ) throws(StorageFailure) -> [Double] {
    guard let dataset = dataset(name, in: file), dataset.shape == runShape + inner,
      let type = HDF5Object(H5Dget_type(dataset.id), H5Tclose),
      H5Tget_class(type.id) == H5T_FLOAT
    else { throw .notResult(path: path, missing: "`\(name)` of its runs") }
    guard let values = dataset.numbers(of: runs, in: runShape, inner: inner) else {
      throw .notReadable(path: path)
    }
    return values
  }

  /// Gives the spikes of a population in one run as they stand in the file, stretch by stretch.
  ///
  /// A run that has no group for them has none.
  ///
  /// - Throws: `StorageFailure` if they are damaged, and what the body throws.
  func forEachStretchOfSpikes(
    of population: String, run: Int,
    _ body: ([Double], [UInt32]) throws(StorageFailure) -> Void
  ) throws(StorageFailure) {
    guard let group = recordings(ofRun: run)?.group("spikes")?.group(population) else { return }
    guard let timestamps = group.dataset("timestamps"), let nodes = group.dataset("node_ids"),
      let length = timestamps.shape, length.count == 1, nodes.shape == length
    else { throw .notResult(path: path, missing: "spikes of `\(population)`") }
    let width = 1 << 16
    for first in stride(from: 0, to: length[0], by: width) {
      let count = min(width, length[0] - first)
      var times = [Double](repeating: .nan, count: count)
      var cells = [UInt32](repeating: 0, count: count)
      guard Self.read(timestamps, first, h5_native_double(), &times),
        Self.read(nodes, first, h5_native_uint32(), &cells)
      else { throw .notReadable(path: path) }
      try body(times, cells)
    }
  }

  /// Gives the connections of a projection in one run as they stand in the file, stretch by stretch.
  ///
  /// - Throws: `StorageFailure` if they are damaged, and what the body throws.
  func forEachStretchOfConnections(
    of projection: String, run: Int,
    _ body: (_ sources: [UInt32], _ targets: [UInt32], _ weights: [Double])
      throws(StorageFailure) -> Void
  ) throws(StorageFailure) {
    guard let group = recordings(ofRun: run)?.group("edges")?.group(projection) else { return }
    guard let sources = group.dataset("source_node_id"),
      let targets = group.dataset("target_node_id"), let weights = group.dataset("weight"),
      let length = weights.shape, length.count == 1, sources.shape == length,
      targets.shape == length
    else { throw .notResult(path: path, missing: "connections of `\(projection)`") }
    let width = 1 << 16
    for first in stride(from: 0, to: length[0], by: width) {
      let count = min(width, length[0] - first)
      var cells = [[UInt32](repeating: 0, count: count), [UInt32](repeating: 0, count: count)]
      var numbers = [Double](repeating: .nan, count: count)
      guard Self.read(sources, first, h5_native_uint32(), &cells[0]),
        Self.read(targets, first, h5_native_uint32(), &cells[1]),
        Self.read(weights, first, h5_native_double(), &numbers)
      else { throw .notReadable(path: path) }
      try body(cells[0], cells[1], numbers)
    }
  }

  /// The group that has the lists of a run: the file itself where there is a single run.
  private func recordings(ofRun run: Int) -> HDF5Object? {
    (shape(of: "status") ?? []).allSatisfy { $0 == 1 }
      ? file : file.group("runs")?.group("\(run)")
  }

  private static func read<Number: BitwiseCopyable>(
    _ dataset: HDF5Object, _ first: Int, _ type: hid_t, _ values: inout [Number]
  ) -> Bool {
    let start = [hsize_t(first)]
    let length = [hsize_t(values.count)]
    guard let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose),
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, length, nil) >= 0,
      let memory = HDF5Object(H5Screate_simple(1, length, nil), H5Sclose)
    else { return false }
    return values.withUnsafeMutableBytes {
      H5Dread(dataset.id, type, memory.id, space.id, h5_default(), $0.baseAddress) >= 0
    }
  }

  /// The texts of a variable.
  ///
  /// - Throws: `StorageFailure` if there is no such variable, or it holds no texts.
  public func texts(_ name: String) throws(StorageFailure) -> [String] {
    guard let dataset = dataset(name, in: file) else {
      throw .notResult(path: path, missing: "`\(name)`")
    }
    return try texts(of: dataset, name)
  }

  /// The unit, the long name and the names of flags of a variable.
  public func description(
    of name: String
  ) -> (unit: String, longName: String, meanings: [String]) {
    guard let dataset = dataset(name, in: file) else { return ("", "", []) }
    let meanings = dataset.attribute("flag_meanings")?.split(separator: " ").map(String.init)
    return (
      dataset.attribute("units") ?? "", dataset.attribute("long_name") ?? "", meanings ?? []
    )
  }

  /// How many runs ended in which way, and why the failed ones did.
  ///
  /// - Throws: `StorageFailure` if the file is damaged.
  public func status() throws(StorageFailure) -> RunCounts {
    let statuses = try numbers("status")
    let reasons = try texts("failure_reason")
    var counts = RunCounts()
    for (run, value) in statuses.enumerated() {
      guard let known = Int8(exactly: value).flatMap({ RunRecord.Status(rawValue: $0) }) else {
        throw .notReadable(path: path)
      }
      switch known {
      case .done: counts.done += 1
      case .failed:
        counts.failed += 1
        if counts.failures.count < 1000, run < reasons.count {
          counts.failures.append((run, reasons[run]))
        }
      case .notRun: counts.notRun += 1
      }
    }
    return counts
  }

  /// What the result follows from.
  ///
  /// - Throws: `StorageFailure` if the file does not say.
  public func provenance() throws(StorageFailure) -> ResultProvenance {
    guard let group = HDF5Object(H5Gopen2(file.id, "provenance", h5_default()), H5Gclose),
      let experiment = dataset("experiment", in: group)
    else { throw .notResult(path: path, missing: "provenance") }
    let text = try texts(of: experiment, "experiment").first ?? ""
    return ResultProvenance(
      experiment: text, experimentPath: group.attribute("experiment_path") ?? "experiment.yaml",
      models: try numberedTexts("models", in: group),
      tables: try numberedTexts("tables", in: group), parameters: [], facts: [:])
  }

  private func numberedTexts(
    _ name: String, in parent: HDF5Object
  ) throws(StorageFailure) -> [ResultProvenance.Text] {
    guard let group = HDF5Object(H5Gopen2(parent.id, name, h5_default()), H5Gclose) else {
      throw .notResult(path: path, missing: name)
    }
    var result: [ResultProvenance.Text] = []
    while result.count < 10_000 {
      let digits = String(result.count)
      let key = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      guard exists(key, in: group), let dataset = dataset(key, in: group) else { break }
      result.append(
        ResultProvenance.Text(
          path: dataset.attribute("path") ?? "", text: try texts(of: dataset, key).first ?? ""))
    }
    return result
  }

  // MARK: Datasets

  private func dataset(_ name: String, in parent: HDF5Object) -> HDF5Object? {
    guard exists(name, in: parent) else { return nil }
    return HDF5Object(H5Dopen2(parent.id, name, h5_default()), H5Dclose)
  }

  private func count(of dataset: HDF5Object) throws(StorageFailure) -> Int {
    guard let shape = dataset.shape else { throw .notReadable(path: path) }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Self.largestCount else { throw .notReadable(path: path) }
      count = product
    }
    return count
  }

  private func numbers(
    of dataset: HDF5Object, _ name: String
  ) throws(StorageFailure) -> [Double] {
    guard let type = HDF5Object(H5Dget_type(dataset.id), H5Tclose),
      [H5T_FLOAT, H5T_INTEGER].contains(H5Tget_class(type.id))
    else { throw .notResult(path: path, missing: "numbers in `\(name)`") }
    var values = [Double](repeating: .nan, count: try count(of: dataset))
    guard
      H5Dread(dataset.id, h5_native_double(), h5_all(), h5_all(), h5_default(), &values) >= 0
    else { throw .notReadable(path: path) }
    return values
  }

  private func texts(
    of dataset: HDF5Object, _ name: String
  ) throws(StorageFailure) -> [String] {
    guard let stored = HDF5Object(H5Dget_type(dataset.id), H5Tclose),
      H5Tget_class(stored.id) == H5T_STRING, H5Tis_variable_str(stored.id) > 0,
      let type = HDF5Object.anyString(), let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose)
    else { throw .notResult(path: path, missing: "texts in `\(name)`") }
    let count = try count(of: dataset)
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    guard H5Dread(dataset.id, type.id, h5_all(), h5_all(), h5_default(), &pointers) >= 0 else {
      throw .notReadable(path: path)
    }
    defer { H5Dvlen_reclaim(type.id, space.id, h5_default(), &pointers) }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }
}

/// How many runs ended in which way.
public struct RunCounts: Sendable {
  public var done = 0
  public var failed = 0
  public var notRun = 0
  /// The failed runs, at most a thousand, with their reasons.
  public var failures: [(run: Int, reason: String)] = []

  /// How many runs there are.
  public var total: Int { done + failed + notRun }
}
