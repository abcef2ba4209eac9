import Datasets
import Foundation

/// All that a stage's result depends on. Not the number of threads nor the processor: results have
/// the same bits for any.
package struct StageIdentity: Encodable {
  /// The hash of the running program.
  package var executable: String
  package var stage: String
  package var inputs: [String: JSONValue]
  /// The hash of the data set's content.
  package var dataset: String?

  package init(
    executable: String, stage: String, inputs: [String: JSONValue], dataset: String?
  ) {
    self.executable = executable
    self.stage = stage
    self.inputs = inputs
    self.dataset = dataset
  }

  /// SHA-256 of the identity.
  package func key() throws -> String { sha256Hex(try JSON.encode(self)) }
}

/// The results of finished stages, one file each: a line with the SHA-256 of the rest, and two of
/// JSON, where the result came from and the result.
package struct StageCache {
  private let output: OutputDirectory
  private let directory: String

  /// A cache in `directory` of `output`.
  package init(_ output: OutputDirectory, directory: String) {
    self.output = output
    self.directory = directory
  }

  /// A result with its origin.
  package struct Entry<Value> {
    package var value: Value
    package var record: StageRecord
  }

  /// The result that was stored under `key`; `nil` where there is none.
  ///
  /// - Throws: An error that names the file where it is damaged.
  package func load<Value: Decodable>(
    _ type: Value.Type, stage: String, key: String
  ) throws -> Entry<Value>? {
    let path = path(stage: stage, key: key)
    guard let data = try output.content(of: path) else { return nil }
    let lines = intactContent(of: data)?
      .split(separator: newline, maxSplits: 1, omittingEmptySubsequences: false)
    guard let lines, lines.count == 2,
      let record = try? JSON.decode(StageRecord.self, from: lines[0]), record.key == key,
      (try? record.validate()) != nil, let value = try? JSON.decode(Value.self, from: lines[1])
    else {
      throw Failure("\(output.file(path).shortPath): found damaged, expected a stage's result")
    }
    return Entry(value: value, record: record)
  }

  /// The checkpoints of a stage that has no result yet.
  func checkpoints(of stage: String, key: String) -> CheckpointFiles {
    CheckpointFiles(output, directory: directory, stage: stage, key: key)
  }

  /// Stores a result, then removes what it supersedes: older results of the same stage, and its
  /// checkpoints.
  package func store(_ entry: Entry<some Encodable>) throws {
    let content = try JSON.encode(entry.record) + [newline] + JSON.encode(entry.value)
    let path = path(stage: entry.record.name, key: entry.record.key)
    try output.write(checksummed(content), to: path)
    removeOthers(like: URL(filePath: path).lastPathComponent)
    checkpoints(of: entry.record.name, key: entry.record.key).removeFinished(ofAllKeys: true)
  }

  /// What cannot be removed does no harm: its key is never asked for again, or its result is right.
  private func removeOthers(like kept: String) {
    let keyed = keyDigits + fileExtension.count
    for name in (try? output.names(in: directory)) ?? []
    where name != kept && name.count == kept.count && name.hasPrefix(kept.dropLast(keyed)) {
      try? output.remove("\(directory)/\(name)")
    }
  }

  private func path(stage: String, key: String) -> String {
    "\(directory)/\(fileNamePart(of: stage))-\(keyPart(of: key))\(fileExtension)"
  }
}

/// A stage's name with nothing in it but small letters, digits, full stops and hyphens.
package func fileNamePart(of stage: String) -> String {
  let kept = stage.lowercased().map { character in
    character.isASCII && (character.isLetter || character.isNumber || character == ".")
      ? character : "-"
  }
  return String(kept).split(separator: "-").joined(separator: "-")
}

/// As much of a key as file names have.
func keyPart(of key: String) -> Substring { key.prefix(keyDigits) }

let keyDigits = 16
private let newline = UInt8(ascii: "\n")
private let fileExtension = ".jsonl"
