extension Tensor {
  /// The sum of two tensors of one shape, number by number.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    require(a.shape == b.shape, "Shapes \(a.shape) and \(b.shape) cannot be added.")
    let result = Tensor(uninitialised: a.shape)
    elementwise(a.count, a.pointer, b.pointer, into: result.pointer) { $0 + $1 }
    return result.recorded(from: [a, b]) { gradient in [gradient, gradient] }
  }

  /// Each number times `factor`.
  public static func * (factor: Float, x: Tensor) -> Tensor {
    let result = Tensor(uninitialised: x.shape)
    elementwise(x.count, x.pointer, into: result.pointer) { factor * $0 }
    return result.recorded(from: [x]) { gradient in [factor * gradient] }
  }
}
