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
    let lines = (output.content(of: path(name)) ?? Data())
      .split(separator: newline, maxSplits: 2, omittingEmptySubsequences: false)
    guard lines.count == 3,
      Data(lines[0]) == Data(sha256Hex(lines[1], Data([newline]), lines[2]).utf8),
      let origin = try? JSON.decode(Checkpoint.Origin.self, from: lines[1])
    else { throw complaint(name, "found damaged, expected a checkpoint") }
    guard origin.stage == stage, origin.key == key else {
      throw complaint(name, "found a checkpoint of something else, expected one of \(stage)")
    }
    do {
      return Checkpoint(origin: origin, snapshot: try Snapshot(decoding: [UInt8](lines[2])))
    } catch {
      throw complaint(name, oneLine(error))
    }
  }

  /// Stores a checkpoint, then removes all others of this key but `previous`.
  ///
  /// Those of other keys stay until the stage is done: who has changed a setting by mistake, and
  /// interrupts what thereupon starts over, finds the hours of before unharmed.
  ///
  /// - Returns: Its name.
  func store(_ snapshot: Snapshot, origin: Checkpoint.Origin, previous: String?) throws -> String {
    let content = try JSON.encode(origin) + [newline] + snapshot.encoded()
    let name = "\(fileNamePart(of: stage))-\(keyPart(of: key)).\(origin.step)\(fileExtension)"
    try output.write(Data(sha256Hex(content).utf8) + [newline] + content, to: path(name))
    for old in try find().names where old != name && old != previous {
      try output.remove(path(old))
    }
    return name
  }

  /// Removes the stage's checkpoints, those of other keys too.
  func removeAll() throws {
    for file in try files() { try output.remove(path(file.name)) }
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
