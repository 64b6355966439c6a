import Foundation
import Testing

@testable import Programs

/// What is said where there is no native kernel.
@Suite("Kernels that cannot be compiled")
struct KernelFailureTests {
  private static let toolchain = KernelToolchain(
    compiler: KernelToolchain.detect(environment: ProcessInfo.processInfo.environment).compiler,
    target: .baseline, cacheDirectory: nil)

  /// A program that adds 1 to a number; its array bears a name.
  private func program(arrayName: String) -> LaneProgram {
    var program = LaneProgram()
    let number = program.declare(arrayName, count: 1, storage: .persistent)
    let before = program.graph.load(number)
    let one = program.graph.constant(1)
    let sum = program.graph.add(before, one)
    let handle = program.define(Procedure(name: "increment", stores: [.init(number, 0, sum)]))
    program.routines[.observe] = [.call(handle, [])]
    program.fuse()
    return program
  }

  @Test("a text of ours that clang refuses is called a bug of ours, with clang's own words")
  func refusedText() throws {
    // No name of an array has a space in it, so this is what a bug would print.
    let made = KernelMaker.make(
      program(arrayName: "two words"), backend: .native(Self.toolchain))
    #expect(made.usesInterpreter)
    let warning = try #require(made.warning)
    #expect(warning.contains("this is a bug in afterglow"))
    #expect(warning.contains(": error: "))
    #expect(warning.contains("the interpreter runs the model instead"))
  }

  @Test("a compiler that fails at any text is not called a bug of ours")
  func otherCompiler() throws {
    var toolchain = Self.toolchain
    toolchain.compiler = "/bin/false"
    let made = KernelMaker.make(program(arrayName: "number"), backend: .native(toolchain))
    #expect(made.usesInterpreter)
    let warning = try #require(made.warning)
    #expect(!warning.contains("bug"))
    #expect(warning.contains("the C compiler failed (status 1"))
  }

  @Test("a missing compiler is told as one")
  func noCompiler() throws {
    var toolchain = Self.toolchain
    toolchain.compiler = "/no/such/clang"
    let made = KernelMaker.make(program(arrayName: "number"), backend: .native(toolchain))
    #expect(made.usesInterpreter)
    let warning = try #require(made.warning)
    #expect(warning.contains("no C compiler at `/no/such/clang`"))
    #expect(!warning.contains("bug"))
  }

  @Test("a node that has no value ends the process instead of standing for another")
  func missingNode() async {
    await #expect(processExitsWith: .failure) {
      var graph = ExpressionGraph()
      let known = graph.constant(1)
      let other = graph.constant(2)
      var table = NodeTable<Int>()
      table[known] = 7
      _ = table[other]
    }
    var graph = ExpressionGraph()
    let node = graph.constant(1)
    var table = NodeTable<Int>()
    #expect(!table.has(node))
    table[node] = 7
    #expect(table[node] == 7)
  }
}
