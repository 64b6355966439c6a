/// Why a result file could not be written or read.
public enum StorageFailure: Error, Sendable, Hashable {
  /// The file is there, and may not be replaced.
  case exists(path: String)
  /// The folder is missing.
  case noFolder(path: String)
  /// The destination is a folder.
  case isFolder(path: String)
  /// The system refused an operation, for a reason of its own.
  case refused(operation: String, path: String, reason: String)
  /// The library refused an operation.
  case failed(operation: String, path: String)
  /// The file is no HDF5 file, or is damaged.
  case notReadable(path: String)
  /// The file is damaged so that the library that reads it does not survive it.
  case damaged(path: String)
  /// Runs in the journal of a result have other sizes than the experiment that it names.
  case journalDoesNotFit(path: String)
  /// The file is no journal of runs, or its beginning is damaged.
  case noJournal(path: String)
  /// Another process writes to the journal.
  case isInUse(path: String)
  /// The file is HDF5, but not a result of ours.
  case notResult(path: String, missing: String)
  /// The file is HDF5, but the spikes that are asked for are not in it.
  case noSpikes(path: String, reason: String)

  /// One sentence: what failed, and what to do.
  public var message: String {
    switch self {
    case .exists(let path):
      "`\(path)` exists; name another file with -o, or replace it with --overwrite"
    case .noFolder(let path): "the folder of `\(path)` does not exist; create it first"
    case .isFolder(let path): "`\(path)` is a folder; name a file in it"
    case .refused(let operation, let path, let reason):
      "\(operation) `\(path)` failed: \(reason)"
    case .failed(let operation, let path):
      "\(operation) `\(path)` failed; is the disk full?"
    case .journalDoesNotFit(let path):
      "a journal of `\(path)` does not fit the experiment that it names; it is damaged"
    case .notReadable(let path): "`\(path)` is no HDF5 file, or it is damaged"
    case .damaged(let path):
      "`\(path)` is damaged: the HDF5 library crashed or did not come to an end over it"
    case .noJournal(let path): "`\(path)` is no journal of runs, or its beginning is damaged"
    case .isInUse(let path): "another process is writing to `\(path)`; wait for it to end"
    case .notResult(let path, let missing):
      "`\(path)` is no result of afterglow: it has no \(missing)"
    case .noSpikes(let path, let reason): "the spikes of `\(path)` cannot be read: \(reason)"
    }
  }
}
