/// An object whose state can be saved between two steps and restored.
public protocol Resumable {
  /// The complete state between two steps, in a fixed order, with unique names.
  var state: [NamedState] { get }
}

extension Resumable {
  /// Returns the state with names that start with `name`: "name.state".
  public func state(under name: String) -> [NamedState] {
    state.map {
      NamedState("\(name).\($0.name)", problem: $0.problem, read: $0.read, write: $0.write)
    }
  }
}

/// A named piece of state that can be read and replaced.
///
/// The same list serves saving and restoring, so that neither can miss a piece.
public struct NamedState {
  let name: String
  /// Returns what is wrong with a value of the kind and shape that `read` returns, and what is expected; nil if it can
  /// be written.
  let problem: (Snapshot.Value) -> String?
  let read: () -> Snapshot.Value
  /// Replaces the value; called only with values of the kind and shape that `read` returns, and without a problem.
  let write: (Snapshot.Value) throws -> Void

  fileprivate init(
    _ name: String, problem: @escaping (Snapshot.Value) -> String? = { _ in nil },
    read: @escaping () -> Snapshot.Value, write: @escaping (Snapshot.Value) throws -> Void
  ) {
    (self.name, self.problem, self.read, self.write) = (name, problem, read, write)
  }

  /// A tensor of constant shape that is replaced, never changed in place.
  public static func tensor(
    _ name: String, get: @escaping () -> Tensor, set: @escaping (Tensor) -> Void
  ) -> NamedState {
    NamedState(name, read: { .tensor(get().detached) }) { value in
      if case .tensor(let tensor) = value { set(tensor) }
    }
  }

  /// This tensor, of which negative elements are refused; `noun` names one of its elements, such as "variance".
  func notNegative(_ noun: String) -> NamedState {
    NamedState(
      name,
      problem: { value in
        guard case .tensor(let tensor) = value else { return nil }
        return tensor.scalars.first { $0 < 0 }.map { "the \(noun) \($0), expected at least 0" }
      }, read: read, write: write)
  }

  /// A tensor that is changed in place and is therefore copied when it is read and written.
  package static func tensor(_ name: String, changedInPlace tensor: Tensor) -> NamedState {
    NamedState(
      name,
      read: {
        unsafe .tensor(
          filled(tensor.shape) { unsafe $0.update(from: tensor.pointer, count: tensor.count) })
      }
    ) { value in
      if case .tensor(let new) = value {
        unsafe tensor.pointer.update(from: new.pointer, count: tensor.count)
      }
    }
  }

  /// An integer, such as a step counter; others than those in `range` are refused.
  public static func number(
    _ name: String, in range: ClosedRange<Int> = .min ... .max, get: @escaping () -> Int,
    set: @escaping (Int) -> Void
  ) -> NamedState {
    NamedState(
      name,
      problem: { value in
        guard case .number(let number) = value, !range.contains(number) else { return nil }
        return "\(number), expected \(range.lowerBound) to \(range.upperBound)"
      }, read: { .number(get()) },
      write: { value in
        if case .number(let number) = value { set(number) }
      })
  }

  /// A text that a restored state must have as well, such as a setting of the training run that it belongs to.
  public static func constant(_ name: String, _ text: String) -> NamedState {
    let expected = Array(text.utf8)
    return NamedState(
      name,
      problem: { value in
        guard case .bytes(let found) = value, found != expected else { return nil }
        return "\(String(decoding: found, as: UTF8.self)), expected \(text)"
      }, read: { .bytes(expected) }, write: { _ in })
  }

  /// Bytes of any number; `set` throws if it cannot interpret them.
  public static func bytes(
    _ name: String, get: @escaping () -> [UInt8], set: @escaping ([UInt8]) throws -> Void
  ) -> NamedState {
    NamedState(name, read: { .bytes(get()) }) { value in
      if case .bytes(let bytes) = value { try set(bytes) }
    }
  }
}

extension Module {
  /// The parameters by their names, and "name.mean" and "name.variance" for each buffer.
  public var state: [NamedState] {
    parameters.map { name, parameter in
      .tensor(name, get: { parameter.value }, set: { parameter.value = $0 })
    } + buffers.flatMap { $0.buffer.state(under: $0.name) }
  }
}
