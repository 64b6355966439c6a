import CHDF5
import Datasets
import Foundation

/// Writes a result file as runs finish.
///
/// The file is netCDF-4: every axis is a dimension scale, so that xarray opens it by itself. It is
/// written beside its destination under a temporary name, and renamed by `commit`; until then the
/// destination is not touched. To be used by one thread at a time.
///
/// The same runs give the same bytes in whatever order they are written: arrays have their places from
/// the beginning, spikes and what is compressed are put in order at the end, and no object has a time.
public final class ResultFileWriter {
  private let path: String
  let temporaryPath: String
  private let mayReplace: Bool
  let layout: ResultLayout
  let shape: [Int]
  /// The shape of what is sampled, without that of one run.
  let sampledShape: [Int]
  private(set) var file: HDF5Object?
  var scales: [String: HDF5Object] = [:]
  var variables: [HDF5Object] = []
  /// Where what is sampled is written to, in the order of the layout.
  var sampledDatasets: [HDF5Object] { scratch?.datasets ?? variables }
  /// What is compressed has no place until it is known how long it is; it waits here.
  var scratch: CompressedSamples?
  var reductions: [HDF5Object] = []
  /// What there is for every run beside its numbers.
  var runs: RunDatasets?
  private var columns: RunColumns
  let failures: FailureLog
  /// Spikes and connections so far; they are put in order at the end.
  let lists: RunSpool
  private var isWritten: [Bool]
  /// The same file once more, to hurry what has been written to the disk.
  private var descriptor: CInt = -1
  private var bytesSinceHurry = 0
  private var buffer: [Double] = []
  private let timeCount: Int

  /// Creates the file under its temporary name, with everything but the runs.
  ///
  /// - Parameters:
  ///   - path: Where the file will be.
  ///   - layout: What it holds.
  ///   - mayReplace: Whether an existing file may be replaced.
  /// - Throws: `StorageFailure` if the destination cannot be written to.
  public init(path: String, layout: ResultLayout, mayReplace: Bool) throws(StorageFailure) {
    h5_be_quiet()
    try Self.checkDestination(path, mayReplace: mayReplace)
    self.path = path
    self.mayReplace = mayReplace
    self.layout = layout
    temporaryPath = "\(path).tmp-\(getpid())"
    shape = layout.runAxes.map(\.count)
    sampledShape = layout.sampled.chosen.map { [$0.count] } ?? shape
    timeCount = layout.time?.count ?? 0
    isWritten = Array(repeating: false, count: layout.runCount)
    columns = RunColumns(runCount: layout.runCount)
    failures = FailureLog(path: temporaryPath + ".failures")
    lists = RunSpool(path: temporaryPath + ".lists")
    unlink(temporaryPath)
    guard let access = HDF5Object(H5Pcreate(h5_file_access()), H5Pclose),
      let creation = HDF5Object(H5Pcreate(h5_file_creation()), H5Pclose)
    else { throw .failed(operation: "creating", path: temporaryPath) }
    H5Pset_libver_bounds(access.id, H5F_LIBVER_V18, H5F_LIBVER_V110)
    H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG)
    // On a full disk, what waits in the library's own buffer would stand in the way of reading back.
    H5Pset_sieve_buf_size(access.id, 0)
    H5Pset_link_creation_order(creation.id, h5_creation_order())
    H5Pset_attr_creation_order(creation.id, h5_creation_order())
    H5Pset_obj_track_times(creation.id, false)
    errno = 0
    file = HDF5Object(
      H5Fcreate(temporaryPath, h5_exclusive(), creation.id, access.id), H5Fclose)
    guard file != nil else {
      throw .refused(
        operation: "creating", path: temporaryPath, reason: String(cString: strerror(errno)))
    }
    // A compiler that is started meanwhile would hold the file's lock beyond its end.
    if let file { _ = fcntl(h5_descriptor(file.id), F_SETFD, FD_CLOEXEC) }
    descriptor = open(temporaryPath, O_WRONLY | O_CLOEXEC)
    do throws(StorageFailure) {
      try writeFrame()
    } catch {
      abandon()
      throw error
    }
  }

  deinit { if file != nil { abandon() } }

  /// Whether a result may be written there.
  ///
  /// - Throws: `StorageFailure` that says why not.
  public static func checkDestination(
    _ path: String, mayReplace: Bool
  ) throws(StorageFailure) {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .isFolder(path: path) }
      if !mayReplace { throw .exists(path: path) }
    }
    let folder = (path as NSString).deletingLastPathComponent
    let place = folder.isEmpty ? "." : folder
    guard stat(place, &status) == 0 else { throw .noFolder(path: path) }
    guard access(place, W_OK) == 0 else {
      throw .refused(
        operation: "writing", path: path, reason: String(cString: strerror(errno)))
    }
  }

  // MARK: Runs

  /// Writes one variable of consecutive runs.
  ///
  /// - Parameters:
  ///   - variable: The index of the variable.
  ///   - firstRun: The flat index of the first run, the last axis running fastest.
  ///   - values: SI values, run after run, each over all sample times and, for each time, over all
  ///     cells; only of runs whose samples are kept.
  ///   - areInUnits: Whether the values are in the unit of the variable instead.
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func writeSamples(
    of variable: Int, firstRun: Int, _ values: UnsafeBufferPointer<Double>, areInUnits: Bool = false
  ) throws(StorageFailure) {
    h5_be_quiet()
    guard timeCount > 0 else { return }
    let inner = inner(of: layout.variables[variable])
    let size = inner.reduce(1, *)
    guard size > 0 else { return }
    try write(
      values, scale: areInUnits ? 1 : layout.variables[variable].scale,
      into: sampledDatasets[variable],
      firstRun: layout.sampled.places(of: firstRun..<firstRun).lowerBound,
      count: values.count / size, in: sampledShape, inner: inner)
  }

  /// The samples of consecutive runs that have been written, of those whose samples are kept.
  ///
  /// - Parameters:
  ///   - variable: The index of the variable.
  ///   - runs: Flat indices, the last axis running fastest.
  /// - Returns: In the unit of the variable, and as exact as the file has them.
  /// - Throws: `StorageFailure` if they cannot be read back.
  public func writtenSamples(
    of variable: Int, runs: Range<Int>
  ) throws(StorageFailure) -> [Double] {
    h5_be_quiet()
    guard variable < sampledDatasets.count,
      let values = sampledDatasets[variable].numbers(
        of: layout.sampled.places(of: runs), in: sampledShape,
        inner: inner(of: layout.variables[variable]))
    else { throw .failed(operation: "reading", path: temporaryPath) }
    return values
  }

  /// The shape of one run of a sampled quantity.
  func inner(of quantity: ResultLayout.Quantity) -> [Int] {
    [timeCount] + (quantity.cells.map { [$0.count] } ?? [])
  }

  /// Writes one reduction of consecutive runs, in SI units.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func writeReduction(
    _ reduction: Int, firstRun: Int, _ values: UnsafeBufferPointer<Double>
  ) throws(StorageFailure) {
    h5_be_quiet()
    try write(
      values, scale: layout.reductions[reduction].scale, into: reductions[reduction],
      firstRun: firstRun, count: values.count, in: shape, inner: [])
  }

  /// Copies consecutive runs of another result as they stand there, without a change of units.
  ///
  /// - Parameters:
  ///   - places: Their flat indices there.
  ///   - earlier: The other result, whose variables and reductions are those of this one.
  ///   - first: The flat index of the first here.
  /// - Returns: The reductions in their units, `[reduction][run]`.
  /// - Throws: `StorageFailure` if the other result has other variables, or the disk is full.
  public func copy(
    _ places: Range<Int>, of earlier: ResultFileReader, to first: Int
  ) throws(StorageFailure) -> [[Double]] {
    h5_be_quiet()
    func put(
      _ values: [Double], into dataset: HDF5Object, _ runs: Range<Int>, in shape: [Int],
      inner: [Int]
    ) throws(StorageFailure) {
      try values.withUnsafeBufferPointer { values throws(StorageFailure) in
        try write(
          values, scale: 1, into: dataset, firstRun: runs.lowerBound, count: runs.count,
          in: shape, inner: inner)
      }
    }
    let runs = first..<first + places.count
    let sampled = layout.sampled.places(of: runs)
    for (quantity, dataset) in zip(layout.variables, sampledDatasets) {
      let inner = inner(of: quantity)
      if inner.contains(0) || sampled.isEmpty { continue }
      let values = try earlier.samples(quantity.name, of: places, inner: inner)
      guard values.count == sampled.count * inner.reduce(1, *) else {
        throw .notResult(path: earlier.path, missing: "`\(quantity.name)` of its runs")
      }
      try put(values, into: dataset, sampled, in: sampledShape, inner: inner)
    }
    var found: [[Double]] = []
    for (quantity, dataset) in zip(layout.reductions, reductions) {
      let values = try earlier.numbers(quantity.name, of: places, inner: [])
      try put(values, into: dataset, runs, in: shape, inner: [])
      found.append(values)
    }
    return found
  }

  /// Writes how consecutive runs ended.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func writeRecords(firstRun: Int, _ records: [RunRecord]) throws(StorageFailure) {
    for (index, record) in records.enumerated() {
      let run = firstRun + index
      isWritten[run] = true
      columns.keep(record, run: run)
      if record.status == .failed || !record.reason.isEmpty {
        try failures.add(
          run,
          FailureLog.Entry(
            reason: record.reason, lastTime: record.lastTime, lastStates: record.lastStates))
      } else {
        failures.remove(run)
      }
    }
  }

  /// The runs that nothing was written of, ascending.
  public var unwrittenRuns: [Int] { isWritten.indices.filter { !isWritten[$0] } }

  /// The sums over all runs of the steps taken over, of those by a stiff method, and of the changes
  /// between methods.
  public var stepTotals: (accepted: Int64, stiff: Int64, switches: Int64) {
    (
      columns.acceptedSteps.reduce(0, &+), columns.stiffSteps.reduce(0, &+),
      columns.switches.reduce(0, &+)
    )
  }

  /// Says what a run is told apart by that nothing else was written of.
  public func setIdentity(_ identity: UInt64, run: Int) { columns.identity[run] = identity }

  private func writeColumns() throws(StorageFailure) {
    try writeColumn(columns.status, h5_native_int8(), into: runs?.status)
    try writeColumn(columns.verdict, h5_native_int8(), into: runs?.verdict)
    try writeColumn(columns.acceptedSteps, h5_native_int64(), into: runs?.acceptedSteps)
    try writeColumn(columns.rejectedSteps, h5_native_int64(), into: runs?.rejectedSteps)
    try writeColumn(columns.stiffSteps, h5_native_int64(), into: runs?.stiffSteps)
    try writeColumn(columns.switches, h5_native_int64(), into: runs?.switches)
    try writeColumn(columns.identity, h5_native_uint64(), into: runs?.identity)
  }

  func writeReason(_ text: String, run: Int) throws(StorageFailure) {
    guard let reason = runs?.reason, let type = HDF5Object.anyString(),
      let selection = RunSelection(shape: shape, inner: [], runs: run..<run + 1)
    else { return }
    for box in selection.boxes {
      guard let space = box.fileSpace(of: reason), let memory = box.memorySpace() else { continue }
      try writeStrings([text], into: reason, type, space: space.id, memory: memory.id)
    }
  }

  /// Writes a number of every run, if the file has them.
  private func writeColumn<Number: BitwiseCopyable>(
    _ numbers: [Number], _ type: hid_t, into dataset: HDF5Object?
  ) throws(StorageFailure) {
    guard let dataset else { return }
    let isGood = numbers.withUnsafeBytes { bytes in
      writeBoxes(
        bytes.baseAddress, stride: MemoryLayout<Number>.stride, type, into: dataset,
        runs: 0..<numbers.count, in: shape, inner: [])
    }
    try require(isGood, "writing to")
  }

  private func write(
    _ values: UnsafeBufferPointer<Double>, scale: Double, into dataset: HDF5Object, firstRun: Int,
    count: Int, in shape: [Int], inner: [Int]
  ) throws(StorageFailure) {
    let runs = firstRun..<firstRun + count
    let isGood: Bool
    if scale == 1 {
      isGood = writeBoxes(
        values.baseAddress.map { UnsafeRawPointer($0) }, stride: 8, h5_native_double(),
        into: dataset, runs: runs, in: shape, inner: inner)
    } else {
      if buffer.count < values.count { buffer = Array(repeating: 0, count: values.count) }
      isGood = buffer.withUnsafeMutableBufferPointer { target in
        for index in values.indices { target[index] = values[index] / scale }
        return writeBoxes(
          UnsafeRawPointer(target.baseAddress), stride: 8, h5_native_double(), into: dataset,
          runs: runs, in: shape, inner: inner)
      }
    }
    try require(isGood, "writing to")
    hurry(values.count * MemoryLayout<Double>.stride)
  }

  /// Has the system write to the disk while runs go on, so that little is left for the end.
  private func hurry(_ bytes: Int) {
    bytesSinceHurry += bytes
    guard bytesSinceHurry >= 8 << 20, descriptor >= 0 else { return }
    bytesSinceHurry = 0
    h5_begin_writing_back(descriptor)
  }

  private func writeBoxes(
    _ values: UnsafeRawPointer?, stride: Int, _ type: hid_t, into dataset: HDF5Object,
    runs: Range<Int>, in shape: [Int], inner: [Int]
  ) -> Bool {
    guard let values, let selection = RunSelection(shape: shape, inner: inner, runs: runs) else {
      return runs.isEmpty
    }
    let size = inner.reduce(1, *)
    for box in selection.boxes {
      guard let space = box.fileSpace(of: dataset), let memory = box.memorySpace() else {
        return false
      }
      let start = values + (box.firstRun - runs.lowerBound) * size * stride
      if H5Dwrite(dataset.id, type, memory.id, space.id, h5_default(), start) < 0 { return false }
    }
    return true
  }

  // MARK: The end

  /// Completes the file and gives it its name.
  ///
  /// Runs that were not written are marked missing.
  ///
  /// - Parameter facts: What is known only now, such as the wall time.
  /// - Throws: `StorageFailure`; the temporary file is gone then.
  public func commit(facts: [String: String] = [:]) throws(StorageFailure) {
    do throws(StorageFailure) {
      h5_be_quiet()
      try markMissing()
      try scratch?.move(to: variables)
      try writeSummary()
      try writeLists()
      try writeColumns()
      try writeFailures()
      if let file {
        for (name, text) in facts.sorted(by: { $0.key < $1.key }) {
          try require(file.setAttribute(name, text), "describing")
        }
        try require(H5Fflush(file.id, H5F_SCOPE_GLOBAL) >= 0, "writing to")
      }
    } catch {
      abandon()
      throw error
    }
    close()
    let descriptor = open(temporaryPath, O_RDWR)
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporaryPath)
      throw .refused(operation: "writing", path: path, reason: reason)
    }
    Foundation.close(descriptor)
    // A hard link fails where the name has been taken since; a rename would replace it.
    let isNamed =
      mayReplace
      ? rename(temporaryPath, path) == 0
      : link(temporaryPath, path) == 0 && unlink(temporaryPath) == 0
    guard isNamed else {
      let code = errno
      unlink(temporaryPath)
      if code == EEXIST { throw .exists(path: path) }
      throw .refused(operation: "naming", path: path, reason: String(cString: strerror(code)))
    }
  }

  private func markMissing() throws(StorageFailure) {
    guard layout.compression == 0, timeCount > 0, isWritten.contains(false) else { return }
    for run in isWritten.indices where !isWritten[run] {
      let place = layout.sampled.places(of: run..<run + 1)
      if place.isEmpty { continue }
      for (quantity, variable) in zip(layout.variables, variables) {
        let inner = inner(of: quantity)
        let missing = [Double](repeating: .nan, count: inner.reduce(1, *))
        let isGood = missing.withUnsafeBytes { bytes in
          writeBoxes(
            bytes.baseAddress, stride: 8, h5_native_double(), into: variable,
            runs: place, in: sampledShape, inner: inner)
        }
        try require(isGood, "writing to")
      }
    }
  }

  /// Gives up: the temporary file is removed, the destination is as it was.
  public func abandon() {
    close()
    unlink(temporaryPath)
  }

  private func close() {
    if descriptor >= 0 { _ = Foundation.close(descriptor) }
    descriptor = -1
    scratch = nil
    variables = []
    reductions = []
    scales = [:]
    runs = nil
    file = nil
  }
}
