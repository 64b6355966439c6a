import Diagnostics
import Networks

extension NetworkFailure {
  /// What happened, behind its place in the model where it has one.
  var text: String {
    guard let range else { return message }
    let position = range.position
    return "\(range.file.path):\(position.line):\(position.column): \(message)"
  }
}
