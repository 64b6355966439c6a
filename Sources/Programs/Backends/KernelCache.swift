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

  /// Compiles a kernel, or finds it compiled.
  ///
  /// - Parameters:
  ///   - texts: The kernel in C, in one or two parts.
  ///   - prelude: The text that each part begins with, behind its definitions.
  ///   - toolchain: Which compiler, and where kernels are kept.
  /// - Returns: A library that can be loaded.
  /// - Throws: `KernelFailure` if there is none to be had.
  static func library(
    of texts: [String], prelude: String, toolchain: KernelToolchain
  ) throws(KernelFailure) -> Library {
    do throws(KernelFailure) {
      return try library(of: texts, toolchain: toolchain)
    } catch {
      guard case .compilationFailed(let status, let output) = error, status == 1,
        let message = output.split(separator: "\n").first(where: { $0.contains(" error: ") }),
        accepts("#define AFTERGLOW_LANES 8\n" + prelude, toolchain)
      else { throw error }
      throw .textRefused(message: String(message))
    }
  }

  /// Whether the compiler takes a text by itself, so that what it refuses is not its own fault.
  private static func accepts(_ text: String, _ toolchain: KernelToolchain) -> Bool {
    guard let work = makeTemporaryFolder(in: "/tmp") else { return false }
    defer { removeFolder(work) }
    do throws(KernelFailure) {
      try compile([text], key: text, in: work, toolchain: toolchain)
      return true
    } catch {
      return false
    }
  }

  private static func library(
    of texts: [String], toolchain: KernelToolchain
  ) throws(KernelFailure) -> Library {
    let arguments = toolchain.arguments(isLarge: texts.count > 1)
    let key =
      ([toolchain.compiler] + arguments).joined(separator: " ") + "\n"
      + texts.joined(separator: "\n")
    if let root = toolchain.cacheDirectory, prepareRoot(root) {
      let folder = root + "/" + name(of: key)
      if isEntry(folder, of: key) {
        return Library(
          path: folder + "/" + libraryName, cameFromCache: true, temporaryFolder: nil)
      }
      if let work = makeTemporaryFolder(in: root) {
        do throws(KernelFailure) {
          try compile(texts, key: key, in: work, toolchain: toolchain)
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
      try compile(texts, key: key, in: work, toolchain: toolchain)
    } catch {
      removeFolder(work)
      throw error
    }
    return Library(path: work + "/" + libraryName, cameFromCache: false, temporaryFolder: work)
  }

  private static func compile(
    _ texts: [String], key: String, in folder: String, toolchain: KernelToolchain
  ) throws(KernelFailure) {
    let key = (path: folder + "/" + sourceName, text: key)
    let arguments = toolchain.arguments(isLarge: texts.count > 1)
    let library = ["-shared", "-o", folder + "/" + libraryName]
    var parts: [(source: String, object: String, messages: String)] = []
    for (number, text) in texts.enumerated() {
      let path = folder + "/part\(number)"
      parts.append((path + ".c", path + ".o", path + ".txt"))
      try write(text, to: path + ".c")
    }
    if parts.count == 1 {
      try run(arguments + library + [parts[0].source], parts[0].messages, toolchain)
    } else {
      // At the same time, on as many processors.
      var compilers: [Subprocess] = []
      for part in parts {
        let object = ["-c", "-o", part.object, part.source]
        compilers.append(
          try Subprocess([toolchain.compiler] + arguments + object, messagesTo: part.messages))
      }
      let statuses = try compilers.map { compiler throws(KernelFailure) in try compiler.wait() }
      for (status, part) in zip(statuses, parts) { try check(status, part.messages) }
      try run(["-nostdlib"] + library + parts.map(\.object), parts[0].messages, toolchain)
    }
    for part in parts { for path in [part.source, part.object, part.messages] { unlink(path) } }
    try write(key.text, to: key.path)
  }

  private static func run(
    _ arguments: [String], _ messages: String, _ toolchain: KernelToolchain
  ) throws(KernelFailure) {
    try check(Subprocess([toolchain.compiler] + arguments, messagesTo: messages).wait(), messages)
  }

  private static func check(_ status: Int32, _ messages: String) throws(KernelFailure) {
    if status != 0 { throw .compilationFailed(status: status, output: read(messages) ?? "") }
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
    if let entries = opendir(folder) {
      while let entry = readdir(entries) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { unlink(folder + "/" + name) }
      }
      closedir(entries)
    }
    rmdir(folder)
  }

  private static func write(_ text: String, to path: String) throws(KernelFailure) {
    var copy = text
    if let file = fopen(path, "wx") {
      let isWritten = copy.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
      if fclose(file) == 0 && isWritten { return }
    }
    throw .cacheUnusable(path: path, reason: String(cString: strerror(errno)))
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
