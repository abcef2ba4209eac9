/// Something that can be put away between two steps and taken up again.
public protocol Resumable {
  /// All that it carries from one step to the next, in a fixed order, each under a name of its own.
  var state: [NamedState] { get }
}

extension Resumable {
  /// The state, its names behind that of the whole.
  public func state(under name: String) -> [NamedState] {
    state.map { NamedState("\(name).\($0.name)", read: $0.read, write: $0.write) }
  }
}

/// A piece of state: what it is called, and how it is looked at and replaced.
///
/// One list serves saving and restoring, so that nothing is saved that is not restored.
public struct NamedState {
  let name: String
  let read: () -> Snapshot.Value
  /// Only ever called with a value like those that `read` gives.
  let write: (Snapshot.Value) throws -> Void

  fileprivate init(
    _ name: String, read: @escaping () -> Snapshot.Value,
    write: @escaping (Snapshot.Value) throws -> Void
  ) {
    (self.name, self.read, self.write) = (name, read, write)
  }

  /// A tensor of a fixed shape that is replaced, never changed in place.
  public static func tensor(
    _ name: String, get: @escaping () -> Tensor, set: @escaping (Tensor) -> Void
  ) -> NamedState {
    NamedState(name, read: { .tensor(get().detached) }) { value in
      if case .tensor(let tensor) = value { set(tensor) }
    }
  }

  /// A tensor that is changed in place, and therefore copied both ways.
  package static func tensor(_ name: String, changedInPlace tensor: Tensor) -> NamedState {
    NamedState(
      name,
      read: {
        .tensor(filled(tensor.shape) { $0.update(from: tensor.pointer, count: tensor.count) })
      }
    ) { value in
      if case .tensor(let new) = value {
        tensor.pointer.update(from: new.pointer, count: tensor.count)
      }
    }
  }

  /// A whole number, such as a counter of steps.
  public static func number(
    _ name: String, get: @escaping () -> Int, set: @escaping (Int) -> Void
  ) -> NamedState {
    NamedState(name, read: { .number(get()) }) { value in
      if case .number(let number) = value { set(number) }
    }
  }

  /// Bytes, as many as there are; `set` throws where they make no sense.
  public static func bytes(
    _ name: String, get: @escaping () -> [UInt8], set: @escaping ([UInt8]) throws -> Void
  ) -> NamedState {
    NamedState(name, read: { .bytes(get()) }) { value in
      if case .bytes(let bytes) = value { try set(bytes) }
    }
  }
}

extension Module {
  /// The parameters, and of the buffers "name.mean" and "name.variance".
  public var state: [NamedState] {
    parameters.map { name, parameter in
      .tensor(name, get: { parameter.value }, set: { parameter.value = $0 })
    } + buffers.flatMap { $0.buffer.state(under: $0.name) }
  }
}
