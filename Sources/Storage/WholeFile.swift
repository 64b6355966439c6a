import CHDF5
import Foundation

/// Reads everything that any reader of ours can read of an HDF5 file, and keeps none of it.
///
/// The HDF5 library does not survive every damaged file. A process that has nothing to lose reads a file
/// from elsewhere first; where it comes to its end, so will another.
public enum WholeFile {
  /// Groups within groups beyond this are none of ours.
  private static let deepest = 16
  /// How many numbers are read at once.
  private static let numbersAtOnce = 1 << 20

  /// Reads a file from one end to the other; what has another form than ours is passed over.
  ///
  /// - Throws: `StorageFailure` if it is no HDF5 file.
  public static func read(_ path: String) throws(StorageFailure) {
    h5_be_quiet()
    guard Foundation.access(path, R_OK) == 0, H5Fis_hdf5(path) > 0,
      let file = HDF5Object(H5Fopen(path, h5_read_only(), h5_default()), H5Fclose)
    else { throw .notReadable(path: path) }
    var visited: Set<UInt64> = []
    visit(file, depth: 0, &visited)
  }

  private static func visit(_ group: HDF5Object, depth: Int, _ visited: inout Set<UInt64>) {
    guard depth < deepest, isNew(group, &visited) else { return }
    readAttributes(of: group)
    for name in group.linkNames where !name.contains("/") {
      if let inner = group.group(name) {
        visit(inner, depth: depth + 1, &visited)
      } else if let dataset = group.dataset(name), isNew(dataset, &visited) {
        readAttributes(of: dataset)
        readContent(of: dataset)
      }
    }
  }

  /// Whether an object has not been met before: links may lead in circles.
  private static func isNew(_ object: HDF5Object, _ visited: inout Set<UInt64>) -> Bool {
    var address: UInt64 = 0
    return h5_address(object.id, &address) && visited.insert(address).inserted
  }

  private static func readAttributes(of object: HDF5Object) {
    let count = H5Aget_num_attrs(object.id)
    for index in 0..<max(0, min(count, 10_000)) {
      guard
        let attribute = HDF5Object(
          H5Aopen_by_idx(
            object.id, ".", H5_INDEX_NAME, H5_ITER_NATIVE, hsize_t(index), h5_default(),
            h5_default()), H5Aclose)
      else { continue }
      var name = [CChar](repeating: 0, count: 256)
      guard H5Aget_name(attribute.id, name.count, &name) > 0 else { continue }
      _ = object.attribute(
        String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
  }

  private static func readContent(of dataset: HDF5Object) {
    guard let shape = dataset.shape, let type = HDF5Object(H5Dget_type(dataset.id), H5Tclose)
    else { return }
    switch H5Tget_class(type.id) {
    case H5T_FLOAT, H5T_INTEGER:
      readNumbers(of: dataset, shape)
    case H5T_STRING where H5Tis_variable_str(type.id) > 0:
      readTexts(of: dataset, shape)
    default: break
    }
  }

  private static func readNumbers(of dataset: HDF5Object, _ shape: [Int]) {
    let row = shape.dropFirst().reduce(1.0) { $0 * Double($1) }
    guard row <= Double(1 << 28) else { return }
    let rows = shape.first ?? 1
    let step = max(1, numbersAtOnce / max(1, Int(row)))
    var numbers: [Double] = []
    var first = 0
    while first < rows, row > 0 {
      let count = min(step, rows - first)
      let length = count * Int(row)
      if numbers.count < length { numbers = Array(repeating: 0, count: length) }
      let start = [hsize_t(first)] + shape.dropFirst().map { _ in 0 }
      let size = [hsize_t(count)] + shape.dropFirst().map { hsize_t($0) }
      guard let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose),
        shape.isEmpty
          || H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, size, nil) >= 0,
        let memory = HDF5Object(H5Screate_simple(1, [hsize_t(length)], nil), H5Sclose),
        H5Dread(dataset.id, h5_native_double(), memory.id, space.id, h5_default(), &numbers) >= 0
      else { return }
      first += count
    }
  }

  private static func readTexts(of dataset: HDF5Object, _ shape: [Int]) {
    let count = shape.reduce(1.0) { $0 * Double($1) }
    guard count <= Double(1 << 28), let type = HDF5Object.anyString(),
      let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose)
    else { return }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: Int(count))
    guard H5Dread(dataset.id, type.id, h5_all(), h5_all(), h5_default(), &pointers) >= 0 else {
      return
    }
    H5Dvlen_reclaim(type.id, space.id, h5_default(), &pointers)
  }
}
