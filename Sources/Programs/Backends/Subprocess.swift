#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A program that was started without a shell.
struct Subprocess {
  private let path: String
  private let process: pid_t

  /// Starts a program with no input, its output and messages in a file.
  init(_ arguments: [String], messagesTo file: String) throws(KernelFailure) {
    path = arguments[0]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // A result file that another thread is writing would stay locked as long as the program runs.
    for file in 3..<min(1024, getdtablesize()) {
      posix_spawn_file_actions_addclose(&actions, file)
    }
    var pointers = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let code = posix_spawnp(&process, arguments[0], &actions, nil, pointers, environ)
    guard code == 0 else {
      throw .compilerNotStarted(path: arguments[0], reason: String(cString: strerror(code)))
    }
    self.process = process
  }

  /// Waits for the end.
  ///
  /// - Returns: The exit status; 128 and the signal's number if a signal ended it.
  func wait() throws(KernelFailure) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else {
        throw .compilerNotStarted(path: path, reason: String(cString: strerror(errno)))
      }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
