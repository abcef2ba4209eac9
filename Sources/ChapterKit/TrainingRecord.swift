import Datasets
import Engine
import Files
import Foundation

/// A stage's result in a file of its own, OUT/trainings/STAGE.json, where other chapters find it, and
/// where it can be recorded: small enough to be kept in the repository, and with all that is to be
/// known of its origin.
public struct TrainingRecord<Value: Codable & Sendable>: Codable, Sendable {
  /// What was found.
  public var value: Value
  /// Where it came from.
  public var stage: StageRecord
  /// All that the stage was told.
  public var inputs: JSONValue
  /// What it was computed on.
  public var dataset: DatasetIdentity
  /// The hash of the sources that decide what comes out.
  public var sources: String
}

/// What a stage of which the result is shared depends on.
public struct TrainingKey {
  /// The stage's name, and the file's.
  public let name: String
  /// All that the result depends on, besides the sources.
  public let inputs: [String: any Encodable]
  /// The directories with the sources that decide what comes out.
  public let sources: [String]

  /// A stage by its name, inputs, and the directories of the package whose code it runs.
  public init(_ name: String, inputs: [String: any Encodable], sources: [String]) {
    (self.name, self.inputs, self.sources) = (name, inputs, sources)
  }

  var path: String { "\(TrainingKey.directory)/\(fileNamePart(of: name)).json" }
  static let directory = "trainings"
}

extension Run {
  /// The result that this or another chapter left in OUT for `stage`, if it was computed from the
  /// same inputs on the same data by the same sources.
  public func shared<Value: Codable & Sendable>(
    _ type: Value.Type, _ stage: TrainingKey, on dataset: ImageDataset
  )
    throws -> Value?
  {
    let found = try TrainingRecord<Value>.load(output.file(stage.path))
    guard let found, try found.inputs == JSONValue(describing: stage.described),
      found.dataset.sha256 == dataset.sha256, try found.sources == sourcesHash(stage.sources)
    else { return nil }
    return adopt(found)
  }

  /// The result that is recorded in `directory` for `stage`, whatever sources computed it, if it was
  /// from the same inputs and, where there is one, on the same data.
  ///
  /// The record of this run names the commit that computed it.
  ///
  /// - Throws: An error that names the file where it is no such result.
  public func recorded<Value: Codable & Sendable>(
    _ type: Value.Type, _ stage: TrainingKey, in directory: URL, on dataset: ImageDataset?
  ) throws -> Value? {
    let file = directory.appending(path: URL(filePath: stage.path).lastPathComponent)
    guard let found = try TrainingRecord<Value>.load(file),
      try found.inputs == JSONValue(describing: stage.described),
      dataset == nil || found.dataset.sha256 == dataset?.sha256
    else { return nil }
    return adopt(found)
  }

  /// Leaves the result of a stage of this run for other chapters.
  public func share(
    _ value: some Codable & Sendable, of stage: TrainingKey, on dataset: ImageDataset
  )
    throws
  {
    guard let record = record(of: stage) else {
      fatalError("There is no stage \(stage.name) whose result could be shared.")
    }
    let result = TrainingRecord(
      value: value, stage: record, inputs: try JSONValue(describing: stage.described),
      dataset: DatasetIdentity(dataset), sources: try sourcesHash(stage.sources))
    let content = try SealedJSON.encode(result)
    guard try output.content(of: stage.path) != content else { return }
    try output.prepare(subdirectories: [TrainingKey.directory])
    try output.write(content, to: stage.path)
  }

  /// Where the result of a stage of this run came from.
  public func record(of stage: TrainingKey) -> StageRecord? {
    stages.first { $0.name == stage.name }
  }

  private func adopt<Value>(_ found: TrainingRecord<Value>) -> Value {
    if dataset == nil { dataset = found.dataset }
    stages.append(found.stage)
    keptStages.append(found.stage)
    removeCheckpoints(of: found.stage)
    return found.value
  }

  /// A hash over the Swift files below `directories` of the package.
  private func sourcesHash(_ directories: [String]) throws -> String {
    let files = try directories.flatMap { try swiftFiles(in: $0) }
    let hashes = try files.sorted().map { path in
      "\(path) \(sha256Hex(try readFile(at: root.appending(path: path))))"
    }
    return sha256Hex(Data(hashes.joined(separator: "\n").utf8))
  }
}

extension Run {
  /// The paths of the Swift files below `directory` of the package.
  private func swiftFiles(in directory: String) throws -> [String] {
    try listFolder(at: root.appending(path: directory)).flatMap { name in
      let path = "\(directory)/\(name)"
      if root.appending(path: path).isExistingDirectory { return try swiftFiles(in: path) }
      return name.hasSuffix(".swift") ? [path] : []
    }
  }
}

extension TrainingRecord: Validated {
  package func validate() throws {
    try stage.validate()
    try (value as? any Validated)?.validate()
  }
}

extension TrainingKey {
  fileprivate var described: [String: JSONValue] {
    get throws { try inputs.mapValues { try JSONValue(describing: $0) } }
  }
}

extension TrainingRecord {
  /// The result in `file`; `nil` where there is no file.
  fileprivate static func load(_ file: URL) throws -> Self? {
    try SealedJSON.load(
      Self.self, from: file, expecting: "the result of a training",
      remedy: "remove it; the training then runs again")
  }
}
