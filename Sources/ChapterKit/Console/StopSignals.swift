import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The signals that ask a process to end: SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal closes), and SIGUSR1, by
/// which scripts/ranks passes SIGTERM on to all processes of mpirun.
///
/// While they are watched, a signal is only recorded, so that the work can end after its current step.
/// A second Ctrl-C ends the process at once; a second SIGTERM does not, because timeout(1) sends two.
package struct StopSignals {
  /// Starts to record signals; forgets earlier ones.
  package var watch: () -> Void
  /// Stops recording: signals end the process again.
  package var release: () -> Void
  /// The number of the last signal recorded; nil if there was none.
  package var received: () -> Int32?

  package init(
    watch: @escaping () -> Void, release: @escaping () -> Void, received: @escaping () -> Int32?
  ) {
    (self.watch, self.release, self.received) = (watch, release, received)
  }

  /// The signals of this process.
  package static var ofProcess: StopSignals {
    StopSignals(
      watch: {
        lastSignal.store(0, ordering: .relaxed)
        for number in stopSignals { handle(number, by: recordSignal) }
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

private let stopSignals = [SIGINT, SIGTERM, SIGHUP, SIGUSR1]
private let lastSignal = Atomic<Int32>(0)

/// A signal handler; it must neither allocate nor lock.
private let recordSignal: @convention(c) (Int32) -> Void = { number in
  lastSignal.store(number == SIGUSR1 ? SIGTERM : number, ordering: .relaxed)
  if number == SIGINT { signal(SIGINT, SIG_DFL) }
}

/// Sets the handler of a signal, unless the process was started with the signal ignored, as shells
/// start background jobs with SIGINT ignored.
private func handle(_ number: Int32, by handler: (@convention(c) (Int32) -> Void)?) {
  func address(_ handler: (@convention(c) (Int32) -> Void)?) -> Int {
    unsafe unsafeBitCast(handler, to: Int.self)
  }
  if address(signal(number, handler)) == address(SIG_IGN) { signal(number, SIG_IGN) }
}
