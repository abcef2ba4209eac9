import Datasets
import Engine
import Files
import Foundation

/// JSON in a file that no change escapes: its second line, `"sha256" : "…",`, is the SHA-256 of all
/// its other lines.
package enum SealedJSON {
  /// `value` as such a file's content.
  package static func encode(_ value: some Encodable) throws -> Data {
    seal(try JSON.encode(value, pretty: true) + Data("\n".utf8))
  }

  /// The value in `file`; `nil` where there is no such file.
  ///
  /// - Parameters:
  ///   - content: In words what the file should hold, such as "the record of a run".
  ///   - remedy: What to do where it does not.
  /// - Throws: ``Failure`` where the file was changed since it was written, or holds something else
  ///   or impossible values; `FileError` where it cannot be read.
  package static func load<Value: Decodable>(
    _ type: Value.Type, from file: URL, expecting content: String, remedy: String
  ) throws -> Value? {
    guard let data = try readFileIfPresent(at: file) else { return nil }
    do {
      return try decode(type, from: data)
    } catch {
      throw Failure("\(file.shortPath): found \(oneLine(error)), expected \(content); \(remedy)")
    }
  }

  /// The value in the content of such a file.
  ///
  /// - Throws: ``InvalidValue``.
  package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value
  {
    guard let (sum, rest) = unseal(data) else {
      throw InvalidValue("a file without the checksum that its second line should be")
    }
    guard sum == sha256Hex(rest) else {
      throw InvalidValue("a file that was changed or damaged since it was written")
    }
    guard let value = try? JSON.decode(type, from: rest) else {
      throw InvalidValue("something else")
    }
    try (value as? any Validated)?.validate()
    return value
  }

  /// Pretty JSON of an object with the checksum put in as its second line.
  package static func seal(_ json: Data) -> Data {
    let brace = Data("{\n".utf8)
    require(json.starts(with: brace), "A sealed file begins with a line of one brace.")
    return brace + Data("\(beginning)\(sha256Hex(json))\(end)".utf8) + json.dropFirst(2)
  }

  /// Whether there is a checksum, be it right or wrong.
  package static func isSealed(_ json: Data) -> Bool { unseal(json) != nil }

  /// The checksum in the second line, and all other lines; `nil` where that line is no checksum.
  private static func unseal(_ data: Data) -> (sum: String, rest: Data)? {
    let data = Data(data)
    let line = data.dropFirst(2).prefix(beginning.utf8.count + 64 + end.utf8.count)
    guard data.starts(with: Data("{\n".utf8)), line.starts(with: Data(beginning.utf8)),
      line.suffix(end.utf8.count) == Data(end.utf8)
    else { return nil }
    let sum = line.dropFirst(beginning.utf8.count).prefix(64)
    return (String(decoding: sum, as: UTF8.self), data.prefix(2) + data[line.endIndex...])
  }

  private static let beginning = "  \"sha256\" : \""
  private static let end = "\",\n"
}

/// A value that knows which values are possible.
package protocol Validated {
  /// Throws an ``InvalidValue`` where one is not.
  func validate() throws
}

/// A value in a file that nothing here can have written.
package struct InvalidValue: Error, CustomStringConvertible {
  package let description: String

  /// `description` names the value in words that follow "found".
  package init(_ description: String) { self.description = description }

  /// Throws unless `condition` holds.
  package static func unless(_ condition: Bool, _ found: @autoclosure () -> String) throws {
    if !condition { throw InvalidValue(found()) }
  }
}
