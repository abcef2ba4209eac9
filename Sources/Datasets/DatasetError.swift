import Files

/// An error in reading, downloading or splitting a data set, in one line.
public struct DatasetError: OneLineError {
  /// The file or parameter, what was found, and what was expected.
  public let description: String
  /// Whether no mirror could be reached, and no other error occurred.
  package let isUnreachable: Bool

  /// Creates an error with a complete line as its description.
  package init(_ description: String, isUnreachable: Bool = false) {
    (self.description, self.isUnreachable) = (description, isUnreachable)
  }

  /// Throws for the first of the labels in the file `origin` that is not in `range`.
  static func unless(
    _ labels: some Sequence<UInt8>, in range: ClosedRange<UInt8>, of origin: String
  )
    throws
  {
    for (index, label) in labels.enumerated() where !range.contains(label) {
      throw DatasetError(
        origin, found: "label \(label) at index \(index)",
        expected: "\(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Creates an error about a file, mirror or parameter.
  package init(_ subject: String, found: String, expected: String) {
    self.init("\(subject): found \(found), expected \(expected)")
  }
}
