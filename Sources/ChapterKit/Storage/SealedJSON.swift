import Datasets
import Engine
import Files
import Foundation

/// A JSON file with a checksum: its second line, `"sha256" : "…",`, is the SHA-256 of its other lines.
package enum SealedJSON {
  /// The content of the file for `value`.
  package static func encode(_ value: some Encodable) throws -> Data {
    seal(try JSON.encode(value, pretty: true) + Data("\n".utf8))
  }

  /// The value in `file`; nil if there is no file.
  ///
  /// - Parameters:
  ///   - content: A description of the expected content, such as "the record of a run".
  ///   - remedy: Advice for the user if the content is not as expected.
  /// - Throws: ``Failure`` if the file was changed since it was written, or has other content or invalid
  ///   values; `FileError` if it cannot be read.
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

  /// The value in the content of a file.
  ///
  /// - Throws: ``InvalidValue`` if the checksum is wrong, or the content is of another type.
  package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value
  {
    guard let (sum, rest) = unseal(data) else {
      throw InvalidValue("a file without the checksum in its second line")
    }
    guard sum == sha256Hex(rest) else {
      throw InvalidValue("a file that was changed or damaged since it was written")
    }
    guard let value = try? JSON.decode(type, from: rest) else {
      throw InvalidValue("other content")
    }
    try (value as? any Validated)?.validate()
    return value
  }

  /// `json`, a pretty-printed object, with its checksum inserted as the second line.
  package static func seal(_ json: Data) -> Data {
    let brace = Data("{\n".utf8)
    require(json.starts(with: brace), "A sealed file must be a pretty-printed JSON object.")
    return brace + Data("\(prefix)\(sha256Hex(json))\(suffix)".utf8) + json.dropFirst(2)
  }

  /// Whether the second line is a checksum, right or wrong.
  package static func isSealed(_ json: Data) -> Bool { unseal(json) != nil }

  /// The checksum in the second line, and the other lines; nil if that line is not a checksum.
  private static func unseal(_ data: Data) -> (sum: String, rest: Data)? {
    let data = Data(data)
    let line = data.dropFirst(2).prefix(prefix.utf8.count + 64 + suffix.utf8.count)
    guard data.starts(with: Data("{\n".utf8)), line.starts(with: Data(prefix.utf8)),
      line.suffix(suffix.utf8.count) == Data(suffix.utf8)
    else { return nil }
    let sum = line.dropFirst(prefix.utf8.count).prefix(64)
    return (String(decoding: sum, as: UTF8.self), data.prefix(2) + data[line.endIndex...])
  }

  private static let prefix = "  \"sha256\" : \""
  private static let suffix = "\",\n"
}

/// A decoded value that can check its own validity.
package protocol Validated {
  /// Throws ``InvalidValue`` if a value is out of range.
  func validate() throws
}

/// An invalid value in a file.
package struct InvalidValue: Error, CustomStringConvertible {
  package let description: String

  /// An error with a description of the value that can follow "found".
  package init(_ description: String) { self.description = description }

  /// Throws unless `condition` holds.
  package static func unless(_ condition: Bool, _ found: @autoclosure () -> String) throws {
    if !condition { throw InvalidValue(found()) }
  }
}
