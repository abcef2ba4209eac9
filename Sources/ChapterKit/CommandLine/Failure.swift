import Files
import Foundation

/// A one-line error: the file, what was found and what was expected.
package struct Failure: OneLineError {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// The error of a run that finds another process at the same work.
package struct BusyError: OneLineError {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// A one-line error about the command line, which names the option.
package struct UsageError: OneLineError {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// The error that ends a program after a signal, when its progress, if there is any, has been saved.
package struct Interruption: OneLineError {
  package let description: String
  /// The signal's number.
  package let signal: Int32

  /// An interruption.
  ///
  /// - Parameters:
  ///   - description: What was interrupted, and the progress that was saved.
  ///   - signal: The signal's number.
  ///   - resumes: Whether the same command continues, or starts over.
  package init(_ description: String, by signal: Int32, resumes: Bool = true) {
    self.description =
      "\(description); run the same command again to \(resumes ? "resume" : "start over")"
    self.signal = signal
  }
}

/// The exit status for an error: 2 for an invalid command line, 75 (EX_TEMPFAIL of sysexits.h) if another process is at
/// the same work, 128 + the signal's number for an interruption (the shell's convention), otherwise 1.
func exitStatus(for error: any Error) -> Int32 {
  switch error {
  case is UsageError: 2
  case is BusyError: 75
  case let interruption as Interruption: 128 + interruption.signal
  default: 1
  }
}

/// The message of any error on one line.
///
/// An error that is one line by itself can name a file with a line break, which becomes a visible escape.
package func oneLine(_ error: any Error) -> String {
  if let error = error as? any OneLineError {
    return error.description.withVisibleControlCharacters
  }
  let text =
    (error as? any LocalizedError)?.errorDescription
    ?? (error is CocoaError ? error.localizedDescription : String(describing: error))
  return text.split(whereSeparator: \.isNewline).joined(separator: " ")
}
