/// A tensor that is trained.
///
/// `@unchecked Sendable`: one thread at a time trains a network; other threads may read the value
/// while nobody sets it.
public final class Parameter: @unchecked Sendable {
  /// The current value, a leaf of the tape.
  ///
  /// A new value must have the shape of the old one.
  public var value: Tensor {
    didSet {
      require(
        value.shape == oldValue.shape,
        "A parameter of shape \(oldValue.shape) cannot get a value of shape \(value.shape).")
      value = leaf(value)
    }
  }

  /// The accumulated gradient of the losses with respect to the value; nil before
  /// ``Tensor/backward()`` and after a step of an optimiser. It has the shape of the value.
  public var gradient: Tensor? {
    get { node.gradient }
    set {
      let shape = newValue?.shape ?? value.shape
      require(
        shape == value.shape,
        "A parameter of shape \(value.shape) cannot have a gradient of shape \(shape).")
      node.gradient = newValue
    }
  }

  private let node: Node

  /// Creates a parameter with the initial value `value`.
  public init(_ value: Tensor) {
    node = Node(leafOfShape: value.shape)
    self.value = value
    self.value = leaf(value)
  }

  private func leaf(_ value: Tensor) -> Tensor {
    Tensor(shape: value.shape, storage: value.storage, node: node)
  }
}

/// A parameter and its name in the network, such as "4.weights".
public typealias NamedParameter = (name: String, parameter: Parameter)

/// Returns the entries with different objects, each with its first name.
///
/// A layer may occur in several places of a network. Its parameters and buffers are then listed several times.
func distinct<Entry, Object: AnyObject>(_ entries: [Entry], by object: (Entry) -> Object) -> [Entry]
{
  var found: Set<ObjectIdentifier> = []
  return entries.filter { found.insert(ObjectIdentifier(object($0))).inserted }
}

/// A buffer, such as the running means and variances of batch norm, and its name in the network, such as "1.running".
public typealias NamedBuffer = (name: String, buffer: RunningStatistics)
