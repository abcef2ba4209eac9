/// A node of the tape: an operation with its inputs, or a leaf that accumulates the gradient of a
/// parameter.
///
/// The tape is the graph of nodes that a loss refers to; ``Tensor/backward()`` frees it.
///
/// `@unchecked Sendable`: an operation's inputs and pullback change only in ``propagate(_:)`` and when the last
/// reference to the operation ends, and a leaf's gradient only in `backward()` and the optimiser. One thread at a time
/// trains a network, so no two threads walk the same tape; other threads only read tensors.
final class Node: @unchecked Sendable {
  /// Maps the gradient of the output to the gradients of the inputs. Each gradient has the shape of its tensor; it is
  /// nil for an input that needs none.
  typealias Pullback = (_ outputGradient: Tensor) -> [Tensor?]

  private(set) var inputs: [Node?]
  /// The shape of a leaf's parameter; nil for an operation.
  let leafShape: [Int]?
  /// Nil for a leaf and after the tape was freed.
  private var pullback: Pullback?
  /// The accumulated gradient of a leaf, of the shape of the parameter.
  var gradient: Tensor?
  /// Whether inputs are skipped if the output's gradient is zero. They are not if a batch is divided among processes: a
  /// gradient may be zero in one process only, and all of them have to take part in the exchange of sums.
  private let skipsZeros: Bool

  /// Creates a leaf for a parameter of the shape.
  init(leafOfShape shape: [Int]) { (inputs, leafShape, skipsZeros) = ([], shape, true) }

  init(inputs: [Node?], pullback: @escaping Pullback) {
    (self.inputs, leafShape) = (inputs, nil)
    self.pullback = pullback
    skipsZeros = BatchShare.current == nil
  }

  /// Frees, in a loop, the nodes that only this one refers to. Swift would free each node within the deinitialiser of
  /// the one before, and exhaust the thread's stack if a long tape is dropped without a backward pass.
  deinit {
    var unfreed = releaseInputs()
    while var node = unfreed.popLast() {
      if isKnownUniquelyReferenced(&node) { unfreed += node.releaseInputs() }
    }
  }

  /// Removes the inputs and the pullback, whose saved tensors may refer to the same nodes.
  ///
  /// - Returns: The inputs that are nodes.
  private func releaseInputs() -> [Node] {
    defer { (inputs, pullback) = ([], nil) }
    return inputs.compactMap { $0 }
  }

  /// Computes the gradients of the inputs, of their shapes, and frees what the operation had saved.
  ///
  /// `gradient` is that with respect to the output, of its shape.
  func propagate(_ gradient: Tensor) -> [(Node, Tensor)] {
    guard let pullback else {
      fatalError(
        "This part of the tape was freed by an earlier backward() or gradient(withRespectTo:).")
    }
    self.pullback = nil
    defer { inputs = [] }
    let gradients = withoutGradients { pullback(gradient) }
    return zip(inputs, gradients).compactMap { input, gradient in
      // A zero gradient contributes nothing, so its branch is skipped: a loss term with weight 0
      // costs no backward pass.
      guard let input, let gradient, !(skipsZeros && gradient.isZero) else { return nil }
      return (input, gradient)
    }
  }
}

/// Whether operations are recorded on the tape.
private enum Recording {
  @TaskLocal static var isOn = true
}

/// Runs `body` without recording operations on the tape; its results are constants.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  try Recording.$isOn.withValue(false, operation: body)
}

extension Tensor {
  /// Returns this tensor as the result of a differentiable operation, recorded on the tape.
  ///
  /// With it one can write an operation that the library lacks: compute the result, and give a closure that computes
  /// the gradients with respect to the inputs from that with respect to the result.
  ///
  ///     func square(_ x: Tensor) -> Tensor {
  ///       let y = Tensor(shape: x.shape) { y in
  ///         x.withScalars { x in for i in x.indices { y[i] = x[i] * x[i] } }
  ///       }
  ///       return y.recorded(from: [x]) { gradient in [2 * (gradient * x)] }
  ///     }
  ///
  /// Nothing is recorded if no input needs a gradient or within ``withoutGradients(_:)``. If this tensor was itself
  /// computed from recorded tensors, that recording is replaced: gradients flow to `inputs` alone.
  ///
  /// - Parameters:
  ///   - inputs: The tensors that the result was computed from.
  ///   - pullback: Maps the gradient with respect to the result, of its shape, to those with respect
  ///     to `inputs`, in their order and of their shapes; nil for an input that needs none. It runs
  ///     at most once, without recording.
  public func recorded(
    from inputs: [Tensor], _ pullback: @escaping (_ gradient: Tensor) -> [Tensor?]
  ) -> Tensor {
    guard inputs.contains(where: \.needsGradient), Recording.isOn else { return detached }
    let shapes = inputs.map(\.shape)
    let node = Node(inputs: inputs.map(\.node)) { gradient in
      let gradients = pullback(gradient)
      requireShapes(shapes, gradients)
      return gradients
    }
    return Tensor(shape: shape, storage: storage, node: node)
  }

  /// Computes the gradients of this scalar by reverse-mode differentiation, adds them to
  /// ``Parameter/gradient`` of each parameter it depends on, and frees the tape.
  ///
  /// It does nothing if the scalar depends on no parameter, such as one that was computed in ``withoutGradients(_:)``.
  /// It ends the process if this tensor has more than one element, or if an earlier call freed the tape. Only one thread
  /// at a time may call it for losses that depend on the same parameter: gradients are added without a lock.
  public func backward() {
    differentiate { leaf, gradient in
      leaf.gradient = leaf.gradient.map { $0 + gradient } ?? gradient
    }
  }

  /// Returns the gradient of this scalar with respect to `parameter`, and frees the tape.
  ///
  /// ``Parameter/gradient`` does not change.
  ///
  /// - Returns: A tensor of the parameter's shape; zeros if this scalar does not depend on it.
  public func gradient(withRespectTo parameter: Parameter) -> Tensor {
    var result = Tensor(repeating: 0, shape: parameter.value.shape)
    differentiate { leaf, gradient in
      if leaf === parameter.value.node { result = gradient }
    }
    return result
  }

  /// Walks the tape backwards from this scalar, and then calls `reach` with each leaf and its gradient.
  private func differentiate(_ reach: (_ leaf: Node, _ gradient: Tensor) -> Void) {
    require(count == 1, "Only a scalar can be differentiated; found the shape \(shape).")
    guard let node else { return }
    let sums = PendingSums()
    let leaves = PendingSums.$current.withValue(sums) { gradientsOfLeaves(below: node, sums) }
    sums.finish()
    for (leaf, gradient) in leaves { reach(leaf, gradient) }
  }

  /// The gradients of the leaves that `root`, the node of this scalar, depends on. Some of them may be among `sums`,
  /// which are complete after ``PendingSums/finish()``.
  private func gradientsOfLeaves(below root: Node, _ sums: PendingSums) -> [(Node, Tensor)] {
    var gradients = [ObjectIdentifier(root): Tensor(repeating: 1, shape: shape)]
    var leaves: [(Node, Tensor)] = []
    for node in nodesInReverse(from: root) {
      let found = gradients.removeValue(forKey: ObjectIdentifier(node))
      if let shape = node.leafShape {
        // A leaf reached only through skipped branches has a gradient of zeros, as in PyTorch.
        leaves.append((node, found ?? Tensor(repeating: 0, shape: shape)))
        continue
      }
      guard let gradient = found else { continue }
      sums.finish(ifPending: gradient)
      for (input, part) in node.propagate(gradient) {
        let id = ObjectIdentifier(input)
        gradients[id] = gradients[id].map { sums.added($0, part) } ?? part
      }
      sums.advance()
    }
    return leaves
  }
}

/// Requires that the gradients, where there are any, have the shapes of the inputs.
private func requireShapes(_ shapes: [[Int]], _ gradients: [Tensor?]) {
  let fit =
    gradients.count == shapes.count
    && zip(gradients, shapes).allSatisfy { gradient, shape in
      gradient.map { $0.shape == shape } ?? true
    }
  require(
    fit,
    "A pullback must return gradients of its inputs' shapes \(shapes); "
      + "found \(gradients.compactMap { $0?.shape }).")
}

/// All nodes that `root` depends on, in reverse topological order: each before its inputs.
private func nodesInReverse(from root: Node) -> [Node] {
  var finished: [Node] = []
  var seen: Set = [ObjectIdentifier(root)]
  // The path from the root to the current node, with the next input of each: a recursive function would exhaust the
  // thread's stack on a tape of many operations in sequence.
  var path = [(node: root, next: 0)]
  while let (node, next) = path.last {
    guard next < node.inputs.count else {
      finished.append(node)
      path.removeLast()
      continue
    }
    path[path.count - 1].next += 1
    if let input = node.inputs[next], seen.insert(ObjectIdentifier(input)).inserted {
      path.append((input, 0))
    }
  }
  return finished.reversed()
}
