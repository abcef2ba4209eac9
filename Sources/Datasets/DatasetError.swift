import Foundation

/// Why a data set cannot be read, fetched or split: one line that can be shown as it is.
public struct DatasetError: LocalizedError, CustomStringConvertible, Sendable {
  /// The line.
  public let description: String

  /// The same line, for code that shows errors through `localizedDescription`.
  public var errorDescription: String? { description }

  /// Whether no mirror could be reached, and nothing else went wrong.
  package let isUnreachable: Bool

  package init(_ description: String, isUnreachable: Bool = false) {
    (self.description, self.isUnreachable) = (description, isUnreachable)
  }

  /// An error about a file, mirror or parameter: what was found there, and what was expected.
  package init(_ subject: String, found: String, expected: String) {
    self.init("\(subject): found \(found), expected \(expected)")
  }
}
