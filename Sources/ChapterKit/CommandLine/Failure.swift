import Files
import Foundation

/// An error in one line: which file, what was found, what was expected.
package struct Failure: OneLineError {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// An error in the command line, in one line that names the option.
package struct UsageError: OneLineError {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// The end of a run that a signal interrupted after its progress was saved.
package struct Interruption: OneLineError {
  package let description: String
  /// The signal's number.
  package let signal: Int32

  /// `description` says where the work stands.
  package init(_ description: String, by signal: Int32) {
    self.description = "\(description); the same command goes on from there"
    self.signal = signal
  }
}

/// The exit status of a program that an error ends: 2 for a command line that cannot be understood,
/// what shells give a process that ended by a signal, otherwise 1.
func exitStatus(for error: any Error) -> Int32 {
  switch error {
  case is UsageError: 2
  case let interruption as Interruption: 128 + interruption.signal
  default: 1
  }
}

/// What any error has to say, on one line.
package func oneLine(_ error: any Error) -> String {
  let text =
    (error as? any LocalizedError)?.errorDescription
    ?? (error is CocoaError ? error.localizedDescription : String(describing: error))
  return text.split(whereSeparator: \.isNewline).joined(separator: " ")
}
