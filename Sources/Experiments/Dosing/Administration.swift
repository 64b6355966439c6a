import ModelLanguage
import Units

/// What one dose puts into the model: amounts at once and pieces of constant rate.
struct Administration {
  struct Bolus: Hashable {
    var state: Int
    var time: Double
    var amount: Double
  }

  /// A constant rate into a state, through the input that carries the rate.
  struct Infusion: Hashable {
    var input: Int
    var start: Double
    var end: Double
    var rate: Double
  }

  var boluses: [Bolus] = []
  var infusions: [Infusion] = []

  /// The last time at which something enters.
  var end: Double {
    max(boluses.map(\.time).max() ?? -.infinity, infusions.map(\.end).max() ?? -.infinity)
  }

  /// Works out where a dose goes, how much of it, how late and how fast.
  ///
  /// Bioavailability follows NONMEM: a dose given during a time enters at the available amount
  /// divided by that time; a dose given at a rate keeps the rate, and lasts as long as the
  /// available amount does. Several targets share a rate in the ratio of their fractions.
  ///
  /// - Parameters:
  ///   - event: The dose; only its route, amount and delivery are used.
  ///   - time: When it is given, in s.
  ///   - model: The model whose route it takes.
  ///   - parameters: The parameters of the run, in SI units.
  init(_ event: DosingEvent, at time: Double, model: Model, parameters: [Double]) {
    let route = model.routes[event.route]
    func value(_ expression: Expression) -> Double {
      evaluate(expression, parameters: parameters, amount: event.amount)
    }
    let fractions = route.targets.map { value($0.fraction) }
    let available = fractions.reduce(0, +) * event.amount
    for (target, fraction) in zip(route.targets, fractions) where fraction != 0 {
      let entry = target.lag.map { decimalSteps(1, of: value($0), from: time) } ?? time
      let amount = fraction * event.amount
      let duration: Double =
        switch event.delivery {
        case .bolus: target.duration.map(value) ?? 0
        case .over(let duration): duration
        case .rate(let rate): rate > 0 ? available / rate : 0
        }
      if duration > 0 {
        infusions.append(
          Infusion(
            input: target.rateInput, start: entry, end: decimalSteps(1, of: duration, from: entry),
            rate: amount / duration))
      } else if amount != 0 {
        boluses.append(Bolus(state: target.state, time: entry, amount: amount))
      }
    }
  }

  static let empty = Administration(boluses: [], infusions: [])

  private init(boluses: [Bolus], infusions: [Infusion]) {
    self.boluses = boluses
    self.infusions = infusions
  }

  /// The part that enters within a stretch of time, shifted to another clock.
  ///
  /// - Parameters:
  ///   - start: The first time that belongs to the stretch.
  ///   - end: The first time after it.
  ///   - shift: What is added to every time.
  /// - Returns: That part; empty when nothing enters then.
  func clipped(from start: Double, to end: Double, shiftedBy shift: Double) -> Administration {
    Administration(
      boluses: boluses.filter { $0.time >= start && $0.time < end }.map {
        Bolus(state: $0.state, time: $0.time + shift, amount: $0.amount)
      },
      infusions: infusions.compactMap {
        let first = max($0.start, start)
        let last = min($0.end, end)
        guard first < last else { return nil }
        return Infusion(input: $0.input, start: first + shift, end: last + shift, rate: $0.rate)
      })
  }

  /// Ends everything at a time: infusions stop, and what has not entered never does.
  mutating func cancel(from time: Double) {
    boluses.removeAll { $0.time >= time }
    infusions = infusions.compactMap {
      guard $0.start < time else { return nil }
      var piece = $0
      piece.end = min(piece.end, time)
      return piece
    }
  }
}
