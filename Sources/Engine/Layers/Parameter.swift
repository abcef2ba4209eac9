/// Numbers that training changes.
public final class Parameter: @unchecked Sendable {
  /// The numbers as they are now; a leaf of the tape.
  public var value: Tensor {
    didSet { value = leaf(value) }
  }

  /// The derivative of the last losses by the numbers; nil before ``Tensor/backward()`` and after
  /// an optimiser's step.
  public var gradient: Tensor? {
    get { node.gradient }
    set { node.gradient = newValue }
  }

  private let node: Node

  /// A parameter that starts as `value`.
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

/// Numbers that are kept, not learned, and their name in the network: batch norm's running moments.
public typealias NamedBuffer = (name: String, buffer: RunningMoments)
