import Files

/// The reason, in one line, why a training run cannot start or continue: settings that contradict each other or the
/// data, a network with another number of outputs than there are classes, predictions that are not finite, or a loss
/// that diverges in the first steps.
public struct TrainingError: OneLineError {
  /// The line: the setting or value, what was found, and what was expected.
  public let description: String

  /// Creates an error with the description "subject: found …, expected …".
  ///
  /// - Parameters:
  ///   - subject: The name of the setting, hyperparameter or value.
  ///   - found: The value found.
  ///   - expected: The values expected.
  public init(_ subject: String, found: String, expected: String) {
    description = "\(subject): found \(found), expected \(expected)"
  }

  /// Throws an error unless `condition` holds.
  ///
  /// - Parameters:
  ///   - condition: The condition.
  ///   - subject: The name of the setting, hyperparameter or value.
  ///   - found: The value found.
  ///   - expected: The values expected.
  public static func unless(
    _ condition: Bool, _ subject: String, found: String, expected: String
  ) throws {
    guard condition else { throw TrainingError(subject, found: found, expected: expected) }
  }

  /// Throws an error unless a count is at least 1.
  ///
  /// - Parameters:
  ///   - count: The value found.
  ///   - subject: The name of the setting or hyperparameter.
  public static func unlessPositive(_ count: Int, _ subject: String) throws {
    try unless(count >= 1, subject, found: "\(count)", expected: "at least 1")
  }

  /// Throws an error unless a number can be the weight of a loss: it must be finite and at least 0.
  ///
  /// - Parameters:
  ///   - weight: The value found.
  ///   - subject: The name of the hyperparameter.
  public static func unlessWeight(_ weight: Float, _ subject: String) throws {
    try unless(
      weight >= 0 && weight.isFinite, subject, found: "\(weight)",
      expected: "a finite number of at least 0")
  }

  /// Throws an error unless a number can be the parameter of a ``SymmetricBeta``: it must be finite and above 0.
  ///
  /// - Parameter alpha: The value found.
  public static func unlessBeta(alpha: Double) throws {
    try unless(
      alpha > 0 && alpha < .infinity, "alpha", found: "\(alpha)",
      expected: "a finite number above 0")
  }
}
