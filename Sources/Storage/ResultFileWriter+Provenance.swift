import CHDF5
import Foundation

extension ResultFileWriter {
  /// Writes what the result follows from into a group of its own.
  func writeProvenance(_ file: HDF5Object) throws(StorageFailure) {
    let provenance = layout.provenance
    let group = try makeGroup("provenance", in: file)
    for (name, text) in provenance.facts.sorted(by: { $0.key < $1.key }) {
      try require(group.setAttribute(name, text), "describing")
    }
    try require(group.setAttribute("experiment_path", provenance.experimentPath), "describing")
    try writeText(provenance.experiment, "experiment", path: nil, in: group)
    let models = try makeGroup("models", in: group)
    for (index, model) in provenance.models.enumerated() {
      try writeText(model.text, Self.number(index), path: model.path, in: models)
    }
    let tables = try makeGroup("tables", in: group)
    for (index, table) in provenance.tables.enumerated() {
      try writeText(table.text, Self.number(index), path: table.path, in: tables)
    }
    let parameters = try makeGroup("parameters", in: group)
    let rows = provenance.parameters
    try writeColumn(rows.map(\.path), "path", in: parameters)
    try writeColumn(rows.map(\.unit), "unit", in: parameters)
    try writeColumn(rows.map(\.kind), "kind", in: parameters)
    try writeColumn(rows.map(\.text), "source", in: parameters)
    guard let creation = Self.timeless(), let space = HDF5Object.space([rows.count]),
      let values = HDF5Object(
        H5Dcreate2(
          parameters.id, "value", h5_float64(), space.id, h5_default(), creation.id, h5_default()),
        H5Dclose)
    else { throw .failed(operation: "creating", path: temporaryPath) }
    if !rows.isEmpty {
      try require(
        H5Dwrite(
          values.id, h5_native_double(), h5_all(), h5_all(), h5_default(), rows.map(\.value)) >= 0,
        "writing to")
    }
  }

  /// A name that sorts as the number does.
  private static func number(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// How arrays are made that do not say when.
  private static func timeless() -> HDF5Object? {
    guard let creation = HDF5Object(H5Pcreate(h5_dataset_creation()), H5Pclose) else { return nil }
    H5Pset_obj_track_times(creation.id, false)
    return creation
  }

  func makeGroup(
    _ name: String, in parent: HDF5Object
  ) throws(StorageFailure) -> HDF5Object {
    guard let creation = HDF5Object(H5Pcreate(h5_group_creation()), H5Pclose) else {
      throw .failed(operation: "creating", path: temporaryPath)
    }
    H5Pset_link_creation_order(creation.id, h5_creation_order())
    H5Pset_attr_creation_order(creation.id, h5_creation_order())
    H5Pset_obj_track_times(creation.id, false)
    guard
      let group = HDF5Object(
        H5Gcreate2(parent.id, name, h5_default(), creation.id, h5_default()), H5Gclose)
    else { throw .failed(operation: "creating", path: temporaryPath) }
    return group
  }

  private func writeText(
    _ text: String, _ name: String, path: String?, in group: HDF5Object
  ) throws(StorageFailure) {
    guard let creation = Self.timeless(), let type = HDF5Object.anyString(),
      let space = HDF5Object.space([]),
      let dataset = HDF5Object(
        H5Dcreate2(
          group.id, name, type.id, space.id, h5_default(), creation.id, h5_default()), H5Dclose)
    else { throw .failed(operation: "creating", path: temporaryPath) }
    if let path { try require(dataset.setAttribute("path", path), "describing") }
    try writeStrings([text], into: dataset, type)
  }

  private func writeColumn(
    _ texts: [String], _ name: String, in group: HDF5Object
  ) throws(StorageFailure) {
    guard let creation = Self.timeless(), let type = HDF5Object.anyString(),
      let space = HDF5Object.space([texts.count]),
      let dataset = HDF5Object(
        H5Dcreate2(
          group.id, name, type.id, space.id, h5_default(), creation.id, h5_default()), H5Dclose)
    else { throw .failed(operation: "creating", path: temporaryPath) }
    if !texts.isEmpty { try writeStrings(texts, into: dataset, type) }
  }
}
