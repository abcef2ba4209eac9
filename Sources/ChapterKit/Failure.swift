import Foundation

/// Something went wrong, said in one line: which file, what was found, what was expected.
package struct Failure: LocalizedError, CustomStringConvertible {
  package let description: String
  package var errorDescription: String? { description }

  package init(_ description: String) { self.description = description }
}

/// The command line cannot be understood; said in one line that names the option.
package struct UsageError: LocalizedError, CustomStringConvertible {
  package let description: String
  package var errorDescription: String? { description }

  package init(_ description: String) { self.description = description }
}

/// What any error has to say, on one line.
package func oneLine(_ error: any Error) -> String {
  let text =
    (error as? any LocalizedError)?.errorDescription
    ?? (error is CocoaError ? error.localizedDescription : String(describing: error))
  return text.split(whereSeparator: \.isNewline).joined(separator: " ")
}
