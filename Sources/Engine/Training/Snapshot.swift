import Files
import Foundation

/// A copy of the state of a training run between two steps: the content of a checkpoint.
///
///     let bytes = Snapshot(of: network.state(under: "network") + adam.state(under: "adam")).encoded()
///     …
///     try Snapshot(decoding: bytes).restore(network.state(under: "network") + …)
///
/// A restored training run continues with the same bits as one that was never interrupted.
public struct Snapshot: Sendable {
  /// A value in a snapshot.
  enum Value: Sendable {
    case tensor(Tensor)
    case number(Int)
    case bytes([UInt8])
  }

  let values: [String: Value]

  init(_ values: [String: Value]) { self.values = values }

  /// Copies the current state; its names must be unique.
  public init(of state: [NamedState]) {
    values = Dictionary(state.map { ($0.name, $0.read()) }) { _, _ in
      fatalError("The names of pieces of state must be unique; found \(state.map(\.name)).")
    }
  }

  /// Whether all elements of all tensors are finite; otherwise a training run cannot continue.
  public var isFinite: Bool {
    values.values.allSatisfy { value in
      guard case .tensor(let tensor) = value else { return true }
      return tensor.isFinite
    }
  }

  /// Restores the state.
  ///
  /// - Throws: ``SnapshotError`` if names or shapes differ from those of the snapshot, or if a piece of state
  ///   refuses its value, such as a negative variance; then the state is as before.
  public func restore(_ state: [NamedState]) throws {
    let changes = try self.changes(of: state)
    for (index, (piece, value, _)) in changes.enumerated() {
      do {
        try piece.write(value)
      } catch {
        for (piece, _, previous) in changes[...index] { try? piece.write(previous) }
        if error is SnapshotError { throw error }
        let reason = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
        throw SnapshotError(
          "found bytes that cannot be decoded as state \"\(piece.name)\", expected those of the same "
            + "version of the program (\(reason))")
      }
    }
  }

  private typealias Change = (piece: NamedState, value: Value, previous: Value)

  /// Each piece of `state` with its value in the snapshot and its present value, which has the same kind.
  private func changes(of state: [NamedState]) throws -> [Change] {
    let changes = try state.map { piece -> Change in
      let expected = piece.read()
      guard let found = values[piece.name] else {
        throw SnapshotError("found no state \"\(piece.name)\", expected \(expected.kind)")
      }
      guard found.kind == expected.kind else {
        throw SnapshotError(
          "found \(found.kind) as state \"\(piece.name)\", expected \(expected.kind)")
      }
      if let problem = piece.problem(found) {
        throw SnapshotError("found the state \"\(piece.name)\" with \(problem)")
      }
      return (piece, found, expected)
    }
    let names = Set(state.map(\.name))
    if let foreign = values.keys.sorted().first(where: { !names.contains($0) }) {
      throw SnapshotError("found the state \"\(foreign)\", which this training run does not have")
    }
    return changes
  }
}

extension Snapshot {
  /// The values whose names start with `name` and a full stop, under the rest of their names.
  package func part(under name: String) -> Snapshot {
    let prefix = name + "."
    return Snapshot(
      Dictionary(
        uniqueKeysWithValues: values.compactMap { key, value in
          key.hasPrefix(prefix) ? (String(key.dropFirst(prefix.count)), value) : nil
        }))
  }

  /// The tensors of the snapshot by name.
  package var tensors: [String: Tensor] {
    values.compactMapValues { value in
      if case .tensor(let tensor) = value { tensor } else { nil }
    }
  }
}

extension Snapshot.Value {
  /// A description of the kind and shape; a value can replace another one of the same kind.
  fileprivate var kind: String {
    switch self {
    case .tensor(let tensor): "a tensor of shape \(tensor.shape)"
    case .number: "a whole number"
    case .bytes: "bytes"
    }
  }
}

/// An error of encoding, decoding or restoring a snapshot or a file of weights, described in one line.
public struct SnapshotError: OneLineError {
  /// What was found and what was expected.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Calls `body`, and begins the description of an error that it throws with the name of a file.
  static func naming<Value>(_ file: URL, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as SnapshotError {
      throw SnapshotError("\(file.shortPath): \(error.description)")
    }
  }
}
