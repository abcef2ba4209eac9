import Foundation
import Synchronization

#if canImport(Glibc)
  @preconcurrency import Glibc
#else
  @preconcurrency import Darwin
#endif

/// The signals that ask a process to end: SIGINT, which is Ctrl-C, SIGTERM, and SIGHUP, which comes
/// when the terminal is closed.
///
/// While they are watched, one that comes is only taken note of, for the work to end at its next
/// step. A second Ctrl-C ends the process at once; a second SIGTERM does not, because timeout(1)
/// sends two.
package struct StopSignals {
  /// Begins to take note, forgetting what came before.
  package var watch: () -> Void
  /// Lets signals end the process again.
  package var release: () -> Void
  /// The number of the last one that came while they were watched.
  package var received: () -> Int32?

  package init(
    watch: @escaping () -> Void, release: @escaping () -> Void, received: @escaping () -> Int32?
  ) {
    (self.watch, self.release, self.received) = (watch, release, received)
  }

  /// Those of this process.
  package static var ofProcess: StopSignals {
    StopSignals(
      watch: {
        lastSignal.store(0, ordering: .relaxed)
        for number in stopSignals { handle(number, by: takeNote) }
      },
      release: {
        for number in stopSignals { handle(number, by: SIG_DFL) }
      },
      received: {
        let number = lastSignal.load(ordering: .relaxed)
        return number == 0 ? nil : number
      })
  }
}

private let stopSignals = [SIGINT, SIGTERM, SIGHUP]
private let lastSignal = Atomic<Int32>(0)

/// Does what a signal handler may do, which is little: no allocation, no lock.
private let takeNote: @convention(c) (Int32) -> Void = { number in
  lastSignal.store(number, ordering: .relaxed)
  if number == SIGINT { signal(SIGINT, SIG_DFL) }
}

/// Sets the handler of a signal, unless whoever started the process has it ignored, as shells do
/// with Ctrl-C for what runs in the background.
private func handle(_ number: Int32, by handler: (@convention(c) (Int32) -> Void)?) {
  func address(_ handler: (@convention(c) (Int32) -> Void)?) -> Int {
    unsafeBitCast(handler, to: Int.self)
  }
  if address(signal(number, handler)) == address(SIG_IGN) { signal(number, SIG_IGN) }
}
