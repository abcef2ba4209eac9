import Foundation

/// The state of a training between two steps, apart from the training itself.
///
///     let bytes = Snapshot(of: network.state(under: "network") + adam.state(under: "adam")).encoded()
///     …
///     try Snapshot(decoding: bytes).restore(network.state(under: "network") + …)
///
/// A training that is restored goes on with the same bits as one that was never interrupted.
public struct Snapshot: Sendable {
  /// One thing in a snapshot.
  enum Value: Sendable {
    case tensor(Tensor)
    case number(Int)
    case bytes([UInt8])
  }

  let values: [String: Value]

  init(_ values: [String: Value]) { self.values = values }

  /// The state as it is now; the names in it are all different.
  public init(of state: [NamedState]) {
    values = Dictionary(state.map { ($0.name, $0.read()) }) { _, _ in
      fatalError("Two pieces of state share a name: \(state.map(\.name)).")
    }
  }

  /// Whether all numbers in it are finite; with others a training cannot go on.
  public var isFinite: Bool {
    values.values.allSatisfy { value in
      guard case .tensor(let tensor) = value else { return true }
      return tensor.scalars.allSatisfy(\.isFinite)
    }
  }

  /// Puts the state back to what it was.
  ///
  /// - Throws: ``SnapshotError`` where names or shapes are not those of the snapshot; the state is
  ///   then as it was.
  public func restore(_ state: [NamedState]) throws {
    for piece in state {
      let expected = piece.read()
      guard let found = values[piece.name] else {
        throw SnapshotError("found no state \"\(piece.name)\", expected \(expected.kind)")
      }
      guard found.kind == expected.kind else {
        throw SnapshotError(
          "found \(found.kind) as state \"\(piece.name)\", expected \(expected.kind)")
      }
    }
    let names = Set(state.map(\.name))
    if let foreign = values.keys.sorted().first(where: { !names.contains($0) }) {
      throw SnapshotError("found a state \"\(foreign)\", which nothing here has")
    }
    for piece in state {
      if let value = values[piece.name] { try piece.write(value) }
    }
  }
}

extension Snapshot.Value {
  /// What it is, in words; two values with the same words can stand for each other.
  fileprivate var kind: String {
    switch self {
    case .tensor(let tensor): "a tensor of shape \(tensor.shape)"
    case .number: "a whole number"
    case .bytes: "bytes"
    }
  }
}

/// Why a snapshot cannot be read or restored: one line that can follow the name of a file.
public struct SnapshotError: LocalizedError, CustomStringConvertible {
  /// The line.
  public let description: String

  /// The same line.
  public var errorDescription: String? { description }

  init(_ description: String) { self.description = description }
}
