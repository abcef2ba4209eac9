/// A tensor that is trained.
///
/// `@unchecked Sendable`: one thread at a time trains a network; other threads may read the value
/// while nobody sets it.
public final class Parameter: @unchecked Sendable {
  /// The current value, a leaf of the tape.
  public var value: Tensor {
    didSet { value = leaf(value) }
  }

  /// The accumulated gradient of the losses with respect to the value; nil before
  /// ``Tensor/backward()`` and after a step of an optimiser.
  public var gradient: Tensor? {
    get { node.gradient }
    set { node.gradient = newValue }
  }

  private let node: Node

  /// Creates a parameter with the initial value `value`.
  public init(_ value: Tensor) {
    node = Node()
    self.value = value
    self.value = leaf(value)
  }

  private func leaf(_ value: Tensor) -> Tensor {
    Tensor(shape: value.shape, buffer: value.buffer, node: node)
  }
}

/// A parameter and its name in the network, such as "4.weights".
public typealias NamedParameter = (name: String, parameter: Parameter)

/// Running moments of batch norm and their name in the network, such as "1.running".
public typealias NamedBuffer = (name: String, buffer: RunningMoments)
