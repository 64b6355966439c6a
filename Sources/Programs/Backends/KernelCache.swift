#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Compiled kernels on disk, found again by the text they were compiled from.
///
/// An entry is a folder with the C text and the library. The text is compared byte by byte, so a
/// collision of names cannot yield a wrong kernel. Entries appear by renaming a finished folder:
/// several processes may compile the same kernel at the same time, and one of them wins.
enum KernelCache {
  /// A compiled kernel on disk.
  struct Library {
    var path: String
    var cameFromCache: Bool
    /// The folder to delete once the library is loaded, if it is not to be kept.
    var temporaryFolder: String?

    /// Takes a library that cannot be loaded out of the cache.
    func discard() {
      guard let end = path.lastIndex(of: "/") else { return }
      KernelCache.removeFolder(String(path[..<end]))
    }

    func removeIfTemporary() {
      if let temporaryFolder { KernelCache.removeFolder(temporaryFolder) }
    }
  }

  private static let sourceName = "kernel.c"
  private static let libraryName = "kernel.so"
  private static let messagesName = "messages.txt"

  static func library(
    of text: String, toolchain: KernelToolchain
  ) throws(KernelFailure) -> Library {
    let key = ([toolchain.compiler] + toolchain.arguments).joined(separator: " ") + "\n" + text
    if let root = toolchain.cacheDirectory, prepareRoot(root) {
      let folder = root + "/" + name(of: key)
      if isEntry(folder, of: key) {
        return Library(
          path: folder + "/" + libraryName, cameFromCache: true, temporaryFolder: nil)
      }
      if let work = makeTemporaryFolder(in: root) {
        do throws(KernelFailure) {
          try compile(text, key: key, in: work, toolchain: toolchain)
        } catch {
          removeFolder(work)
          throw error
        }
        if rename(work, folder) == 0 {
          return Library(
            path: folder + "/" + libraryName, cameFromCache: false, temporaryFolder: nil)
        }
        if isEntry(folder, of: key) {
          removeFolder(work)
          return Library(
            path: folder + "/" + libraryName, cameFromCache: false, temporaryFolder: nil)
        }
        return Library(
          path: work + "/" + libraryName, cameFromCache: false, temporaryFolder: work)
      }
    }
    guard let work = makeTemporaryFolder(in: "/tmp") else {
      throw .cacheUnusable(path: "/tmp", reason: String(cString: strerror(errno)))
    }
    do throws(KernelFailure) {
      try compile(text, key: key, in: work, toolchain: toolchain)
    } catch {
      removeFolder(work)
      throw error
    }
    return Library(path: work + "/" + libraryName, cameFromCache: false, temporaryFolder: work)
  }

  private static func compile(
    _ text: String, key: String, in folder: String, toolchain: KernelToolchain
  ) throws(KernelFailure) {
    let source = folder + "/" + sourceName
    guard write(key, to: source + ".key"), write(text, to: source) else {
      throw .cacheUnusable(path: source, reason: String(cString: strerror(errno)))
    }
    let messages = folder + "/" + messagesName
    let arguments =
      [toolchain.compiler] + toolchain.arguments
      + ["-o", folder + "/" + libraryName, source]
    let status = try Subprocess.run(arguments, messagesTo: messages)
    guard status == 0 else {
      throw .compilationFailed(status: status, output: read(messages) ?? "")
    }
    unlink(messages)
    unlink(source)
    guard rename(source + ".key", source) == 0 else {
      throw .cacheUnusable(path: source, reason: String(cString: strerror(errno)))
    }
  }

  /// Makes the folder of the cache, and says whether it is ours alone: a library that others could
  /// have put there must not be loaded.
  private static func prepareRoot(_ root: String) -> Bool {
    var path = ""
    for part in root.split(separator: "/", omittingEmptySubsequences: true) {
      path += "/" + part
      mkdir(path, 0o700)
    }
    return isPrivateFolder(root)
  }

  private static func isPrivateFolder(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == getuid()
      && status.st_mode & 0o022 == 0
  }

  private static func isEntry(_ folder: String, of key: String) -> Bool {
    guard isPrivateFolder(folder), access(folder + "/" + libraryName, R_OK) == 0 else {
      return false
    }
    return read(folder + "/" + sourceName) == key
  }

  /// FNV-1a (Fowler, Noll and Vo), 64 bits; the text itself is compared afterwards.
  private static func name(of key: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func makeTemporaryFolder(in root: String) -> String? {
    var template = Array((root + "/afterglow-XXXXXX").utf8CString)
    return template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let made = mkdtemp(base) else { return nil }
      return String(cString: made)
    }
  }

  fileprivate static func removeFolder(_ folder: String) {
    for file in [sourceName, sourceName + ".key", libraryName, messagesName] {
      unlink(folder + "/" + file)
    }
    rmdir(folder)
  }

  private static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "wx") else { return false }
    var copy = text
    let isWritten = copy.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
    return fclose(file) == 0 && isWritten
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0, status.st_size >= 0 else { return nil }
    let size = Int(status.st_size)
    return String(unsafeUninitializedCapacity: size) { buffer in
      fread(buffer.baseAddress, 1, size, file)
    }
  }
}
