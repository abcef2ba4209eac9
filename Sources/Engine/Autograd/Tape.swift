/// One operation on the tape, or a leaf that collects the gradient of a parameter.
///
/// The tape is the graph of nodes that hangs from a loss; it is freed as ``Tensor/backward()``
/// walks it.
final class Node: @unchecked Sendable {
  /// Takes the gradient of the output and gives those of the inputs, nil where none is needed.
  typealias Pullback = (_ outputGradient: Tensor) -> [Tensor?]

  private(set) var inputs: [Node?]
  let isLeaf: Bool
  /// Nil in a leaf, and once the tape is freed.
  private var pullback: Pullback?
  /// The sum of the gradients that reached this leaf.
  var gradient: Tensor?

  /// A leaf.
  init() { (inputs, isLeaf) = ([], true) }

  init(inputs: [Node?], pullback: @escaping Pullback) {
    (self.inputs, isLeaf) = (inputs, false)
    self.pullback = pullback
  }

  /// Hands the gradient on to the inputs, and frees what the operation had saved for that.
  func propagate(_ gradient: Tensor) -> [(Node, Tensor)] {
    guard let pullback else {
      fatalError("An earlier backward() went through this part of the tape and freed it.")
    }
    self.pullback = nil
    defer { inputs = [] }
    return zip(inputs, pullback(gradient)).compactMap { input, gradient in
      // Zeros have nothing to tell to what lies below: a term whose weight or error is exactly zero
      // costs no backward pass.
      guard let input, let gradient, !gradient.isZero else { return nil }
      return (input, gradient)
    }
  }
}

/// Whether operations are put on the tape.
private enum Recording {
  @TaskLocal static var isOn = true
}

/// Runs `body` with nothing put on the tape: what it computes is a constant to later gradients.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  try Recording.$isOn.withValue(false, operation: body)
}

extension Tensor {
  /// This tensor as the output of an operation on `inputs`, put on the tape if one of them needs a
  /// gradient.
  func recorded(from inputs: [Tensor], _ pullback: @escaping Node.Pullback) -> Tensor {
    guard inputs.contains(where: \.needsGradient), Recording.isOn else { return self }
    return Tensor(
      shape: shape, buffer: buffer, node: Node(inputs: inputs.map(\.node), pullback: pullback))
  }

  /// Adds the derivative of this single number by each ``Parameter`` it came of to that parameter's
  /// gradient (reverse-mode differentiation), and frees the tape.
  public func backward() {
    differentiate { leaf, gradient in
      leaf.gradient = leaf.gradient.map { $0 + gradient } ?? gradient
    }
  }

  /// The derivative of this single number by `parameter`; frees the tape, and leaves the gradients of
  /// all parameters alone.
  ///
  /// - Returns: A tensor of the parameter's shape: zeros where the number does not depend on it.
  public func gradient(withRespectTo parameter: Parameter) -> Tensor {
    var result = Tensor(repeating: 0, shape: parameter.value.shape)
    differentiate { leaf, gradient in
      if leaf === parameter.value.node { result = gradient }
    }
    return result
  }

  /// Walks the tape back from this single number, and hands to `reach` each leaf with the derivative
  /// by it.
  private func differentiate(_ reach: (_ leaf: Node, _ gradient: Tensor) -> Void) {
    require(count == 1, "Only a single number has a gradient, not shape \(shape).")
    guard let node else { return }
    var gradients = [ObjectIdentifier(node): Tensor(repeating: 1, shape: shape)]
    for node in nodesInReverse(from: node) {
      guard let gradient = gradients.removeValue(forKey: ObjectIdentifier(node)) else { continue }
      if node.isLeaf {
        reach(node, gradient)
        continue
      }
      for (input, part) in node.propagate(gradient) {
        let id = ObjectIdentifier(input)
        gradients[id] = gradients[id].map { $0 + part } ?? part
      }
    }
  }
}

/// All nodes below `root`, each before those that it came of.
private func nodesInReverse(from root: Node) -> [Node] {
  var finished: [Node] = []
  var seen: Set<ObjectIdentifier> = []
  func visit(_ node: Node) {
    guard seen.insert(ObjectIdentifier(node)).inserted else { return }
    for case let input? in node.inputs { visit(input) }
    finished.append(node)
  }
  visit(root)
  return finished.reversed()
}
