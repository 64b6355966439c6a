import Dynamics
import Programs
import Solvers
import Synchronization

/// A method's program of a model with the kernel that runs it.
struct SteppedKernel: Sendable {
  let stepped: SteppedProgram
  let kernel: any LaneKernel
  let made: KernelMaker.Made
  /// Below which product of the fastest rate and the step an explicit method takes less work; see
  /// `SwitchingArrays.calmBound`.
  let calmBound: Double

  init(_ stepped: SteppedProgram, backend: Backend, calmBound: Double = 0) {
    self.stepped = stepped
    self.calmBound = calmBound
    made = KernelMaker.make(stepped.program, backend: backend)
    kernel = made.kernel
  }
}

/// The two methods of `auto`: the one that runs begin with, and the one that they may go over to,
/// which is compiled when the first run does.
///
/// What a run goes by depends on its own numbers alone, so it does not matter which run is first.
final class MethodAlternatives: Sendable {
  private let system: EquationSystem
  private let backend: Backend
  private let second: Method
  let first: SteppedKernel
  /// Held while the second is being made, so that it is made once.
  private let made = Mutex<SteppedKernel?>(nil)

  /// By how much an explicit method's work must be below that of a stiff one before a run goes over:
  /// neither the work nor the steps are known to a tenth.
  private static let margin = 0.75

  init(_ system: EquationSystem, first method: Method, backend: Backend) {
    self.system = system
    self.backend = backend
    second = method.isImplicit ? .dormandPrince : .rodas5P
    let stepped = SteppedProgram(system, method: method, mayChange: true)
    var bound = 0.0
    if method.isImplicit {
      bound = Self.calmBound(
        explicit: SteppedProgram(system, method: .dormandPrince, mayChange: true), stiff: stepped)
    }
    first = SteppedKernel(stepped, backend: backend, calmBound: bound)
  }

  /// The other method's kernel, made now if no run has asked for it before.
  func other() -> SteppedKernel {
    made.withLock { made in
      if let made { return made }
      let stepped = SteppedProgram(system, method: second, mayChange: true)
      precondition(
        stepped.arrays == first.stepped.arrays
          && Self.signature(of: stepped) == Self.signature(of: first.stepped),
        "the programs of two methods keep different numbers of a run")
      let bound =
        second.isImplicit ? Self.calmBound(explicit: first.stepped, stiff: stepped) : 0
      let kernel = SteppedKernel(stepped, backend: backend, calmBound: bound)
      made = kernel
      return kernel
    }
  }

  /// How the other was made, if any run has asked for it.
  var otherMade: KernelMaker.Made? { made.withLock { $0?.made } }

  /// An explicit method's step is stable up to its bound over the fastest rate; as many of them as
  /// take the work of a stiff step are as good as that.
  private static func calmBound(explicit: SteppedProgram, stiff: SteppedProgram) -> Double {
    margin * SteppedProgram.stabilityBound * max(1, stiff.workPerStep / explicit.workPerStep)
  }

  private static func signature(of stepped: SteppedProgram) -> [ArrayDeclaration] {
    stepped.arraysOfRun.map { stepped.program[$0] }
  }
}
