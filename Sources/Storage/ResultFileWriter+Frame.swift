import CHDF5
import Datasets
import Foundation

/// The datasets with a value for every run, beside its numbers.
struct RunDatasets {
  var status: HDF5Object
  /// `nil` if the experiment has no verdict.
  var verdict: HDF5Object?
  var reason: HDF5Object
  var acceptedSteps: HDF5Object
  var rejectedSteps: HDF5Object
  /// `nil` if runs cannot change their method.
  var stiffSteps: HDF5Object?
  var switches: HDF5Object?
  /// `nil` if runs have none.
  var identity: HDF5Object?
}

/// What a result file has before any run: its axes, arrays and descriptions.
extension ResultFileWriter {
  /// Writes everything but the runs.
  func writeFrame() throws(StorageFailure) {
    guard let file else { return }
    var attributes = layout.attributes
    attributes["Conventions"] = "CF-1.10"
    attributes["title"] = layout.title
    for (name, text) in attributes.sorted(by: { $0.key < $1.key }) {
      try require(file.setAttribute(name, text), "describing")
    }
    for axis in layout.runAxes { try writeAxis(axis) }
    if let time = layout.time { try writeAxis(time) }
    if layout.time != nil, let chosen = layout.sampled.chosen {
      try writeAxis(
        Axis(
          name: ResultLayout.sampledRunAxis, values: .integers(chosen),
          longName: "number of the run"))
    }
    for coordinate in layout.coordinates {
      let dataset = try writeValues(
        coordinate.values, coordinate.name, in: file,
        scales: [coordinate.axis].compactMap { scales[$0] })
      if !coordinate.unit.isEmpty {
        try require(dataset.setAttribute("units", coordinate.unit), "describing")
      }
    }
    let runAxes = layout.runAxes.map(\.name)
    let sampledAxes = layout.sampled.chosen == nil ? runAxes : [ResultLayout.sampledRunAxis]
    if layout.time != nil, layout.compression > 0 {
      scratch = try CompressedSamples(path: temporaryPath + ".samples")
    }
    if let time = layout.time {
      let type = layout.precision == .double ? h5_float64() : h5_float32()
      for quantity in layout.variables {
        if let cells = quantity.cells, scales[cells.name] == nil { try writeAxis(cells) }
        let dataset = try makeDataset(
          quantity.name, type, sampledShape + inner(of: quantity),
          axes: sampledAxes + [time.name] + (quantity.cells.map { [$0.name] } ?? []), isLarge: true,
          isFilled: quantity.cells != nil)
        try describe(dataset, quantity, along: sampledAxes)
        variables.append(dataset)
        try scratch?.add(like: dataset)
      }
    }
    for quantity in layout.reductions {
      let dataset = try makeDataset(quantity.name, h5_float64(), shape, axes: runAxes)
      try describe(dataset, quantity, along: runAxes)
      reductions.append(dataset)
    }
    try writeRunFrame(runAxes)
    try writeProvenance(file)
  }

  private func writeRunFrame(_ runAxes: [String]) throws(StorageFailure) {
    let status = try makeDataset("status", h5_int8(), shape, axes: runAxes)
    try describe(status, meanings: RunRecord.Status.meanings, "how each run ended")
    var verdict: HDF5Object?
    if !layout.verdicts.isEmpty {
      let dataset = try makeDataset("verdict", h5_int8(), shape, axes: runAxes)
      try describe(dataset, meanings: layout.verdicts, "the verdict on each run; -1 for none")
      verdict = dataset
    }
    guard let text = HDF5Object.anyString() else {
      throw .failed(operation: "describing", path: temporaryPath)
    }
    func column(
      _ name: String, _ type: hid_t, _ longName: String
    ) throws(StorageFailure) -> HDF5Object {
      let dataset = try makeDataset(name, type, shape, axes: runAxes)
      try require(dataset.setAttribute("long_name", longName), "describing")
      return dataset
    }
    runs = RunDatasets(
      status: status, verdict: verdict,
      reason: try column("failure_reason", text.id, "why a run failed"),
      acceptedSteps: try column("accepted_steps", h5_int64(), "steps taken over"),
      rejectedSteps: try column("rejected_steps", h5_int64(), "steps repeated"),
      stiffSteps: layout.hasMethodChanges
        ? try column("stiff_steps", h5_int64(), "steps taken over that a stiff method took") : nil,
      switches: layout.hasMethodChanges
        ? try column("method_switches", h5_int64(), "how often the method changed") : nil,
      identity: layout.hasIdentities
        ? try column(
          "run_identity", h5_uint64(),
          "what a run follows from, as a hash: equal where the same run is done") : nil)
  }

  func describe(
    _ dataset: HDF5Object, _ quantity: ResultLayout.Quantity, along axes: [String]
  ) throws(StorageFailure) {
    try require(dataset.setAttribute("units", quantity.unit), "describing")
    if !quantity.longName.isEmpty {
      try require(dataset.setAttribute("long_name", quantity.longName), "describing")
    }
    let names = layout.coordinates.filter { axes.contains($0.axis) }.map(\.name)
      .joined(separator: " ")
    if !names.isEmpty, !names.contains(where: { $0 == "[" }) {
      try require(dataset.setAttribute("coordinates", names), "describing")
    }
  }

  private func describe(
    _ dataset: HDF5Object, meanings: [String], _ longName: String
  ) throws(StorageFailure) {
    let words = meanings.map { $0.replacingOccurrences(of: " ", with: "_") }
    try require(dataset.setAttribute("long_name", longName), "describing")
    try require(
      dataset.setAttribute("flag_values", (0..<Int8(words.count)).map { $0 }), "describing")
    try require(
      dataset.setAttribute("flag_meanings", words.joined(separator: " ")), "describing")
  }

  func writeAxis(_ axis: Axis) throws(StorageFailure) {
    guard let file else { return }
    scales[axis.name] = try writeScale(axis, in: file)
  }

  /// Writes an axis, to which the arrays along it are tied.
  func writeScale(_ axis: Axis, in parent: HDF5Object) throws(StorageFailure) -> HDF5Object {
    let dataset = try writeValues(axis.values, axis.name, in: parent)
    try require(H5DSset_scale(dataset.id, axis.name) >= 0, "describing")
    if !axis.unit.isEmpty { try require(dataset.setAttribute("units", axis.unit), "describing") }
    if !axis.longName.isEmpty {
      try require(dataset.setAttribute("long_name", axis.longName), "describing")
    }
    return dataset
  }

  private func writeValues(
    _ values: Axis.Values, _ name: String, in parent: HDF5Object, scales: [HDF5Object] = []
  ) throws(StorageFailure) -> HDF5Object {
    func integers(_ numbers: [Int64]) throws(StorageFailure) -> HDF5Object {
      let dataset = try makeDataset(name, h5_int64(), [numbers.count], scales: scales, in: parent)
      try require(
        H5Dwrite(dataset.id, h5_native_int64(), h5_all(), h5_all(), h5_default(), numbers) >= 0,
        "writing to")
      return dataset
    }
    switch values {
    case .numbers(let numbers):
      let dataset = try makeDataset(
        name, h5_float64(), [numbers.count], scales: scales, in: parent)
      try require(
        H5Dwrite(dataset.id, h5_native_double(), h5_all(), h5_all(), h5_default(), numbers) >= 0,
        "writing to")
      return dataset
    case .positions(let count): return try integers((0..<Int64(count)).map { $0 })
    case .integers(let numbers): return try integers(numbers.map { Int64($0) })
    case .labels(let labels):
      guard let type = HDF5Object.anyString() else {
        throw .failed(operation: "describing", path: temporaryPath)
      }
      let dataset = try makeDataset(
        name, type.id, [labels.count], scales: scales, in: parent)
      try writeStrings(labels, into: dataset, type)
      return dataset
    }
  }

  func makeDataset(
    _ name: String, _ type: hid_t, _ shape: [Int], axes: [String], isLarge: Bool = false,
    isFilled: Bool = false
  ) throws(StorageFailure) -> HDF5Object {
    guard let file else { throw .failed(operation: "creating", path: temporaryPath) }
    return try makeDataset(
      name, type, shape, scales: axes.compactMap { scales[$0] }, in: file, isLarge: isLarge,
      isFilled: isFilled)
  }

  func makeDataset(
    _ name: String, _ type: hid_t, _ shape: [Int], scales: [HDF5Object] = [],
    in parent: HDF5Object, isLarge: Bool = false, isFilled: Bool = false
  ) throws(StorageFailure) -> HDF5Object {
    guard let space = HDF5Object.space(shape),
      let creation = HDF5Object(H5Pcreate(h5_dataset_creation()), H5Pclose)
    else { throw .failed(operation: "creating", path: temporaryPath) }
    H5Pset_attr_creation_order(creation.id, h5_creation_order())
    H5Pset_obj_track_times(creation.id, false)
    if H5Tget_class(type) == H5T_FLOAT {
      var missing = Double.nan
      H5Pset_fill_value(creation.id, h5_native_double(), &missing)
    }
    if isLarge && layout.compression > 0 && !shape.contains(0) {
      // A run's samples in one chunk, so that no chunk is shared between runs.
      let chunk = shape.enumerated().map {
        hsize_t($0.offset == shape.count - 1 ? min($0.element, 131_072) : 1)
      }
      H5Pset_chunk(creation.id, CInt(chunk.count), chunk)
      H5Pset_shuffle(creation.id)
      H5Pset_deflate(creation.id, CUnsignedInt(layout.compression))
    } else {
      H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY)
      // Every sample is written by us, the missing ones too.
      if isLarge && !isFilled { H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER) }
    }
    guard
      let dataset = HDF5Object(
        H5Dcreate2(parent.id, name, type, space.id, h5_default(), creation.id, h5_default()),
        H5Dclose)
    else { throw .failed(operation: "creating `\(name)` in", path: temporaryPath) }
    for (position, scale) in scales.enumerated() {
      try require(
        H5DSattach_scale(dataset.id, scale.id, CUnsignedInt(position)) >= 0, "describing")
    }
    return dataset
  }

  func writeStrings(
    _ strings: [String], into dataset: HDF5Object, _ type: HDF5Object, space: hid_t = h5_all(),
    memory: hid_t = h5_all()
  ) throws(StorageFailure) {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    try require(
      H5Dwrite(dataset.id, type.id, memory, space, h5_default(), &pointers) >= 0, "writing to")
  }

  func require(_ isGood: Bool, _ operation: String) throws(StorageFailure) {
    guard isGood else { throw .failed(operation: operation, path: temporaryPath) }
  }
}
