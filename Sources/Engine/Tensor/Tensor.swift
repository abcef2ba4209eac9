/// An array of Floats with a shape, row-major; a batch of images is (N, H, W, C).
///
/// Tensors are values: an operation makes a new one. Those that come of a ``Parameter`` remember
/// how they were computed, so that ``backward()`` can find the parameters' gradients.
public struct Tensor: Sendable {
  /// The lengths of the axes, outermost first; empty for a single number.
  public let shape: [Int]

  /// The numbers, in row-major order.
  package let buffer: Buffer

  /// Where this tensor stands on the tape; nil when no gradient flows through it.
  let node: Node?

  /// A tensor with the given numbers in row-major order; their count must be that of the shape.
  public init(_ scalars: [Float], shape: [Int]) {
    require(
      scalars.count == shape.reduce(1, *),
      "A tensor of shape \(shape) cannot hold \(scalars.count) numbers.")
    self.init(uninitialised: shape)
    scalars.withUnsafeBufferPointer {
      pointer.update(from: $0.baseAddress!, count: scalars.count)
    }
  }

  /// A tensor filled with one number.
  public init(repeating scalar: Float, shape: [Int]) {
    self.init(uninitialised: shape)
    pointer.update(repeating: scalar, count: count)
  }

  /// A tensor whose numbers are still to be written through ``pointer``.
  package init(uninitialised shape: [Int]) {
    self.init(shape: shape, buffer: Buffer(count: shape.reduce(1, *)), node: nil)
  }

  init(shape: [Int], buffer: Buffer, node: Node?) {
    self.shape = shape
    self.buffer = buffer
    self.node = node
  }

  /// How many numbers it holds.
  public var count: Int { shape.reduce(1, *) }

  /// The numbers in row-major order.
  public var scalars: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The only number of a tensor that has one.
  public var scalar: Float {
    require(count == 1, "A tensor of shape \(shape) is not a single number.")
    return pointer[0]
  }

  /// The same numbers, cut off from the tape: no gradient flows back through the result.
  public var detached: Tensor { Tensor(shape: shape, buffer: buffer, node: nil) }

  /// Whether all its numbers are zero.
  public var isZero: Bool {
    UnsafeBufferPointer(start: pointer, count: count).allSatisfy { $0 == 0 }
  }

  /// Whether a gradient flows back through this tensor.
  public var needsGradient: Bool { node != nil }

  /// The numbers' memory. Only the code that made a tensor may write to it, before it hands the
  /// tensor on.
  package var pointer: UnsafeMutablePointer<Float> { buffer.pointer }

  /// The innermost axis' length, as channels of images and classes of predictions are.
  package var columns: Int { shape.last ?? 1 }

  /// The product of all the other axes' lengths.
  package var rows: Int { shape.dropLast().reduce(1, *) }
}

/// A new tensor, off the tape, whose numbers `write` writes.
func filled(_ shape: [Int], _ write: (UnsafeMutablePointer<Float>) -> Void) -> Tensor {
  let result = Tensor(uninitialised: shape)
  write(result.pointer)
  return result
}
