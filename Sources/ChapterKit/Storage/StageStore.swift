import Datasets
import Engine
import Files
import Foundation

/// Everything that a stage's result depends on.
///
/// The number of threads and the processor are not part of it, because they do not change the bits of
/// results.
package struct StageIdentity: Encodable {
  /// The hash of the code that computes the result.
  package var code: String
  /// Whether the program uses fused multiply–add instructions, which round differently.
  package var hasFusedMultiplyAdd: Bool
  package var stage: String
  package var inputs: [String: JSONValue]
  /// The hash of the data set's content.
  package var dataset: String?

  package init(
    code: String, hasFusedMultiplyAdd: Bool, stage: String, inputs: [String: JSONValue],
    dataset: String?
  ) {
    self.code = code
    self.hasFusedMultiplyAdd = hasFusedMultiplyAdd
    self.stage = stage
    self.inputs = inputs
    self.dataset = dataset
  }

  /// The SHA-256 of the identity.
  package func key() throws -> String { sha256Hex(try JSON.encode(self)) }
}

/// The files of a chapter's stages in OUT: results, checkpoints, and results that chapters share.
///
///     OUT/cache/CHAPTER/PRESET/STAGE-KEY.jsonl             a result
///     OUT/cache/CHAPTER/PRESET/STAGE-KEY.STEP.checkpoint   the state of an unfinished stage
///     OUT/trainings/STAGE.json                             a result that other chapters use
///     OUT/trainings/STAGE.lock                             the lock of such a result that is being computed
///
/// All but the locks contain a checksum of their content.
package struct StageStore {
  private let output: OutputDirectory
  /// The directory of results and checkpoints.
  private let directory: String

  /// The files of a chapter at a preset in `output`.
  package init(_ output: OutputDirectory, chapter: ChapterName, preset: Preset) {
    self.output = output
    directory = "cache/\(chapter.program)/\(preset.rawValue)"
  }

  /// Whether a file of this name is a result or a checkpoint, if it lies in one of the directories above.
  static func isStored(_ name: String) -> Bool {
    [fileExtension, CheckpointFiles.fileExtension, TrainingKey.fileExtension].contains {
      name.hasSuffix($0)
    }
  }

  /// Creates the directory of results and checkpoints, and `others` in OUT; returns the directories that did not
  /// exist.
  func prepare(others: [String] = []) throws -> [URL] {
    try output.prepare(subdirectories: others + [directory])
  }

  /// Creates the directory of shared results; returns the directories that did not exist.
  func prepareTrainings() throws -> [URL] {
    try output.prepare(subdirectories: [TrainingKey.directory])
  }

  /// A result and its origin.
  package struct Entry<Value> {
    package var value: Value
    package var record: StageRecord
  }
}

extension StageStore.Entry: Encodable where Value: Encodable {}
extension StageStore.Entry: Decodable where Value: Decodable {}

// MARK: - Results

extension StageStore {
  /// The result that was stored under `key`; nil if there is none.
  ///
  /// - Throws: An error that names the file if it is damaged.
  package func load<Value: Decodable>(
    _ type: Value.Type, stage: String, key: String
  ) throws -> Entry<Value>? {
    let path = path(stage: stage, key: key)
    guard let data = try output.content(of: path) else { return nil }
    guard let (record, encoded) = parts(of: data), record.key == key,
      let value = try? JSON.decode(Value.self, from: encoded)
    else {
      throw Failure(
        "\(output.file(path).shortPath): found a damaged file, expected the result of a stage")
    }
    return Entry(value: value, record: record)
  }

  /// The record and the encoded value in the content of a result's file; nil if it is damaged.
  private func parts(of data: Data) -> (record: StageRecord, value: Data)? {
    guard let (record, value) = headerAndBody(of: data, as: StageRecord.self),
      (try? record.validate()) != nil
    else { return nil }
    return (record, value)
  }

  /// Stores a result, then removes the stage's older results and its checkpoints.
  package func store(_ entry: Entry<some Encodable>) throws {
    let (stage, key) = (entry.record.name, entry.record.key)
    let content = try headed(entry.record, JSON.encode(entry.value))
    try output.write(content, to: path(stage: stage, key: key))
    // One that cannot be removed does no harm: it is loaded for its own key only.
    for path in (try? otherResults(of: stage, key: key)) ?? [] { try? output.remove(path) }
    checkpoints(of: stage, key: key).removeFinished(ofAllKeys: true)
  }

  /// The records of a stage's results under other keys: of other code, other settings or other data. Damaged files are
  /// left out.
  func otherRecords(of stage: String, key: String) throws -> [StageRecord] {
    try otherResults(of: stage, key: key).compactMap { try record(at: $0) }
  }

  /// A result or checkpoint of a stage under another key that is not marked as one on synthetic data, such as a damaged
  /// one; nil if there is none.
  func unmarkedOther(of stage: String, key: String) throws -> URL? {
    let result = try otherResults(of: stage, key: key).first {
      try record(at: $0)?.synthetic != true
    }
    if let result { return output.file(result) }
    return try checkpoints(of: stage, key: key).unmarkedOther()
  }

  /// The record in a result's file; nil if there is no file, or a damaged one.
  private func record(at path: String) throws -> StageRecord? {
    guard let data = try output.content(of: path) else { return nil }
    return parts(of: data)?.record
  }

  /// The paths of a stage's results under other keys than `key`.
  private func otherResults(of stage: String, key: String) throws -> [String] {
    let own = fileName(stage: stage, key: key)
    let prefix = own.dropLast(keyDigits + fileExtension.count)
    return try output.names(in: directory)
      .filter { $0 != own && $0.count == own.count && $0.hasPrefix(prefix) }
      .map { "\(directory)/\($0)" }
  }

  private func path(stage: String, key: String) -> String {
    "\(directory)/\(fileName(stage: stage, key: key))"
  }

  private func fileName(stage: String, key: String) -> String {
    "\(fileNamePart(of: stage))-\(keyPart(of: key))\(fileExtension)"
  }

  /// The checkpoints of a stage that has no result yet; those that it saves are marked if `isSynthetic` is true.
  func checkpoints(of stage: String, key: String, isSynthetic: Bool = false) -> CheckpointFiles {
    CheckpointFiles(
      output, directory: directory, stage: stage, key: key, isSynthetic: isSynthetic)
  }
}

// MARK: - Shared results

extension StageStore {
  /// The result that a chapter stored in OUT under `key`; nil if there is none.
  func shared<Value: Codable & Sendable>(_ type: Value.Type, _ key: TrainingKey) throws
    -> TrainingRecord<Value>?
  {
    try TrainingRecord.load(file(of: key), ofStage: key.name)
  }

  /// The file of the result that chapters share under `key`.
  func file(of key: TrainingKey) -> URL { output.file(key.path) }

  /// Takes the lock of a shared result, whose directory exists.
  ///
  /// - Throws: ``BusyError`` if another process computes it.
  func lock(_ key: TrainingKey) throws -> RunLock {
    try RunLock(output.file("\(TrainingKey.directory)/\(key.lockFileName)"), for: key.name)
  }

  /// Stores a result in OUT for other chapters.
  func share(_ record: TrainingRecord<some Codable & Sendable>, under key: TrainingKey) throws {
    let content = try SealedJSON.encode(record)
    guard try output.content(of: key.path) != content else { return }
    let created = try prepareTrainings()
    defer { removeFoldersIfEmpty(created) }
    try output.write(content, to: key.path)
  }
}

/// A stage's name for use in file names: lower-case letters, digits, full stops and hyphens only.
package func fileNamePart(of stage: String) -> String {
  let kept = stage.lowercased().map { character in
    character.isASCII && (character.isLetter || character.isNumber || character == ".")
      ? character : "-"
  }
  return String(kept).split(separator: "-").joined(separator: "-")
}

/// The part of a key that file names contain.
func keyPart(of key: String) -> Substring { key.prefix(keyDigits) }

/// The number of characters of a key that file names contain.
let keyDigits = 16
private let fileExtension = ".jsonl"
