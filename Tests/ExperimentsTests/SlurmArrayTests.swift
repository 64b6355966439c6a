import Foundation
import Testing

@testable import Experiments

@Suite("Job arrays of Slurm")
struct SlurmArrayTests {
  private func array(result: String = "/shared/all.h5", mostTasks: Int? = nil) -> SlurmArray {
    SlurmArray(
      program: "/opt/afterglow", folder: "/home/me", experiment: "sweep.yaml", result: result,
      arguments: ["--set", "dose.amount=0.2 mg/kg"], shards: 10, mostTasks: mostTasks)
  }

  @Test("a task has one part, or several where the site allows fewer tasks")
  func tasks() {
    #expect(array().arrayScript.contains("#SBATCH --array=1-10\n"))
    var limited = array(mostTasks: 4)
    limited.mostAtOnce = 2
    #expect(limited.arrayScript.contains("#SBATCH --array=1-4%2\n"))
    #expect(limited.arrayScript.contains("\nshards=10\ntasks=4\n"))
  }

  @Test("what is asked of Slurm is in both scripts, and what is not is in none")
  func options() {
    var asked = array()
    #expect(!asked.arrayScript.contains("--mem"))
    #expect(!asked.mergeScript.contains("--partition"))
    asked.memory = "2G"
    asked.partition = "long"
    asked.account = "lab"
    asked.timeLimit = "1-00:00:00"
    for script in [asked.arrayScript, asked.mergeScript] {
      for option in ["--mem=2G", "--partition=long", "--account=lab", "--time=1-00:00:00"] {
        #expect(script.contains("#SBATCH \(option)\n"))
      }
    }
  }

  @Test(
    "no text gets out of its quotes", arguments: ["a b", "it's", "$(touch x)", "a\"b;`c`", "ü\n"])
  func quoting(_ text: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "printf %s \(SlurmArray.quoted(text))"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(String(decoding: printed, as: UTF8.self) == text)
  }

  @Test("both scripts are such that bash can read them")
  func syntax() throws {
    let odd = array(result: "/tmp/it's \"all\" $HOME.h5")
    for script in [odd.arrayScript, odd.mergeScript] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-n", "-c", script]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(odd.arrayScript.contains("#SBATCH --job-name=afterglow-it_s__all___HOME\n"))
  }

  @Test(
    "limits, names and amounts are told from what could do harm",
    arguments: [
      ("30", true), ("02:00:00", true), ("1-12", true), ("1-12:30", true), ("1 h", false),
      ("", false), ("10\n#SBATCH --uid=0", false),
    ])
  func limits(_ text: String, _ isRight: Bool) {
    #expect(SlurmArray.isTimeLimit(text) == isRight)
    #expect(!SlurmArray.isName("a b"))
    #expect(!SlurmArray.isName(""))
    #expect(!SlurmArray.isMemory("2 G"))
  }

  @Test(
    "time limits are as long as Slurm takes them",
    arguments: [
      ("30", 1800), ("10:30", 630), ("02:00:00", 7200), ("1-12", 129_600), ("1-12:30", 131_400),
      ("1-00:00:05", 86_405),
    ])
  func seconds(_ text: String, _ seconds: Int) {
    #expect(SlurmArray.seconds(ofTimeLimit: text) == seconds)
  }
}
