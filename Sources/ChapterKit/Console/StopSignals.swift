import Files
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

extension StopSignals {
  /// Runs a program that must not continue when this process ends, while signals are watched.
  ///
  /// If a signal arrives, the program is asked to end, and waited for. It gets SIGTERM, whichever signal this process
  /// has received: Ctrl-C in a terminal reaches both, and a second SIGINT would end a chapter before it has saved its
  /// progress.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - arguments: Its arguments.
  ///   - directory: The working directory; by default that of this process.
  ///   - environment: The environment; by default that of this process.
  ///   - standardError: The destination of the program's standard error.
  ///   - interruption: The error for the number of a signal.
  /// - Returns: The program's status, output and errors, as `ExternalProgram.run` does.
  /// - Throws: The error of `interruption` if a signal has arrived before or meanwhile; `FileError` if the program
  ///   cannot be run.
  package func run(
    _ program: ExternalProgram, _ arguments: [String], in directory: URL? = nil,
    environment: [String: String]? = nil,
    standardError: ExternalProgram.ErrorStream = .collected,
    interruption: (Int32) -> Interruption
  ) throws -> (status: Int32, output: Data, errors: String) {
    if let signal = received() { throw interruption(signal) }
    let result = try program.run(
      arguments, in: directory, environment: environment, standardError: standardError,
      stoppingWhen: { received() != nil })
    if let signal = received() { throw interruption(signal) }
    return result
  }
}

extension StopSignals {
  /// Writes a folder as `writeFolder` of the module Files does, while signals are watched; if one asks this process to
  /// end, nothing is left of the folder.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - replacing: Whether a folder that exists is replaced.
  ///   - fill: Writes the content into the folder `partial`; calls `check` before each file, and passes its error on.
  /// - Throws: ``Interruption`` if a signal has arrived; `FileError` if a step fails; the error of `fill`.
  package func writeFolder(
    at folder: URL, replacing: Bool = false,
    _ fill: (_ partial: URL, _ check: @escaping () throws -> Void) throws -> Void
  ) throws {
    watch()
    defer { release() }
    let check = {
      guard let signal = received() else { return }
      throw Interruption(
        "\(folder.shortPath): interrupted before it was complete", by: signal, resumes: false)
    }
    try Files.writeFolder(at: folder, replacing: replacing) { partial in
      try fill(partial, check)
      try check()
    }
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
