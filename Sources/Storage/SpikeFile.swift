import CHDF5
import Foundation

/// Spikes of one population in a file in the layout of SONATA, as a result file has them too.
///
/// Source of the layout: Dai and others (2020), PLoS Comput. Biol. 16, e1007696.
public struct SpikeFile: Sendable {
  /// The population that they are of.
  public let population: String
  /// In the unit of the file, in its order.
  public let times: [Double]
  /// The symbol of the unit: `ms`, as long as the file does not say otherwise.
  public let timeUnit: String
  /// The cell of each, from 0.
  public let cells: [UInt64]

  /// More spikes than this are not read at once.
  public static let largestCount = 10_000_000

  /// Whether a file can be one: whether it is HDF5.
  public static func mayBe(_ path: String) -> Bool {
    h5_be_quiet()
    return Foundation.access(path, R_OK) == 0 && H5Fis_hdf5(path) > 0
  }

  /// Reads the spikes of a population.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - population: Which; `nil` for the only one.
  ///   - run: Of a result with several runs, which.
  /// - Throws: `StorageFailure` if they are not there, or there are too many.
  public init(path: String, population: String?, run: Int?) throws(StorageFailure) {
    h5_be_quiet()
    func failure(_ reason: String) -> StorageFailure { .noSpikes(path: path, reason: reason) }
    guard Self.mayBe(path),
      let file = HDF5Object(H5Fopen(path, h5_read_only(), h5_default()), H5Fclose)
    else { throw .notReadable(path: path) }
    var root = file
    if let run {
      guard let group = file.group("runs")?.group("\(run)") else {
        throw failure("it has no spikes of a run \(run)")
      }
      root = group
    }
    guard let spikes = root.group("spikes") else {
      throw failure(
        file.group("runs") != nil && run == nil
          ? "it has several runs, and the one meant is not said" : "it has no group `spikes`")
    }
    let names = spikes.linkNames.filter { spikes.group($0) != nil }.sorted()
    let listed = names.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
    guard let name = population ?? (names.count == 1 ? names[0] : nil) else {
      throw failure(
        names.isEmpty ? "no population is in it" : "it has several populations: \(listed)")
    }
    guard names.contains(name), let group = spikes.group(name) else {
      throw failure("it has no population `\(name)`" + (names.isEmpty ? "" : ", only \(listed)"))
    }
    guard let timestamps = group.dataset("timestamps"), let nodes = group.dataset("node_ids") else {
      throw failure("`\(name)` has no `timestamps` or no `node_ids`")
    }
    guard let count = timestamps.shape, count.count == 1, nodes.shape == count else {
      throw failure("`timestamps` and `node_ids` of `\(name)` are not two lists of one length")
    }
    guard count[0] <= Self.largestCount else {
      throw failure("there are more than \(Self.largestCount)")
    }
    guard timestamps.holds([H5T_FLOAT, H5T_INTEGER]), nodes.holds([H5T_INTEGER]) else {
      throw failure("`timestamps` and `node_ids` of `\(name)` are not numbers")
    }
    var times = [Double](repeating: .nan, count: count[0])
    var cells = [UInt64](repeating: 0, count: count[0])
    if count[0] > 0 {
      guard
        H5Dread(timestamps.id, h5_native_double(), h5_all(), h5_all(), h5_default(), &times) >= 0,
        H5Dread(nodes.id, h5_native_uint64(), h5_all(), h5_all(), h5_default(), &cells) >= 0
      else { throw .notReadable(path: path) }
    }
    switch timestamps.attribute("units") ?? "ms" {
    case "ms", "milliseconds", "millisecond": timeUnit = "ms"
    case "s", "seconds", "second": timeUnit = "s"
    case let other: throw failure("its times are in `\(other.prefix(40))`, no known unit")
    }
    self.population = name
    self.times = times
    self.cells = cells
  }
}

extension HDF5Object {
  /// Whether a dataset is of one of some classes.
  fileprivate func holds(_ classes: [H5T_class_t]) -> Bool {
    guard let type = HDF5Object(H5Dget_type(id), H5Tclose) else { return false }
    return classes.contains(H5Tget_class(type.id))
  }
}
