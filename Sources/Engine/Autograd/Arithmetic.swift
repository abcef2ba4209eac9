/// Elementwise arithmetic. There is no broadcasting: two tensors must have the same shape.
extension Tensor {
  /// Adds two tensors of the same shape element by element.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    requireSameShape(a, b)
    let result = Tensor(uninitialised: a.shape)
    elementwise(a.count, a.pointer, b.pointer, into: result.pointer) { $0 + $1 }
    return result.recorded(from: [a, b]) { gradient in [gradient, gradient] }
  }

  /// Subtracts a tensor of the same shape element by element.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    requireSameShape(a, b)
    let result = Tensor(uninitialised: a.shape)
    elementwise(a.count, a.pointer, b.pointer, into: result.pointer) { $0 - $1 }
    return result.recorded(from: [a, b]) { gradient in
      [gradient, b.needsGradient ? -gradient : nil]
    }
  }

  /// Negates each element.
  public static prefix func - (x: Tensor) -> Tensor { -1 * x }

  /// Multiplies each element by a scalar.
  public static func * (factor: Float, x: Tensor) -> Tensor {
    let result = Tensor(uninitialised: x.shape)
    elementwise(x.count, x.pointer, into: result.pointer) { factor * $0 }
    return result.recorded(from: [x]) { gradient in [factor * gradient] }
  }

  /// Multiplies two tensors of the same shape element by element (the Hadamard product).
  ///
  /// For the product of two matrices, see ``matrixProduct(_:_:)``.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    requireSameShape(a, b)
    let result = Tensor(uninitialised: a.shape)
    elementwise(a.count, a.pointer, b.pointer, into: result.pointer) { $0 * $1 }
    return result.recorded(from: [a, b]) { gradient in
      [a.needsGradient ? gradient * b : nil, b.needsGradient ? gradient * a : nil]
    }
  }

  /// Divides each element by a scalar.
  public static func / (x: Tensor, divisor: Float) -> Tensor {
    let result = Tensor(uninitialised: x.shape)
    elementwise(x.count, x.pointer, into: result.pointer) { $0 / divisor }
    return result.recorded(from: [x]) { gradient in [gradient / divisor] }
  }

  /// Divides by a tensor of the same shape element by element.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    requireSameShape(a, b)
    let result = Tensor(uninitialised: a.shape)
    elementwise(a.count, a.pointer, b.pointer, into: result.pointer) { $0 / $1 }
    // d(a/b)/db = −(a/b)/b.
    return result.recorded(from: [a, b]) { gradient in
      [
        a.needsGradient ? gradient / b : nil,
        b.needsGradient ? -(gradient * (result / b)) : nil,
      ]
    }
  }
}

private func requireSameShape(_ a: Tensor, _ b: Tensor) {
  require(
    a.shape == b.shape,
    "Elementwise arithmetic needs two tensors of the same shape; found \(a.shape) and \(b.shape).")
}
