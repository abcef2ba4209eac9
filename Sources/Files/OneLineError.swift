import Foundation

/// An error whose description is one line that a program can show to its user.
public protocol OneLineError: LocalizedError, CustomStringConvertible, Sendable {}

extension OneLineError {
  /// The description, for code that shows errors through `localizedDescription`.
  public var errorDescription: String? { description }
}
