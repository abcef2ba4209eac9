/// A multidimensional array of Floats in row-major order; a batch of images is (N, H, W, C).
///
/// Tensors are values: an operation returns a new tensor. A tensor that depends on a ``Parameter``
/// is recorded on the tape, so that ``backward()`` can compute the gradients.
public struct Tensor: Sendable {
  /// The lengths of the axes, outermost first; empty for a scalar.
  public let shape: [Int]

  /// The memory of the elements.
  package let storage: Storage

  /// The node on the tape; nil for a constant.
  let node: Node?

  /// Creates a tensor from its elements in row-major order.
  ///
  /// - Parameters:
  ///   - scalars: As many elements as `shape` has.
  ///   - shape: The lengths of the axes.
  public init(_ scalars: [Float], shape: [Int]) {
    require(
      scalars.count == elementCount(of: shape),
      "A tensor of shape \(shape) cannot hold \(scalars.count) elements.")
    self.init(uninitialised: shape)
    unsafe scalars.withUnsafeBufferPointer {
      unsafe pointer.update(from: $0.baseAddress!, count: scalars.count)
    }
  }

  /// Creates a tensor whose elements all equal `scalar`.
  public init(repeating scalar: Float, shape: [Int]) {
    self.init(uninitialised: shape)
    unsafe pointer.update(repeating: scalar, count: count)
  }

  /// Creates a tensor whose elements `initialise` writes.
  ///
  /// - Parameters:
  ///   - shape: The lengths of the axes.
  ///   - initialise: Writes every element; they are in row-major order and undefined before.
  public init(
    shape: [Int], _ initialise: (_ scalars: inout MutableSpan<Float>) throws -> Void
  ) rethrows {
    self.init(uninitialised: shape)
    let elements = unsafe UnsafeMutableBufferPointer(start: pointer, count: count)
    var span = unsafe elements.mutableSpan
    try initialise(&span)
  }

  /// Creates a tensor whose elements have yet to be written through ``pointer``.
  package init(uninitialised shape: [Int]) {
    self.init(shape: shape, storage: Storage(count: elementCount(of: shape)), node: nil)
  }

  init(shape: [Int], storage: Storage, node: Node?) {
    self.shape = shape
    self.storage = storage
    self.node = node
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The elements in row-major order.
  public var scalars: [Float] {
    withExtendedLifetime(storage) {
      unsafe Array(UnsafeBufferPointer(start: pointer, count: count))
    }
  }

  /// Calls `body` with the elements in row-major order, without copying them.
  public func withScalars<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
    // Without this the storage might be released before `body` has returned.
    try withExtendedLifetime(storage) {
      let elements = unsafe UnsafeBufferPointer(start: pointer, count: count)
      return try unsafe body(elements.span)
    }
  }

  /// The only element of a tensor with one element.
  public var scalar: Float {
    require(count == 1, "A tensor of shape \(shape) has \(count) elements; expected one.")
    return unsafe pointer[0]
  }

  /// The same tensor as a constant: no gradient flows back through it. The storage is shared.
  public var detached: Tensor { Tensor(shape: shape, storage: storage, node: nil) }

  /// Whether all elements are zero.
  public var isZero: Bool {
    unsafe UnsafeBufferPointer(start: pointer, count: count).allSatisfy { $0 == 0 }
  }

  /// Whether a gradient flows back through this tensor.
  public var needsGradient: Bool { node != nil }

  /// The address of the first element. Only the code that created a tensor may write to it, before it
  /// shares the tensor; ``Storage`` has the exceptions.
  package var pointer: UnsafeMutablePointer<Float> { unsafe storage.pointer }

  /// The length of the innermost axis, such as channels or classes; 1 for a scalar.
  package var columns: Int { shape.last ?? 1 }

  /// The product of the lengths of all other axes.
  package var rows: Int { shape.dropLast().reduce(1, *) }
}

extension Tensor: CustomStringConvertible {
  /// The shape and up to eight elements, the first in row-major order: "Tensor (2, 2): 1.0, 2.0, 3.0, 4.0". More
  /// elements are "…".
  public var description: String {
    let lengths = shape.map { "\($0)" }.joined(separator: ", ")
    var elements = withScalars { scalars in (0..<min(8, count)).map { "\(scalars[$0])" } }
    if count > elements.count { elements.append("…") }
    return "Tensor (\(lengths))"
      + (elements.isEmpty ? "" : ": \(elements.joined(separator: ", "))")
  }
}

/// Returns a new constant tensor whose elements `write` writes.
func filled(_ shape: [Int], _ write: (UnsafeMutablePointer<Float>) -> Void) -> Tensor {
  let result = Tensor(uninitialised: shape)
  unsafe write(result.pointer)
  return result
}

/// The number of elements of an array of a shape: the product of the lengths of its axes, 1 without axes.
///
/// It ends the process with a message if a length is negative, or the product larger than an Int.
package func elementCount(of shape: [Int]) -> Int {
  require(shape.allSatisfy { $0 >= 0 }, "The shape \(shape) has a negative length.")
  return shape.reduce(1) { product, length in
    let (result, overflows) = product.multipliedReportingOverflow(by: length)
    require(!overflows, "The shape \(shape) has too many elements.")
    return result
  }
}
