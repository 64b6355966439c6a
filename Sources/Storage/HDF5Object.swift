import CHDF5
import Foundation

/// An identifier of the HDF5 library that is closed when nobody holds it any more.
final class HDF5Object {
  let id: hid_t
  private let close: (hid_t) -> herr_t

  init?(_ id: hid_t, _ close: @escaping (hid_t) -> herr_t) {
    guard id >= 0 else { return nil }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }

  static func space(_ shape: [Int]) -> HDF5Object? {
    if shape.isEmpty { return HDF5Object(H5Screate(H5S_SCALAR), H5Sclose) }
    let sizes = shape.map { hsize_t($0) }
    return HDF5Object(H5Screate_simple(CInt(sizes.count), sizes, nil), H5Sclose)
  }

  /// A string type of a fixed size, as attributes need it to be read everywhere.
  static func fixedString(_ size: Int) -> HDF5Object? {
    guard let type = HDF5Object(H5Tcopy(h5_c_string()), H5Tclose) else { return nil }
    H5Tset_size(type.id, max(1, size))
    H5Tset_cset(type.id, H5T_CSET_UTF8)
    H5Tset_strpad(type.id, H5T_STR_NULLPAD)
    return type
  }

  /// A string type of variable length.
  static func anyString() -> HDF5Object? {
    guard let type = HDF5Object(H5Tcopy(h5_c_string()), H5Tclose) else { return nil }
    H5Tset_size(type.id, h5_variable_length())
    H5Tset_cset(type.id, H5T_CSET_UTF8)
    return type
  }

  /// Adds a text attribute; false if the library refused it.
  func setAttribute(_ name: String, _ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let type = Self.fixedString(bytes.count), let space = Self.space([]),
      let attribute = HDF5Object(
        H5Acreate2(id, name, type.id, space.id, h5_default(), h5_default()), H5Aclose)
    else { return false }
    return H5Awrite(attribute.id, type.id, bytes.isEmpty ? [0] : bytes) >= 0
  }

  /// Adds an attribute of small whole numbers.
  func setAttribute(_ name: String, _ numbers: [Int8]) -> Bool {
    guard let space = Self.space([numbers.count]),
      let attribute = HDF5Object(
        H5Acreate2(id, name, h5_int8(), space.id, h5_default(), h5_default()), H5Aclose)
    else { return false }
    return H5Awrite(attribute.id, h5_native_int8(), numbers) >= 0
  }

  /// A text attribute, or `nil`.
  func attribute(_ name: String) -> String? {
    guard H5Aexists(id, name) > 0,
      let attribute = HDF5Object(H5Aopen(id, name, h5_default()), H5Aclose),
      let type = HDF5Object(H5Aget_type(attribute.id), H5Tclose),
      H5Tget_class(type.id) == H5T_STRING, H5Tis_variable_str(type.id) == 0
    else { return nil }
    let size = H5Tget_size(type.id)
    guard size > 0, size < 1 << 20 else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    guard H5Aread(attribute.id, type.id, &bytes) >= 0 else { return nil }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
