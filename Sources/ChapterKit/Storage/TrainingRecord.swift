import Datasets
import Engine
import Files
import Foundation

/// The result of a stage in a file of its own, OUT/trainings/STAGE.json.
///
/// Other chapters find it there. The file is small enough to be recorded in the repository, and
/// contains everything that is known about the origin of the result.
public struct TrainingRecord<Value: Codable & Sendable>: Codable, Sendable {
  /// The result.
  public var value: Value
  /// When, by which commit and how fast the result was computed.
  public var stage: StageRecord
  /// The inputs of the stage.
  public var inputs: JSONValue
  /// The data set that the stage used.
  public var dataset: DatasetIdentity
  /// The hash of the sources that determine the result.
  public var sources: String

  /// The record in `file`; nil if there is no file.
  ///
  /// - Throws: An error that names the file if it contains anything else, or was changed.
  static func load(_ file: URL) throws -> Self? {
    try SealedJSON.load(
      Self.self, from: file, expecting: "the result of a training run",
      remedy: "remove it; the training is then run again")
  }
}

extension TrainingRecord: Validated {
  package func validate() throws {
    try stage.validate()
    try (value as? any Validated)?.validate()
  }
}

/// The identity of a stage whose result chapters share.
public struct TrainingKey {
  /// The name of the stage and of the file.
  public let name: String
  /// Everything that the result depends on, apart from the sources.
  public let inputs: [String: any Encodable]
  /// The directories of the sources that determine the result.
  public let sources: [String]

  /// A key of a name, inputs, and the package's directories whose code the stage runs.
  public init(_ name: String, inputs: [String: any Encodable], sources: [String]) {
    (self.name, self.inputs, self.sources) = (name, inputs, sources)
  }

  var path: String { "\(TrainingKey.directory)/\(fileNamePart(of: name)).json" }
  package static let directory = "trainings"

  /// Whether `directory` has a file of this name, whatever it contains.
  package func isRecorded(in directory: URL) -> Bool {
    let file = directory.appending(path: "\(fileNamePart(of: name)).json")
    return (try? readFileIfPresent(at: file)) != nil
  }

  /// The inputs as JSON.
  var encodedInputs: JSONValue {
    get throws { .object(try inputs.mapValues { try JSONValue(describing: $0) }) }
  }

  /// A hash of the Swift files in the directories of the sources, below `root`.
  func sourcesHash(root: URL) throws -> String {
    let files = try sources.flatMap { try swiftFiles(in: $0, root: root) }
    let hashes = try files.sorted().map { path in
      "\(path) \(sha256Hex(try readFile(at: root.appending(path: path))))"
    }
    return sha256Hex(Data(hashes.joined(separator: "\n").utf8))
  }
}

/// The paths of the Swift files below `directory`, relative to `root`.
private func swiftFiles(in directory: String, root: URL) throws -> [String] {
  try listFolder(at: root.appending(path: directory)).flatMap { name in
    let path = "\(directory)/\(name)"
    if root.appending(path: path).isExistingDirectory {
      return try swiftFiles(in: path, root: root)
    }
    return name.hasSuffix(".swift") ? [path] : []
  }
}
