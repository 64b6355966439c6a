import Diagnostics
import Units

/// An elaborated expression with what is known about it.
struct TypedExpression {
  var expression: Expression
  /// `nil` where an error has made them unknown, which silences what follows from it.
  var dimensions: Dimensions?
  /// The unit in which an author would write it, where one is evident.
  var unit: PhysicalUnit?
  /// How many nodes the tree has, counted as if nothing were shared.
  var size = 1
  var depth = 1
  /// The value, where it follows from literals alone.
  var constant: Double?
  /// Whether it is a bare `0`, which fits any dimensions.
  var isZero = false
  /// Whether it is a bare number other than 0.
  var isBareNumber = false

  /// What stands where an error was reported.
  static let unknown = TypedExpression(expression: .number(.nan), dimensions: nil)

  /// The unit or dimensions as text for a message.
  var unitText: String {
    if let unit { return unit.symbol }
    return dimensions.map { "\($0)" } ?? "unknown"
  }

  /// An expression of others, with the sizes added up.
  init(
    _ expression: Expression, dimensions: Dimensions?, unit: PhysicalUnit? = nil,
    of parts: [TypedExpression]
  ) {
    self.expression = expression
    self.dimensions = dimensions
    self.unit = unit
    for part in parts {
      // Sizes of inlined functions can grow exponentially, so the sum saturates.
      size = min(size + part.size, 1 << 40)
      depth = max(depth, part.depth + 1)
    }
  }

  init(expression: Expression, dimensions: Dimensions?, unit: PhysicalUnit? = nil) {
    self.expression = expression
    self.dimensions = dimensions
    self.unit = unit
  }
}

/// Where an expression stands: which names it can use, and what for.
struct ExpressionContext {
  /// What may be used.
  enum Use {
    /// Everything.
    case dynamic
    /// Parameters and numbers, for a purpose such as `a parameter`.
    case constant(String)
    /// Likewise, and the number of the cell.
    case perCell(String)
    /// Parameters and `amount`, which has these dimensions.
    case dose(Dimensions?, PhysicalUnit?)
    /// Numbers alone.
    case literal(String)
  }

  /// When the expression is evaluated.
  enum Moment: Equatable {
    /// All the time.
    case always
    /// At an event.
    case event
    /// When something arrives, which is this symbol.
    case arrival(Int)
    /// At a spike of either end of a connection, whose weight this symbol stands for.
    case pairing(Int)
  }

  /// The instance whose names are used; `nil` inside a function of a file.
  var scope: Int?
  var file: Int
  var use: Use
  var moment = Moment.always
  /// The arguments of the function whose body this is.
  var arguments: [String: TypedExpression] = [:]
  /// The functions that are being inlined, the outermost first.
  var inlining: [SourceRange] = []
}
