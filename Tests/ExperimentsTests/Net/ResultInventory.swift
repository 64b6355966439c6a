import CHDF5
import Foundation

@testable import Experiments
@testable import Storage

/// What a result file holds, as hashes: of the values of each array, and of the whole.
///
/// What says which runs these are and where they come from is masked: the values of `run_identity`
/// and everything under `provenance`. The whole has names, types, shapes, attributes and the way
/// arrays are stored as well, but no places in the file, which belong to the HDF5 library.
struct ResultInventory {
  /// An array, or the arrays of one name of all runs of a circuit.
  struct Values {
    /// Its path; `*` stands for the number of a run.
    var path: String
    /// Such as `float64`; `text` for texts.
    var type: String
    /// Its shape as text, or that of each run.
    var shape: String
    var unit: String
    /// Over the bits of all values; all NaN are the same.
    var hash: UInt64
  }

  /// What the reader of an inventory does not know.
  struct Unreadable: Error { var path: String }

  /// In the order in which a file has them.
  private(set) var values: [Values] = []
  private(set) var whole: UInt64 = 0
  private var wholeHash = StableHash()
  private var hashes: [String: StableHash] = [:]

  /// Takes stock of a result file.
  ///
  /// - Throws: `Unreadable` if there is something that no result has.
  init(path: String) throws {
    h5_be_quiet()
    guard let file = HDF5Object(H5Fopen(path, h5_read_only(), h5_default()), H5Fclose),
      let root = HDF5Object(H5Gopen2(file.id, "/", h5_default()), H5Gclose)
    else { throw Unreadable(path: path) }
    try visit(root, path: "")
    for index in values.indices {
      guard let hash = hashes[values[index].path] else { throw Unreadable(path: path) }
      values[index].hash = hash.value
    }
    whole = wholeHash.value
  }

  private mutating func visit(_ group: HDF5Object, path: String) throws {
    try addAttributes(of: group, path: path)
    for name in try linkNames(of: group, path: path) {
      let inner = path.isEmpty ? name : path + "/" + name
      wholeHash.add(inner)
      if inner == "provenance" { continue }
      if let group = group.group(name) {
        try visit(group, path: inner)
      } else if let dataset = group.dataset(name) {
        try add(dataset, path: inner)
      } else {
        throw Unreadable(path: inner)
      }
    }
  }

  /// The names in a group in the order in which they were made.
  private func linkNames(of group: HDF5Object, path: String) throws -> [String] {
    var info = H5G_info_t()
    guard H5Gget_info(group.id, &info) >= 0 else { throw Unreadable(path: path) }
    return try (0..<info.nlinks).map { index in
      var name = [CChar](repeating: 0, count: 1000)
      let length = H5Lget_name_by_idx(
        group.id, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, index, &name, name.count, h5_default())
      guard length > 0, length < name.count else { throw Unreadable(path: path) }
      return text(name)
    }
  }

  private func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private mutating func addAttributes(of object: HDF5Object, path: String) throws {
    let count = H5Aget_num_attrs(object.id)
    guard count >= 0 else { throw Unreadable(path: path) }
    for index in 0..<count {
      guard
        let attribute = HDF5Object(
          H5Aopen_by_idx(
            object.id, ".", H5_INDEX_NAME, H5_ITER_INC, hsize_t(index), h5_default(),
            h5_default()), H5Aclose),
        let type = HDF5Object(H5Aget_type(attribute.id), H5Tclose),
        let space = HDF5Object(H5Aget_space(attribute.id), H5Sclose)
      else { throw Unreadable(path: path) }
      var name = [CChar](repeating: 0, count: 1000)
      guard H5Aget_name(attribute.id, name.count, &name) > 0 else { throw Unreadable(path: path) }
      wholeHash.add(text(name))
      let count = Int(H5Sget_simple_extent_npoints(space.id))
      wholeHash.add(count)
      switch H5Tget_class(type.id) {
      case H5T_STRING where H5Tis_variable_str(type.id) == 0:
        wholeHash.add(object.attribute(text(name)) ?? "")
      case H5T_INTEGER:
        var numbers = [Int64](repeating: 0, count: count)
        guard H5Aread(attribute.id, h5_native_int64(), &numbers) >= 0 else {
          throw Unreadable(path: path)
        }
        for number in numbers { wholeHash.add(Int(number)) }
      default:
        // References between an axis and what lies along it: their names and numbers say enough.
        wholeHash.add(Int(H5Tget_class(type.id).rawValue))
      }
    }
  }

  private mutating func add(_ dataset: HDF5Object, path: String) throws {
    guard let shape = dataset.shape, let type = HDF5Object(H5Dget_type(dataset.id), H5Tclose)
    else { throw Unreadable(path: path) }
    let count = shape.reduce(1, *)
    let typeName: String
    var hash = StableHash()
    hash.add(count)
    switch H5Tget_class(type.id) {
    case H5T_FLOAT:
      typeName = "float\(8*H5Tget_size(type.id))"
      var numbers = [Double](repeating: 0, count: count)
      try read(dataset, h5_native_double(), &numbers, path: path)
      hash.add(numbers.map { $0.isNaN ? .nan : $0 })
    case H5T_INTEGER:
      let isSigned = H5Tget_sign(type.id) != H5T_SGN_NONE
      typeName = "\(isSigned ? "int" : "uint")\(8*H5Tget_size(type.id))"
      var numbers = [Int64](repeating: 0, count: count)
      try read(dataset, h5_native_int64(), &numbers, path: path)
      for number in numbers { hash.add(Int(number)) }
    case H5T_STRING where H5Tis_variable_str(type.id) > 0:
      typeName = "text"
      for text in try texts(of: dataset, count, path: path) { hash.add(text) }
    default: throw Unreadable(path: path)
    }
    wholeHash.add(typeName)
    for size in shape { wholeHash.add(size) }
    wholeHash.add(try storage(of: dataset, shape, path: path))
    try addAttributes(of: dataset, path: path)
    if path == "run_identity" { return }
    wholeHash.add(hash.value)
    keep(
      path, typeName, shape.isEmpty ? "one" : shape.map(String.init).joined(separator: "×"),
      unit: dataset.attribute("units") ?? "", hash.value)
  }

  /// Arrays of the same name of several runs share one line.
  private mutating func keep(
    _ path: String, _ type: String, _ shape: String, unit: String, _ value: UInt64
  ) {
    let name = path.replacing(/^runs\/\d+\//, with: "runs/*/")
    hashes[name, default: StableHash()].add(value)
    if let place = values.firstIndex(where: { $0.path == name }) {
      values[place].shape += "+" + shape
    } else {
      values.append(Values(path: name, type: type, shape: shape, unit: unit, hash: 0))
    }
  }

  private func read<Number: BitwiseCopyable>(
    _ dataset: HDF5Object, _ type: hid_t, _ numbers: inout [Number], path: String
  ) throws {
    if numbers.isEmpty { return }
    let isGood = numbers.withUnsafeMutableBytes {
      H5Dread(dataset.id, type, h5_all(), h5_all(), h5_default(), $0.baseAddress) >= 0
    }
    guard isGood else { throw Unreadable(path: path) }
  }

  private func texts(of dataset: HDF5Object, _ count: Int, path: String) throws -> [String] {
    if count == 0 { return [] }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    guard let type = HDF5Object.anyString(),
      let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose),
      H5Dread(dataset.id, type.id, h5_all(), h5_all(), h5_default(), &pointers) >= 0
    else { throw Unreadable(path: path) }
    defer { H5Dvlen_reclaim(type.id, space.id, h5_default(), &pointers) }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }

  /// Whether an array is one piece or chunks, and how many filters they pass.
  private func storage(of dataset: HDF5Object, _ shape: [Int], path: String) throws -> String {
    guard let creation = HDF5Object(H5Dget_create_plist(dataset.id), H5Pclose) else {
      throw Unreadable(path: path)
    }
    guard H5Pget_layout(creation.id) == H5D_CHUNKED else { return "whole" }
    var chunk = [hsize_t](repeating: 0, count: shape.count)
    guard H5Pget_chunk(creation.id, CInt(shape.count), &chunk) >= 0 else {
      throw Unreadable(path: path)
    }
    return "chunks of \(chunk) through \(H5Pget_nfilters(creation.id)) filters"
  }
}
