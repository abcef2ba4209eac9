import Datasets
import Engine
import Foundation

/// How far a stage had come when it was saved, and all that it goes on from.
struct Checkpoint {
  var origin: Origin
  var snapshot: Snapshot

  /// Where a checkpoint comes from, and when.
  struct Origin: Codable {
    var stage: String
    /// The stage's key: a checkpoint serves the same program with the same settings and data only.
    var key: String
    /// How many steps were done, of how many in all.
    var step: Int
    var steps: Int
    /// Seconds that the stage had taken.
    var seconds: Double
    /// When it was saved, in ISO 8601.
    var date: String
  }
}

/// The checkpoints of an unfinished stage, the newest and the one before it.
///
/// Each is a file: the SHA-256 of all that follows on a line, its origin as JSON on another, and
/// the bytes of the snapshot.
struct CheckpointFiles {
  let stage: String
  let key: String
  private let output: OutputDirectory
  private let directory: String

  /// Those of `stage` under `key`, in `directory` of `output`.
  init(_ output: OutputDirectory, directory: String, stage: String, key: String) {
    (self.output, self.directory, self.stage, self.key) = (output, directory, stage, key)
  }

  /// The names of this key's checkpoints, newest first, and whether there are any of other keys.
  func find() throws -> (names: [String], hasOthers: Bool) {
    let all = try files()
    let ours = all.filter { $0.key == keyPart(of: key) }.sorted { $0.step > $1.step }
    return (ours.map(\.name), ours.count < all.count)
  }

  /// The checkpoint called `name`.
  ///
  /// - Throws: An error that names the file where it is damaged, or of another version or stage.
  func load(_ name: String) throws -> Checkpoint {
    let lines = intactContent(of: try output.content(of: path(name)) ?? Data())?
      .split(separator: newline, maxSplits: 1, omittingEmptySubsequences: false)
    guard let lines, lines.count == 2,
      let origin = try? JSON.decode(Checkpoint.Origin.self, from: lines[0]),
      (0...origin.steps).contains(origin.step), (0...1e10).contains(origin.seconds)
    else { throw complaint(name, "found damaged, expected a checkpoint") }
    guard origin.stage == stage, origin.key == key else {
      throw complaint(name, "found a checkpoint of something else, expected one of \(stage)")
    }
    do {
      return Checkpoint(origin: origin, snapshot: try Snapshot(decoding: [UInt8](lines[1])))
    } catch {
      throw complaint(name, oneLine(error))
    }
  }

  /// Stores a checkpoint, then removes all others of this key but `previous`.
  ///
  /// Those of other keys stay until the stage is done, so that changing a setting by mistake does
  /// not destroy earlier progress. One that cannot be removed now is removed with them.
  ///
  /// - Returns: Its name.
  func store(_ snapshot: Snapshot, origin: Checkpoint.Origin, previous: String?) throws -> String {
    let content = try JSON.encode(origin) + [newline] + snapshot.encoded()
    let name = "\(fileNamePart(of: stage))-\(keyPart(of: key)).\(origin.step)\(fileExtension)"
    try output.write(checksummed(content), to: path(name))
    for old in try find().names where old != name && old != previous {
      try? output.remove(path(old))
    }
    return name
  }

  /// Removes the checkpoints of a stage that is done: those of this key, and with `ofAllKeys` all.
  ///
  /// One that cannot be removed does no harm; it is removed when the result is loaded.
  func removeFinished(ofAllKeys: Bool) {
    for file in (try? files()) ?? [] where ofAllKeys || file.key == keyPart(of: key) {
      try? output.remove(path(file.name))
    }
  }

  /// What errors and notices say of the checkpoint called `name`.
  func complaint(_ name: String, _ text: String) -> Failure {
    Failure("\(output.file(path(name)).shortPath): \(text)")
  }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// The stage's checkpoints, of whatever key: "stage-key.step.checkpoint".
  private func files() throws -> [(name: String, key: Substring, step: Int)] {
    let beginning = fileNamePart(of: stage) + "-"
    return try output.names(in: directory).compactMap { name in
      guard name.hasPrefix(beginning), name.hasSuffix(fileExtension) else { return nil }
      let parts = name.dropFirst(beginning.count).dropLast(fileExtension.count).split(
        separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].count == keyDigits, let step = Int(parts[1]) else {
        return nil
      }
      return (name, parts[0], step)
    }
  }
}

private let newline = UInt8(ascii: "\n")
private let fileExtension = ".checkpoint"
