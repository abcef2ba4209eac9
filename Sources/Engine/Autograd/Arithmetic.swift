/// Elementwise arithmetic of two tensors of the same shape, or of a tensor and a scalar. There is no other
/// broadcasting.
extension Tensor {
  /// Adds two tensors of the same shape element by element.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    elementwise(a, b) { $0 + $1 }.recorded(from: [a, b]) { gradient in [gradient, gradient] }
  }

  /// Subtracts a tensor of the same shape element by element.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    elementwise(a, b) { $0 - $1 }.recorded(from: [a, b]) { gradient in
      [gradient, b.needsGradient ? -gradient : nil]
    }
  }

  /// Negates each element.
  public static prefix func - (x: Tensor) -> Tensor { -1 * x }

  /// Multiplies each element by a scalar.
  public static func * (factor: Float, x: Tensor) -> Tensor {
    elementwise(x) { factor * $0 }.recorded(from: [x]) { gradient in [factor * gradient] }
  }

  /// Multiplies two tensors of the same shape element by element (the Hadamard product).
  ///
  /// For the product of two matrices, see ``matmul(_:_:)``.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    elementwise(a, b) { $0 * $1 }.recorded(from: [a, b]) { gradient in
      [a.needsGradient ? gradient * b : nil, b.needsGradient ? gradient * a : nil]
    }
  }

  /// Divides each element by a scalar.
  public static func / (x: Tensor, divisor: Float) -> Tensor {
    elementwise(x) { $0 / divisor }.recorded(from: [x]) { gradient in [gradient / divisor] }
  }

  /// Multiplies each element by a scalar.
  public static func * (x: Tensor, factor: Float) -> Tensor { factor * x }

  /// Adds a scalar to each element.
  public static func + (x: Tensor, addend: Float) -> Tensor {
    elementwise(x) { $0 + addend }.recorded(from: [x]) { gradient in [gradient] }
  }

  /// Adds a scalar to each element.
  public static func + (addend: Float, x: Tensor) -> Tensor { x + addend }

  /// Subtracts a scalar from each element.
  public static func - (x: Tensor, subtrahend: Float) -> Tensor { x + (-subtrahend) }

  /// Subtracts each element from a scalar.
  public static func - (minuend: Float, x: Tensor) -> Tensor { -x + minuend }

  /// Divides a scalar by each element.
  public static func / (dividend: Float, x: Tensor) -> Tensor {
    Tensor(repeating: dividend, shape: x.shape) / x
  }

  /// Divides by a tensor of the same shape element by element.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let result = elementwise(a, b) { $0 / $1 }
    // d(a/b)/db = −(a/b)/b.
    return result.recorded(from: [a, b]) { gradient in
      [
        a.needsGradient ? gradient / b : nil,
        b.needsGradient ? -(gradient * (result / b)) : nil,
      ]
    }
  }
}
