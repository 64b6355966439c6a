import ArgumentParser
import Foundation
import Storage

/// How many runs of a result are done, failed or left.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Says how many runs of a result are done, failed, or left.",
    discussion: """
      Parts of a sweep that have not been put together are counted together. Of a folder it
      tells every result and every sweep that is under way.

      EXAMPLES
        afterglow status dose_response.h5
        afterglow status dose_response.h5 --watch
        afterglow status .
      """)

  @Argument(help: "A result file, or a folder of them.", completion: .file())
  var file: String

  @Flag(help: "Print one JSON object; with --watch, or of a folder, one on each line.")
  var json = false

  @Flag(help: "Show a progress line, with speed and time left, until the runs have ended.")
  var watch = false

  func run() throws {
    let terminal = Terminal()
    var isFolder: ObjCBool = false
    do {
      if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
        guard !watch else {
          throw ValidationError("--watch follows one result, not a folder")
        }
        tellFolder(terminal)
      } else if watch {
        try SweepWatch(file: file, terminal: terminal, json: json).follow()
      } else {
        let state = try SweepState(file: file)
        terminal.print(json ? JSONText.of(state) : state.text)
      }
    } catch let failure as StorageFailure {
      terminal.complain(failure.message)
      throw ExitStatus.inputOutput
    }
  }

  private func tellFolder(_ terminal: Terminal) {
    var table = TextTable(["file", "title", "runs", "done", "failed", "state"])
    var others: [String] = []
    for path in SweepState.files(in: file) {
      let name = URL(fileURLWithPath: path).lastPathComponent
      do throws(StorageFailure) {
        let state = try SweepState(file: path)
        if json {
          terminal.print(JSONText.of(state, isLine: true))
        } else {
          table.add([
            name, state.title, "\(state.total)", "\(state.done)", "\(state.failed)",
            state.state == .finished && state.notRun > 0
              ? "\(state.notRun) not run" : state.state.rawValue,
          ])
        }
      } catch {
        others.append(error.message)
      }
    }
    if !json { terminal.print(table.text) }
    for message in others { terminal.warn(message) }
  }
}
