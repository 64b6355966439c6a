import ArgumentParser

/// The meanings of the command's exit codes.
enum ExitStatus {
  /// Finished, but some runs or validations failed.
  static let someFailed = ExitCode(1)
  /// A model or an experiment has errors.
  static let dataError = ExitCode(65)
  /// A bug of ours.
  static let internalError = ExitCode(70)
  /// Reading or writing failed.
  static let inputOutput = ExitCode(74)
  /// Interrupted; what was finished is in the file.
  static let interrupted = ExitCode(130)
}
