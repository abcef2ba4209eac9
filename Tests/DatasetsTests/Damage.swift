import Datasets
import Files
import Foundation
import Testing

/// A way to damage a file of a data set, and the expected error.
struct Damage<Part: Sendable>: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let part: Part
  let found: String
  let expected: String
  let content: @Sendable (_ whole: [UInt8]) throws -> [UInt8]

  init(
    _ name: String, _ part: Part, found: String, expected: String,
    _ content: @escaping @Sendable (_ whole: [UInt8]) throws -> [UInt8]
  ) {
    testDescription = name
    self.part = part
    self.found = found
    self.expected = expected
    self.content = content
  }
}

/// Expects `body` to fail with one line that names the file, the found content and the expected content.
func expectLine(
  _ file: URL, found: String, expected: String, at location: SourceLocation = #_sourceLocation,
  from body: () throws -> Void
) {
  let error = #expect(throws: DatasetError.self, sourceLocation: location) { try body() }
  let line = error?.localizedDescription ?? ""
  let parts = line.replacing(file.path + ": found ", with: "").split(separator: ", expected ")
  #expect(line.hasPrefix(file.path + ": found "), "\(line)", sourceLocation: location)
  #expect(parts.count == 2, "\(line)", sourceLocation: location)
  #expect(parts.first?.contains(found) == true, "\(line)", sourceLocation: location)
  #expect(parts.last?.contains(expected) == true, "\(line)", sourceLocation: location)
  #expect(!line.contains("\n"), sourceLocation: location)
}

/// Expects `body` to fail with one line that names the file and the reason.
func expectFileError(
  _ file: URL, _ reason: String, at location: SourceLocation = #_sourceLocation,
  from body: () throws -> Void
) {
  let line =
    #expect(throws: FileError.self, sourceLocation: location) { try body() }?.description ?? ""
  #expect(line.hasPrefix("\(file.path): "), "\(line)", sourceLocation: location)
  #expect(line.contains(reason), "\(line)", sourceLocation: location)
}
