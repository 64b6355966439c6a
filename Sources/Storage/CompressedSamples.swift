import CHDF5
import Foundation

/// Compressed arrays while they are being written, in a file of their own without a name.
///
/// Compressed chunks stand in a file in the order in which they were written, which is not that of the
/// runs. At the end they are moved in order, as they are, so that the result does not depend on which
/// run was over first.
final class CompressedSamples {
  private(set) var datasets: [HDF5Object] = []
  private let path: String
  private let file: HDF5Object

  /// Makes the file.
  ///
  /// - Parameter path: Where it is while it is being made.
  /// - Throws: `StorageFailure` if it cannot be made.
  init(path: String) throws(StorageFailure) {
    self.path = path
    unlink(path)
    errno = 0
    guard let access = HDF5Object(H5Pcreate(h5_file_access()), H5Pclose),
      H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG) >= 0,
      let file = HDF5Object(
        H5Fcreate(path, h5_exclusive(), h5_default(), access.id), H5Fclose)
    else {
      throw .refused(operation: "creating", path: path, reason: String(cString: strerror(errno)))
    }
    self.file = file
    _ = fcntl(h5_descriptor(file.id), F_SETFD, FD_CLOEXEC)
    unlink(path)
  }

  /// Adds an array of the type, shape and compression of another.
  func add(like other: HDF5Object) throws(StorageFailure) {
    guard let type = HDF5Object(H5Dget_type(other.id), H5Tclose),
      let space = HDF5Object(H5Dget_space(other.id), H5Sclose),
      let creation = HDF5Object(H5Dget_create_plist(other.id), H5Pclose),
      let dataset = HDF5Object(
        H5Dcreate2(
          file.id, "\(datasets.count)", type.id, space.id, h5_default(), creation.id,
          h5_default()), H5Dclose)
    else { throw .failed(operation: "creating", path: path) }
    datasets.append(dataset)
  }

  /// Moves the chunks of all arrays to where they stay.
  func move(to targets: [HDF5Object]) throws(StorageFailure) {
    guard H5Fflush(file.id, H5F_SCOPE_LOCAL) >= 0 else {
      throw .failed(operation: "writing to", path: path)
    }
    for (source, target) in zip(datasets, targets) { try move(source, to: target) }
  }

  private func move(_ source: HDF5Object, to target: HDF5Object) throws(StorageFailure) {
    guard let space = HDF5Object(H5Dget_space(source.id), H5Sclose),
      let creation = HDF5Object(H5Dget_create_plist(source.id), H5Pclose)
    else { throw .failed(operation: "reading", path: path) }
    let rank = Int(H5Sget_simple_extent_ndims(space.id))
    guard rank > 0, H5Pget_layout(creation.id) == H5D_CHUNKED else { return }
    var shape = [hsize_t](repeating: 0, count: rank)
    var chunk = shape
    H5Sget_simple_extent_dims(space.id, &shape, nil)
    H5Pget_chunk(creation.id, CInt(rank), &chunk)
    var offset = shape.map { _ in hsize_t(0) }
    var buffer: [UInt8] = []
    guard !shape.contains(0) else { return }
    while true {
      var size: hsize_t = 0
      // What was never written has no chunk.
      if H5Dget_chunk_storage_size(source.id, offset, &size) >= 0, size > 0 {
        if buffer.count < Int(size) { buffer = Array(repeating: 0, count: Int(size)) }
        var filters: UInt32 = 0
        guard H5Dread_chunk(source.id, h5_default(), offset, &filters, &buffer) >= 0,
          H5Dwrite_chunk(target.id, h5_default(), filters, offset, Int(size), buffer) >= 0
        else { throw .failed(operation: "writing to", path: path) }
      }
      var axis = rank - 1
      while true {
        offset[axis] += chunk[axis]
        if offset[axis] < shape[axis] { break }
        offset[axis] = 0
        if axis == 0 { return }
        axis -= 1
      }
    }
  }
}
