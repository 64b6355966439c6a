import ArgumentParser
import Foundation
import Synchronization

/// What is said when the program itself is at fault.
///
/// After a failed precondition or an access to memory that is not there, the process ends with
/// `ExitStatus.internalError` instead of by a signal.
///
/// Nothing can be trusted at that moment, so the words are ready beforehand, and a handler does no
/// more than write them and end the process. What journals hold has been written by then; a result
/// that is not finished is left under its temporary name, as after any other sudden end.
///
/// A handler replaces the backtrace of the Swift runtime, which takes seconds and ends the process by
/// the signal; the sentence of a failed precondition stands above the report all the same.
enum CrashReport {
  private static let signals = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT]
  /// Enough for a handler on the main thread when the stack itself is full.
  private static let stackSize = 1 << 16

  /// Has faults of this process reported.
  static func install() {
    prepare(resumable: nil)
    status = ExitStatus.internalError.rawValue
    // A second thread that fails meanwhile waits for the first to end the process.
    _ = isTold.load(ordering: .relaxed)
    var stack = stack_t()
    stack.ss_sp = .allocate(byteCount: stackSize, alignment: 16)
    stack.ss_size = stackSize
    sigaltstack(&stack, nil)
    var faults = sigset_t()
    sigemptyset(&faults)
    for number in signals { sigaddset(&faults, number) }
    // A parent may have left them blocked; threads have the mask of the one that starts them.
    pthread_sigmask(SIG_UNBLOCK, &faults, nil)
    for number in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in reportAndEnd() }
      action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_NODEFER))
      sigaction(number, &action, nil)
    }
  }

  /// Leaves faults to the system: for a process whose parent looks at how it ends.
  static func remove() {
    for number in signals { signal(number, SIG_DFL) }
  }

  /// Says how a fault can be got over while a sweep runs.
  ///
  /// - Parameter sweep: What `resume` takes to go on with it; `nil` where nothing is kept.
  static func prepare(resumable sweep: String?) {
    var text =
      "\nafterglow \(Version.current) has failed: this is a bug in afterglow, and not in your files.\n"
      + "Please report it with the command, the experiment and its models, and what is printed above.\n"
    if let sweep {
      text += "Finished runs are in the journal: `afterglow resume \(sweep)` goes on from there.\n"
    }
    let bytes = Array(text.utf8)
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
    copy.initialize(from: bytes, count: bytes.count)
    // The words before are never freed: another thread may be about to write them.
    words = Words(start: copy, count: bytes.count)
  }
}

/// A text in memory that stays where it is.
private struct Words {
  var start: UnsafePointer<UInt8>
  var count: Int
}

// Only the main thread writes the words, before threads start to run and after they have ended.
private nonisolated(unsafe) var words: Words?
private nonisolated(unsafe) var status: Int32 = 0
private let isTold = Atomic<Bool>(false)

/// Writes the words and ends the process, by nothing but what a signal handler may call.
private func reportAndEnd() {
  if isTold.exchange(true, ordering: .relaxed) { while true { pause() } }
  if let words { _ = write(STDERR_FILENO, words.start, words.count) }
  _exit(status)
}
