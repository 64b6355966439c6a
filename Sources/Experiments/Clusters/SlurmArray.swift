import Foundation

/// A sweep as a job array of Slurm: the scripts that do its parts and put them together.
///
/// A task does its parts one after the other. Before its time is up it is told to end; what it has
/// finished is in its journal, and the task is queued again, up to a number of times. The result is
/// put together by a job that waits for all tasks, whatever became of them, and says what is missing.
public struct SlurmArray: Sendable {
  /// The path of the program.
  public var program: String
  /// The folder in which to work; paths may be relative to it.
  public var folder: String
  public var experiment: String
  public var result: String
  /// What `run` is given besides, such as `--set` and its value.
  public var arguments: [String]
  /// How many parts the sweep has.
  public var shards: Int
  /// How many tasks the array has: as many as parts, or fewer where a site allows no more.
  public var tasks: Int
  /// How many tasks run at the same time; as many as the site lets if not given.
  public var mostAtOnce: Int?
  public var processorsPerTask = 1
  /// The time limit of a task, as Slurm writes it.
  public var timeLimit = "01:00:00"
  /// How long before the limit a task is told to end, in s.
  public var grace = 60
  /// How often a task that was ended goes on.
  public var retries = 3
  public var memory: String?
  public var partition: String?
  public var account: String?
  /// Whether a result that exists may be replaced.
  public var mayReplace = false

  /// Plans an array.
  ///
  /// - Parameters:
  ///   - program: The path of the program.
  ///   - folder: The folder in which to work.
  ///   - experiment: The experiment.
  ///   - result: The result file.
  ///   - arguments: What `run` is given besides.
  ///   - shards: How many parts the sweep has.
  ///   - mostTasks: How many tasks an array of the site may have, if that is limited.
  public init(
    program: String, folder: String, experiment: String, result: String, arguments: [String],
    shards: Int, mostTasks: Int?
  ) {
    self.program = program
    self.folder = folder
    self.experiment = experiment
    self.result = result
    self.arguments = arguments
    self.shards = shards
    tasks = min(shards, mostTasks ?? shards)
  }

  /// A text as one word of a shell, whatever is in it.
  public static func quoted(_ text: String) -> String {
    "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }

  /// Whether a text is a time limit: minutes, or `[days-]hours:minutes[:seconds]` and the like.
  public static func isTimeLimit(_ text: String) -> Bool {
    let pattern = /(\d+-)?\d+(:\d\d){0,2}/
    return text.wholeMatch(of: pattern) != nil
  }

  /// How long a time limit is, in s; `nil` for what is none.
  public static func seconds(ofTimeLimit text: String) -> Int? {
    guard isTimeLimit(text) else { return nil }
    let parts = text.split(separator: "-")
    let numbers = parts[parts.count - 1].split(separator: ":").compactMap { Int($0) }
    // Days are followed by hours; without them a single number is minutes, and two are minutes and
    // seconds.
    let units = parts.count == 2 ? [3600, 60, 1] : numbers.count == 3 ? [3600, 60, 1] : [60, 1]
    let days = parts.count == 2 ? Int(parts[0]) ?? 0 : 0
    return zip(numbers, units).reduce(days * 86_400) { $0 + $1.0 * $1.1 }
  }

  /// Whether a text is a name that needs no quotes, such as that of a partition.
  public static func isName(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z0-9_.,-]+/) != nil
  }

  /// Whether a text is an amount of memory, such as `2G`.
  public static func isMemory(_ text: String) -> Bool {
    text.wholeMatch(of: /\d+[KMGT]?/) != nil
  }

  private var name: String {
    let stem = ((result as NSString).lastPathComponent as NSString).deletingPathExtension
    let plain = stem.unicodeScalars.map { scalar in
      scalar.isASCII && Self.isName(String(scalar)) ? Character(scalar) : "_"
    }
    return "afterglow-" + String(plain)
  }

  private func options(_ lines: [String?]) -> String {
    lines.compactMap { $0 }.map { "#SBATCH \($0)\n" }.joined()
  }

  /// What both scripts begin with, behind their options.
  private func beginning(log: String) -> String {
    """
    # Written by `afterglow submit`.
    cd \(Self.quoted(folder)) || exit 74
    afterglow=\(Self.quoted(program))
    result=\(Self.quoted(result))
    exec >> \(log) 2>&1
    """
  }

  /// The script of the array.
  public var arrayScript: String {
    let limit = mostAtOnce.map { "%\($0)" } ?? ""
    let more = arguments.map { " " + Self.quoted($0) }.joined()
    return """
      #!/bin/bash
      \(options([
        "--job-name=\(name)", "--array=1-\(tasks)\(limit)", "--time=\(timeLimit)",
        "--cpus-per-task=\(processorsPerTask)", memory.map { "--mem=\($0)" },
        partition.map { "--partition=\($0)" }, account.map { "--account=\($0)" },
        "--signal=B:USR1@\(grace)", "--requeue", "--output=/dev/null",
      ]))\(beginning(log: "\"$result.slurm-$SLURM_ARRAY_TASK_ID.log\""))
      shards=\(shards)
      tasks=\(tasks)
      retries=\(retries)

      # What is finished is kept, shortly before the time is up and when the job is cancelled; only
      # in the first case the task is queued again.
      ended=
      again=
      child=
      end() {
        ended=yes
        if [ -n "$child" ]; then kill -TERM "$child" 2> /dev/null; fi
      }
      trap 'again=yes; end' USR1
      trap end TERM

      status=0
      for ((shard = SLURM_ARRAY_TASK_ID; shard <= shards; shard += tasks)); do
        if [ -e "$result.shard-$shard-of-$shards.journal" ]; then
          task=(resume "$result")
        else
          task=(run \(Self.quoted(experiment)) -o "$result"\(more))
        fi
        "$afterglow" "${task[@]}" --shard "$shard/$shards" --threads \(processorsPerTask) &
        child=$!
        if [ -n "$ended" ]; then kill -TERM "$child" 2> /dev/null; fi
        wait "$child"
        code=$?
        # A signal ends the wait before the program.
        while [ "$code" -gt 128 ] && kill -0 "$child" 2> /dev/null; do
          wait "$child"
          code=$?
        done
        child=
        if [ -n "$ended" ]; then break; fi
        if [ "$code" -gt 1 ]; then status=$code; fi
      done

      if [ -n "$again" ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "$retries" ]; then
        echo "ended before its time was up, and queued again"
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
        sleep 60
      fi
      if [ -n "$ended" ]; then exit 130; fi
      exit "$status"

      """
  }

  /// The script of the job that puts the parts together.
  public var mergeScript: String {
    """
    #!/bin/bash
    \(options([
      "--job-name=\(name)-merge", "--time=\(timeLimit)", "--cpus-per-task=1",
      memory.map { "--mem=\($0)" }, partition.map { "--partition=\($0)" },
      account.map { "--account=\($0)" }, "--output=/dev/null",
    ]))\(beginning(log: "\"$result.slurm-merge.log\""))
    "$afterglow" merge "$result"\(mayReplace ? " --overwrite" : "")

    """
  }
}
