import Datasets
import Engine
import Files
import Foundation

/// A saved state of a stage, from which it can resume.
package struct Checkpoint {
  package var origin: Origin
  package var snapshot: Snapshot

  /// The stage, step and date of a checkpoint.
  package struct Origin: Codable {
    package var stage: String
    /// The stage's key: a checkpoint is valid for the same program, settings and data only.
    var key: String
    /// The number of steps that were done.
    package var step: Int
    /// The number of steps in all.
    package var steps: Int
    /// The computing time so far, in seconds.
    var seconds: Double
    /// The processor time so far, in seconds; nil in older checkpoints.
    var cpuSeconds: Double?
    /// The date at which it was saved, in ISO 8601.
    var date: String
    /// A description of what the snapshot contains, for programs that read the checkpoint without the stage; nil
    /// if the stage gives none.
    package var description: JSONValue?
    /// Whether the stage uses a data set that code generated; nil where it does not, and in older checkpoints.
    var synthetic: Bool?
  }
}

/// The largest size of a checkpoint's file that is read, in bytes: 16 GiB, for a network with its weight EMA and the
/// optimiser's moments.
let maximumCheckpointSize = 1 << 34

extension Checkpoint {
  /// Reads a checkpoint.
  ///
  /// - Throws: An error that names the file if it is damaged or of another version.
  package init(contentsOf file: URL) throws {
    let content = try readFile(at: file, limit: maximumCheckpointSize)
    do {
      try self.init(decoding: content)
    } catch {
      throw Failure("\(file.shortPath): \(oneLine(error))")
    }
  }

  /// Decodes the content of a checkpoint's file.
  ///
  /// - Throws: An error described in one line if it is damaged or of another version.
  package init(decoding content: Data) throws {
    guard let (origin, snapshot) = headerAndBody(of: content, as: Origin.self), origin.steps >= 0,
      (0...origin.steps).contains(origin.step), (0...1e10).contains(origin.seconds),
      (0...1e10).contains(origin.cpuSeconds ?? 0)
    else { throw Failure("found a damaged file, expected a checkpoint") }
    self.init(origin: origin, snapshot: try Snapshot(decoding: [UInt8](snapshot)))
  }
}

/// The checkpoint files of an unfinished stage: the newest and the one before it.
///
/// A file consists of a line with the SHA-256 of the rest, a line with the origin as JSON, and the bytes
/// of the snapshot.
struct CheckpointFiles {
  static let fileExtension = ".checkpoint"

  let stage: String
  let key: String
  /// Whether the stage uses a data set that code generated.
  let isSynthetic: Bool
  private let output: OutputDirectory
  private let directory: String

  /// The checkpoint files of `stage` under `key`, in `directory` of `output`.
  init(
    _ output: OutputDirectory, directory: String, stage: String, key: String, isSynthetic: Bool
  ) {
    (self.output, self.directory, self.stage, self.key) = (output, directory, stage, key)
    self.isSynthetic = isSynthetic
  }

  /// The names of the checkpoints under this key, newest first, and of those under other keys.
  func find() throws -> (names: [String], others: [String]) {
    let all = try files()
    let ours = all.filter { $0.key == keyPart(of: key) }.sorted { $0.step > $1.step }
    let others = all.filter { $0.key != keyPart(of: key) }
    return (ours.map(\.name), others.map(\.name))
  }

  /// A checkpoint under another key that is not marked as one on synthetic data, such as a damaged one; nil if there is
  /// none.
  func unmarkedOther() throws -> URL? {
    try find().others.map { output.file(path($0)) }
      .first { (try? Checkpoint(contentsOf: $0))?.origin.synthetic != true }
  }

  /// Loads the checkpoint called `name`.
  ///
  /// - Throws: An error that names the file if it is damaged, or of another version or stage.
  func load(_ name: String) throws -> Checkpoint {
    let checkpoint = try Checkpoint(contentsOf: output.file(path(name)))
    guard checkpoint.origin.stage == stage, checkpoint.origin.key == key else {
      throw failure(
        name, "found a checkpoint of another stage or other inputs, expected one of \(stage)")
    }
    return checkpoint
  }

  /// Stores a checkpoint, then removes the older ones under this key, apart from `previous`.
  ///
  /// Checkpoints under other keys stay until the stage is done, so that changing a setting by mistake
  /// does not destroy earlier progress.
  ///
  /// - Returns: The name of the checkpoint.
  func store(_ snapshot: Snapshot, origin: Checkpoint.Origin, previous: String?) throws -> String {
    let name = "\(fileNamePart(of: stage))-\(keyPart(of: key)).\(origin.step)\(Self.fileExtension)"
    try output.write(headed(origin, Data(snapshot.encoded())), to: path(name))
    for old in try find().names where old != name && old != previous {
      try? output.remove(path(old))
    }
    return name
  }

  /// Removes the checkpoints of a finished stage: those under this key, or under all keys.
  ///
  /// A checkpoint that cannot be removed now is removed when the result is loaded.
  func removeFinished(ofAllKeys: Bool) {
    for file in (try? files()) ?? [] where ofAllKeys || file.key == keyPart(of: key) {
      try? output.remove(path(file.name))
    }
  }

  /// An error about the checkpoint called `name`.
  func failure(_ name: String, _ text: String) -> Failure {
    Failure("\(output.file(path(name)).shortPath): \(text)")
  }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// The stage's checkpoints under all keys, files named "stage-key.step.checkpoint".
  private func files() throws -> [(name: String, key: Substring, step: Int)] {
    let prefix = fileNamePart(of: stage) + "-"
    return try output.names(in: directory).compactMap { name in
      guard name.hasPrefix(prefix), name.hasSuffix(Self.fileExtension) else { return nil }
      let parts = name.dropFirst(prefix.count).dropLast(Self.fileExtension.count).split(
        separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].count == keyDigits, let step = Int(parts[1]) else {
        return nil
      }
      return (name, parts[0], step)
    }
  }
}
