import Dispatch
import Experiments
import Foundation

/// Turns ctrl-C and a request to end into a raised flag; a second one ends the process at once.
final class Interruption {
  let flag = CancellationFlag()
  private var sources: [any DispatchSourceSignal] = []

  init() {
    // A file that has grown too large is an error of writing, and told as one.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      let flag = flag
      source.setEventHandler {
        if flag.isRaised { _exit(130) }
        flag.raise()
        Terminal.write(
          "\ninterrupted: finishing what has begun; press again to stop at once\n",
          to: .standardError)
      }
      source.resume()
      sources.append(source)
    }
  }
}
