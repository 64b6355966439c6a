import ArgumentParser
import Foundation
import Storage

/// Has a process of its own read an HDF5 file first, so that a damaged one ends that process and not
/// this one, or its loop.
enum TrialReading {
  /// What is read.
  enum Extent: String, ExpressibleByArgument {
    /// How the runs ended.
    case state
    /// Everything.
    case all
  }

  /// What has been read already is not read again.
  private nonisolated(unsafe) static var sound: Set<String> = []
  private static let lock = NSLock()

  /// Refuses a file that cannot be read.
  ///
  /// - Throws: `StorageFailure` if the trial came to a bad end.
  static func check(_ path: String, _ extent: Extent = .all) throws(StorageFailure) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    if lock.withLock({ sound.contains(path) }) { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [TrialCommand.configuration.commandName ?? "", path, extent.rawValue]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // Where no process can be started, the file is read here without a trial.
    guard (try? process.run()) != nil else { return }
    process.waitUntilExit()
    guard process.terminationReason == .exit else {
      throw .damaged(path: path)
    }
    // Any other end is one that this process comes to as well, and can tell of.
    if extent == .all { lock.withLock { _ = sound.insert(path) } }
  }
}

/// Reads a file and says nothing: the trial itself.
struct TrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try-reading", abstract: "Reads an HDF5 file, and says nothing.",
    shouldDisplay: false)

  @Argument(help: "The file.")
  var file: String

  @Argument(help: "What is read.")
  var extent: TrialReading.Extent

  /// More memory than any reader needs at once, in bytes.
  private static let memory: rlim_t = 16 << 30
  /// In seconds, beside what a disk takes for the file.
  private static let time: UInt64 = 20

  func run() throws {
    // The process that waits for this one tells a damaged file by the signal.
    CrashReport.remove()
    let size = (try? URL(fileURLWithPath: file).resourceValues(forKeys: [.fileSizeKey]))?.fileSize
    limit(RLIMIT_AS, Self.memory)
    limit(RLIMIT_CPU, rlim_t(Self.time + UInt64(size ?? 0) / 20_000_000))
    limit(RLIMIT_CORE, 0)
    switch extent {
    case .state: _ = try? ResultFileReader(path: file).status()
    case .all: try? WholeFile.read(file)
    }
  }

  private func limit(_ resource: __rlimit_resource, _ value: rlim_t) {
    var limits = rlimit(rlim_cur: value, rlim_max: value)
    setrlimit(__rlimit_resource_t(resource.rawValue), &limits)
  }
}
