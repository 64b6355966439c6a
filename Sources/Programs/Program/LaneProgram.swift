/// What is done to lanes, apart from how: the meeting point of methods and machines.
///
/// Everything above knows nothing of machines, everything below nothing of neuroscience. A program
/// owns its arrays, the procedures over them, and a routine, a list of statements, for each thing
/// that a driver asks for. The interpreter runs it as it stands; the native backend prints it as C.
public struct LaneProgram: Sendable {
  /// The arithmetic of all procedures.
  public var graph = ExpressionGraph()
  /// The arrays, in order of declaration.
  public private(set) var arrays: [ArrayDeclaration] = []
  /// The procedures that statements call.
  public internal(set) var procedures: [Procedure] = []
  /// The statements of each routine.
  public var routines: [Routine: [Statement]] = [:]
  /// The arrays that the loop of steps reads and writes.
  public var control: ControlArrays?
  /// The arrays of the loop over the cells of a population, for programs that have one.
  public var cells: CellArrays?

  /// Makes an empty program.
  public init() {}

  /// Adds an array.
  ///
  /// - Parameters:
  ///   - name: A name for people, made of letters, digits and underscores.
  ///   - count: How many elements it has; each element holds one number per lane, or one number
  ///     in all for shared arrays.
  ///   - storage: How long it lives.
  /// - Returns: The handle of the array.
  public mutating func declare(
    _ name: String, count: Int = 1, storage: ArrayDeclaration.Storage
  ) -> LaneArray {
    arrays.append(ArrayDeclaration(name: name, count: count, storage: storage))
    return LaneArray(index: arrays.count - 1)
  }

  /// The arrays that are kept between routines, in order of declaration.
  public var persistentArrays: [LaneArray] {
    arrays.indices.filter { arrays[$0].storage == .persistent }.map { LaneArray(index: $0) }
  }

  /// Changes how long an array lives.
  public mutating func setStorage(_ storage: ArrayDeclaration.Storage, of array: LaneArray) {
    arrays[array.index].storage = storage
  }

  /// Sets how many elements an array has, for arrays whose size is found late.
  public mutating func setCount(_ count: Int, of array: LaneArray) {
    arrays[array.index].count = count
  }

  /// The declaration of an array.
  public subscript(array: LaneArray) -> ArrayDeclaration { arrays[array.index] }

  /// Adds a procedure.
  public mutating func define(_ procedure: Procedure) -> ProcedureHandle {
    procedures.append(procedure)
    return ProcedureHandle(index: procedures.count - 1)
  }

  /// A handle for each procedure, in order of definition.
  public var procedureHandles: [ProcedureHandle] {
    procedures.indices.map { ProcedureHandle(index: $0) }
  }

  /// The arrays that some routines read, formals replaced by what calls bind.
  public func arraysRead(by routines: [Routine]) -> Set<LaneArray> {
    ArrayUsage(of: routines, in: self).read
  }

  /// The arrays that some routines write, formals replaced by what calls bind.
  public func arraysWritten(by routines: [Routine]) -> Set<LaneArray> {
    ArrayUsage(of: routines, in: self).written
  }

  /// The procedure of a handle.
  public subscript(procedure: ProcedureHandle) -> Procedure {
    get { procedures[procedure.index] }
    set { procedures[procedure.index] = newValue }
  }

  /// The things that a driver can ask of a program.
  public enum Routine: String, Sendable, CaseIterable, Comparable {
    /// From parameters and inputs to everything that stays constant while they do.
    case prepare
    /// After a change of inputs or states: first derivative, initial step, values of events.
    case begin
    /// One attempted step: the new states and their error.
    case attempt
    /// The error of the interpolation within the attempted step.
    case interpolationError
    /// Whether the attempt is accepted.
    case judge
    /// Once for a step in which something is interpolated.
    case interpolationCoefficients
    /// The recorded values at `fraction` of the step.
    case interpolate
    /// Chooses a turn of a watched value within the step, to be searched.
    case turningPoints
    /// One round of the search for where it is.
    case turningRound
    /// Keeps what was found.
    case turningEnd
    /// Takes over the states of an accepted step and chooses the next step.
    case commit
    /// Looks, in steps where a lane is due, whether another method would do better.
    case assess
    /// The recorded and the reduced values at the current time.
    case observe
    /// The values of the events at `fraction` of the attempted step.
    case locate
    /// The derivative of every state at the current time, to say what went wrong.
    case diagnose

    public static func < (left: Self, right: Self) -> Bool {
      guard let i = allCases.firstIndex(of: left), let j = allCases.firstIndex(of: right) else {
        return false
      }
      return i < j
    }
  }
}

/// An array of a program.
public struct ArrayDeclaration: Sendable, Hashable {
  /// How long an array lives, and how many numbers an element has.
  public enum Storage: String, Sendable, Hashable {
    /// One number per lane, kept between routines.
    case persistent
    /// One number per lane, alive within a routine.
    case temporary
    /// One number for all lanes, given from outside.
    case shared
    /// Stands for the array that a call binds to it.
    case formal
  }

  public var name: String
  public var count: Int
  public var storage: Storage
}

/// A handle of a procedure.
public struct ProcedureHandle: Sendable, Hashable {
  /// The position in the program's list.
  public let index: Int
}

/// Straight-line arithmetic that reads arrays and stores into arrays.
public struct Procedure: Sendable {
  /// One element to store.
  public struct Store: Sendable, Hashable {
    public var array: LaneArray
    public var element: Int
    public var value: Node

    /// Makes a store.
    public init(_ array: LaneArray, _ element: Int = 0, _ value: Node) {
      self.array = array
      self.element = element
      self.value = value
    }
  }

  /// A name for people, made of letters, digits and underscores.
  public var name: String
  /// The arrays that each call binds.
  public var formals: [LaneArray]
  /// What is stored; all loads come before all stores.
  public var stores: [Store]

  /// Makes a procedure.
  public init(name: String, formals: [LaneArray] = [], stores: [Store]) {
    self.name = name
    self.formals = formals
    self.stores = stores
  }
}

/// A step of a routine.
public enum Statement: Sendable {
  /// Runs a procedure with its formal arrays bound.
  case call(ProcedureHandle, [LaneArray])
  /// Does the same to each element of arrays of one length.
  ///
  /// `.element(a)` in a value is the current element of `a`; `.load` reads a fixed one.
  case forEach(count: Int, ElementLoop)
  /// Factors a dense matrix in every lane, by the driver's `DenseLinearSolver`.
  ///
  /// The array holds the matrix column by column.
  case factorDense(LaneArray, order: Int)
  /// Replaces a right-hand side by the solution, with the factors of `factorDense`.
  case solveDense(LaneArray, order: Int)
}

/// What is done to each element of arrays.
public struct ElementLoop: Sendable {
  /// Element by element results.
  public var stores: [(array: LaneArray, value: Node)]
  /// Sums over the elements into single elements: those of even and those of odd position by
  /// themselves, in order, then both, so that one addition need not wait for the other.
  public var sums: [(array: LaneArray, value: Node)]

  /// Makes a loop body.
  public init(
    stores: [(array: LaneArray, value: Node)] = [], sums: [(array: LaneArray, value: Node)] = []
  ) {
    self.stores = stores
    self.sums = sums
  }
}

/// The arrays by which the loop of steps steers itself; each has one element.
///
/// Truth values in arrays are 1 and 0.
public struct ControlArrays: Sendable, Hashable {
  /// The time at the start of the step.
  public var time: LaneArray
  /// The time at the end of the attempted step.
  public var newTime: LaneArray
  /// The attempted step.
  public var step: LaneArray
  /// 1 where the attempt is taken over in this round.
  public var accepted: LaneArray
  /// The time of the next sample, infinite after the last.
  public var nextSample: LaneArray
  /// Where within the step to interpolate, from 0 to 1.
  public var fraction: LaneArray
  /// What is recorded.
  public var recorded: LaneArray
  /// Nonzero where the driver has to act: an `Attention`.
  public var attention: LaneArray
  /// 1 where the error of the interpolation is asked for; `nil` if it never is.
  public var needsInterpolation: LaneArray?
  /// 1 where a watched value turns within the attempted step; `nil` if none is watched.
  public var isTurning: LaneArray?
  /// How many rounds the search for such a turn takes.
  public var turningRounds: Int
  /// 1 where `assess` is due; `nil` if it never is.
  public var isAssessed: LaneArray?

  /// Names the arrays.
  public init(
    time: LaneArray, newTime: LaneArray, step: LaneArray, accepted: LaneArray,
    nextSample: LaneArray, fraction: LaneArray, recorded: LaneArray, attention: LaneArray,
    needsInterpolation: LaneArray? = nil, isTurning: LaneArray? = nil, turningRounds: Int = 0,
    isAssessed: LaneArray? = nil
  ) {
    self.time = time
    self.newTime = newTime
    self.step = step
    self.accepted = accepted
    self.nextSample = nextSample
    self.fraction = fraction
    self.recorded = recorded
    self.attention = attention
    self.needsInterpolation = needsInterpolation
    self.isTurning = isTurning
    self.turningRounds = turningRounds
    self.isAssessed = isAssessed
  }
}

/// Why a lane stopped stepping.
public enum Attention: Double, Sendable {
  /// It goes on.
  case none = 0
  /// It has landed on its next stop.
  case stop = 1
  /// A watched condition changes within the attempted step, or may, and the step is not taken over.
  case conditionChange = 2
  /// The step has become too small to move the time.
  case stepTooSmall = 3
  /// It has made as many steps as it may.
  case tooManySteps = 4
  /// Another method would do better from here on.
  case otherMethod = 5
  /// A state is not finite at the end of a step of fixed length, which is not taken over.
  case notFinite = 6
}
