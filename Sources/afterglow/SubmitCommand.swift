import ArgumentParser
import Experiments
import Foundation
import Storage

/// Gives a sweep to a cluster.
struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Runs a sweep on a cluster, as a job array of Slurm.",
    discussion: """
      The sweep is divided into parts, which the tasks of the array do, each with a journal beside \
      the result. A task whose time is up keeps what it has finished and is queued again. A last \
      job puts the parts together, and says what is missing if something is.

      The folder of the result has to be one that all machines see. Submitting again goes on with \
      what is there: finished runs are not done twice.

      EXAMPLES
        afterglow submit Experiments/dose_response.yaml --shards 100 --time 02:00:00 --dry-run
        afterglow submit sweep.yaml -o /shared/sweep.h5 --shards 500 --cpus 4 --memory 4G
        afterglow submit sweep.yaml --shards 5000 --array-limit 1000 --at-most 200
        afterglow status sweep.h5
      """)

  @Argument(help: "An experiment with a sweep (.yaml).")
  var experiment: String

  @OptionGroup var result: ResultOptions
  @OptionGroup var overrides: OverrideOptions

  @Option(help: "Into how many parts the sweep is divided.")
  var shards: Int

  @Option(
    help: ArgumentHelp(
      "How many tasks an array may have here; a task does several parts if there are more.",
      valueName: "tasks"))
  var arrayLimit: Int?

  @Option(help: ArgumentHelp("How many tasks run at the same time.", valueName: "tasks"))
  var atMost: Int?

  @Option(help: "The time limit of a task, as Slurm writes it: 30, 02:00:00, 1-12.")
  var time = "01:00:00"

  @Option(
    help: ArgumentHelp(
      "How long before the limit a task ends its runs and is queued again.", valueName: "seconds"))
  var grace = 60

  @Option(help: "How often a task that was ended goes on.")
  var retries = 3

  @Option(help: "Processors of a task.")
  var cpus = 1

  @Option(help: "Memory of a task, such as 2G; what the site gives if not said.")
  var memory: String?

  @Option(help: "The partition.")
  var partition: String?

  @Option(help: "The account.")
  var account: String?

  @Flag(help: "Print the scripts and submit nothing.")
  var dryRun = false

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Report: Encodable {
    var arrayJob: String
    var mergeJob: String
    var result: String
    var shards: Int
    var tasks: Int
    var scripts: [String]
  }

  mutating func validate() throws {
    func atLeastOne(_ value: Int?, _ name: String) throws {
      if let value, value < 1 { throw ValidationError("--\(name) is at least 1, not \(value)") }
    }
    try atLeastOne(shards, "shards")
    try atLeastOne(arrayLimit, "array-limit")
    try atLeastOne(atMost, "at-most")
    try atLeastOne(cpus, "cpus")
    if retries < 0 { throw ValidationError("--retries is at least 0, not \(retries)") }
    if !(0...65535).contains(grace) {
      throw ValidationError("--grace is from 0 to 65535 s, not \(grace)")
    }
    guard let limit = SlurmArray.seconds(ofTimeLimit: time) else {
      throw ValidationError("--time is a limit such as 30, 02:00:00 or 1-12, not `\(time)`")
    }
    guard grace < limit else {
      throw ValidationError("--grace of \(grace) s leaves nothing of a time limit of \(limit) s")
    }
    if let memory, !SlurmArray.isMemory(memory) {
      throw ValidationError("--memory is an amount such as 500M or 2G, not `\(memory)`")
    }
    for (name, value) in [("partition", partition), ("account", account)] {
      if let value, !SlurmArray.isName(value) {
        throw ValidationError("--\(name) is a name, not `\(value)`")
      }
    }
  }

  func run() throws {
    let terminal = Terminal(isQuiet: json)
    // What is wrong with the experiment is told now and not by a hundred tasks.
    let loaded = try ExperimentLoading(terminal).load(experiment, overrides.overrides)
    let runs = RunPlan(loaded).count
    guard shards <= runs else {
      terminal.complain("\(shards) parts are more than the \(runs) runs of the experiment")
      throw ExitStatus.dataError
    }
    let path = URL(fileURLWithPath: result.path(for: experiment)).path
    do throws(StorageFailure) {
      try ResultFileWriter.checkDestination(path, mayReplace: result.overwrite)
    } catch {
      terminal.complain(error.message)
      throw ExitStatus.inputOutput
    }
    let array = array(path)
    if dryRun {
      terminal.print(
        json
          ? JSONText.of([array.arrayScript, array.mergeScript])
          : array.arrayScript + "\n" + array.mergeScript)
      return
    }
    try checkParts(loaded, path, terminal)
    try submit(array, terminal)
  }

  /// Ends the command if there are parts of another sweep beside the result, which the tasks would go
  /// on with; deletes them if the result may be replaced.
  private func checkParts(_ experiment: Experiment, _ path: String, _ terminal: Terminal) throws {
    let header = CampaignJournal.header(
      experiment, RunPlan(experiment), overrides: overrides.overrides, version: Version.current)
    for place in Shard.journals(besideResult: path) {
      let journal = try JournalLoading(terminal: terminal).open(place)
      let changes = CampaignJournal.changes(from: journal.header, to: header)
      if changes.isEmpty { continue }
      if result.overwrite {
        unlink(place)
        continue
      }
      terminal.complain(
        "`\(place)` is a part of another sweep:\n"
          + changes.prefix(20).map { "  \($0)" }.joined(separator: "\n")
          + "\ndelete it with --overwrite, or choose another name for the result")
      throw ExitStatus.dataError
    }
  }

  private func array(_ path: String) -> SlurmArray {
    var arguments: [String] = []
    for setting in overrides.settings {
      arguments += ["--set", "\(setting.path)=\(setting.value)"]
    }
    if let seed = overrides.seed { arguments += ["--seed", "\(seed)"] }
    var array = SlurmArray(
      program: Bundle.main.executablePath ?? "afterglow",
      folder: FileManager.default.currentDirectoryPath, experiment: experiment,
      result: path, arguments: arguments, shards: shards, mostTasks: arrayLimit)
    array.mostAtOnce = atMost
    array.processorsPerTask = cpus
    array.timeLimit = time
    array.grace = grace
    array.retries = retries
    array.memory = memory
    array.partition = partition
    array.account = account
    array.mayReplace = result.overwrite
    return array
  }

  private func submit(_ array: SlurmArray, _ terminal: Terminal) throws {
    let scripts = [array.result + ".slurm.sh", array.result + ".slurm-merge.sh"]
    for (path, text) in zip(scripts, [array.arrayScript, array.mergeScript]) {
      do {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
      } catch {
        terminal.complain("`\(path)` cannot be written: \(error.localizedDescription)")
        throw ExitStatus.inputOutput
      }
    }
    let job = try sbatch([scripts[0]], terminal)
    let mergeJob: String
    do {
      mergeJob = try sbatch(["--dependency=afterany:\(job)", scripts[1]], terminal)
    } catch {
      terminal.complain("job \(job) was submitted, and nothing will merge its parts")
      throw error
    }
    if json {
      terminal.print(
        JSONText.of(
          Report(
            arrayJob: job, mergeJob: mergeJob, result: array.result, shards: array.shards,
            tasks: array.tasks, scripts: scripts)))
      return
    }
    terminal.print(
      """
      job \(job): \(array.tasks) tasks for \(array.shards) parts; job \(mergeJob) puts them together
      how far they are:  afterglow status \(array.result)
      what they said:    \(array.result).slurm-*.log
      to stop:           scancel \(job) \(mergeJob)
      by hand:           afterglow merge \(array.result)
      """)
  }

  /// Submits a script, or ends the command with the reason why not.
  ///
  /// - Returns: The number of the job.
  private func sbatch(_ arguments: [String], _ terminal: Terminal) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sbatch", "--parsable"] + arguments
    let output = Pipe()
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      terminal.complain("sbatch cannot be started: \(error.localizedDescription)")
      throw ExitStatus.inputOutput
    }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      terminal.complain(
        process.terminationStatus == 127
          ? "there is no Slurm here (sbatch is not on the path); --dry-run prints the scripts"
          : "sbatch has refused the job")
      throw ExitStatus.inputOutput
    }
    // With several clusters the name of one follows.
    return String(text.prefix { $0.isNumber })
  }
}
