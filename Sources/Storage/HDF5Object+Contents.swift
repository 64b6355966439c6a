import CHDF5

// What an object of a file from anywhere holds, with everything checked.
extension HDF5Object {
  /// The names of what is in a group, as they were created.
  var linkNames: [String] {
    var info = H5G_info_t()
    guard H5Gget_info(id, &info) >= 0, info.nlinks < 1_000_000 else { return [] }
    return (0..<info.nlinks).compactMap { index in
      let length = H5Lget_name_by_idx(
        id, ".", H5_INDEX_NAME, H5_ITER_NATIVE, index, nil, 0, h5_default())
      guard length > 0, length < 10_000 else { return nil }
      var bytes = [CChar](repeating: 0, count: Int(length) + 1)
      H5Lget_name_by_idx(
        id, ".", H5_INDEX_NAME, H5_ITER_NATIVE, index, &bytes, bytes.count, h5_default())
      return String(
        decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// A group within this one, or `nil`; the name has no `/`.
  func group(_ name: String) -> HDF5Object? {
    guard H5Lexists(id, name, h5_default()) > 0 else { return nil }
    return HDF5Object(H5Gopen2(id, name, h5_default()), H5Gclose)
  }

  /// A dataset within this group, or `nil`; the name has no `/`.
  func dataset(_ name: String) -> HDF5Object? {
    guard H5Lexists(id, name, h5_default()) > 0 else { return nil }
    return HDF5Object(H5Dopen2(id, name, h5_default()), H5Dclose)
  }

  /// The shape of this dataset, or `nil` if it is none.
  var shape: [Int]? {
    guard let space = HDF5Object(H5Dget_space(id), H5Sclose) else { return nil }
    let rank = H5Sget_simple_extent_ndims(space.id)
    guard rank >= 0, rank <= 32 else { return nil }
    if rank == 0 { return [] }
    var sizes = [hsize_t](repeating: 0, count: Int(rank))
    guard H5Sget_simple_extent_dims(space.id, &sizes, nil) >= 0 else { return nil }
    return sizes.map { Int(clamping: $0) }
  }

  /// The numbers of consecutive runs in this dataset.
  ///
  /// - Parameters:
  ///   - runs: Flat indices, the last axis of runs running fastest.
  ///   - shape: That of all runs.
  ///   - inner: That of what belongs to one run.
  /// - Returns: Run after run; `nil` if they cannot be read.
  func numbers(of runs: Range<Int>, in shape: [Int], inner: [Int]) -> [Double]? {
    let size = inner.reduce(1, *)
    if runs.isEmpty || size == 0 { return [] }
    guard let selection = RunSelection(shape: shape, inner: inner, runs: runs) else { return nil }
    var values = [Double](repeating: .nan, count: runs.count * size)
    for box in selection.boxes {
      guard let space = box.fileSpace(of: self), let memory = box.memorySpace() else { return nil }
      let isGood = values.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress else { return true }
        let start = base + (box.firstRun - runs.lowerBound) * size
        return H5Dread(id, h5_native_double(), memory.id, space.id, h5_default(), start) >= 0
      }
      guard isGood else { return nil }
    }
    return values
  }
}
