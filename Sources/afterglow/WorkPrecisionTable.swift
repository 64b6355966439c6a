import ArgumentParser
import Experiments
import Foundation
import Programs
import Simulations
import Solvers

/// Published stiff problems at several tolerances: requested against delivered digits.
struct WorkPrecisionTable {
  var backend: Backend

  private struct Entry: Encodable {
    var problem: String
    var method: String
    var requestedDigits: Double
    var deliveredDigits: Double
    var acceptedSteps: Int
    var rejectedSteps: Int
  }

  /// Solves and prints; ends the command if a model cannot be read.
  func print(_ terminal: Terminal, asJSON: Bool) throws {
    let workplace = Workplace()
    var entries: [Entry] = []
    for problem in ReferenceProblem.all {
      let path = workplace.find("reference/\(problem.model)", in: "Models", ending: ".model")
      guard let file = try? FileLibrary.file(path),
        let model = workplace.library.loadModel(file).model
      else {
        terminal.complain("the model `reference/\(problem.model)` cannot be read")
        throw ExitStatus.inputOutput
      }
      for method in [Method.rodas5P, .rodas4] {
        for digits in stride(from: 4.0, through: 10, by: 2) {
          let row = try problem.solve(
            model, method: method, relativeTolerance: pow(10, -digits), backend: backend)
          entries.append(
            Entry(
              problem: row.problem, method: row.method.rawValue,
              requestedDigits: row.requestedDigits, deliveredDigits: row.deliveredDigits,
              acceptedSteps: row.acceptedSteps, rejectedSteps: row.rejectedSteps))
        }
      }
    }
    if asJSON {
      terminal.print(JSONText.of(["workPrecision": entries]))
      return
    }
    var table = TextTable(["problem", "method", "requested", "delivered", "steps", "rejected"])
    for entry in entries {
      table.add([
        entry.problem, entry.method, String(format: "%.0f", entry.requestedDigits),
        String(format: "%.1f", entry.deliveredDigits), "\(entry.acceptedSteps)",
        "\(entry.rejectedSteps)",
      ])
    }
    terminal.print(table.text)
  }
}
