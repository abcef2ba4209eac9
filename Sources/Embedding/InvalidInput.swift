import Files

/// A setting or an input value that ``PCA`` or ``TSNE`` cannot use, in one line.
public struct InvalidInput: OneLineError {
  /// The value that was found and the values that are expected.
  public let description: String
}

/// Throws ``InvalidInput`` unless `condition` holds.
func expect(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
  if !condition { throw InvalidInput(description: otherwise()) }
}
