/// The product of two matrices, computed by one thread.
///
/// - Parameters:
///   - a: A matrix (N, K).
///   - b: A matrix (K, M).
/// - Returns: The matrix a·b (N, M).
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  requireFactors(a, b)
  let product = unsafe filled([a.rows, b.columns]) { unsafe multiply(a, b, into: $0) }
  return product.recorded(from: [a, b]) { gradient in
    [
      a.needsGradient ? gradientOfLeftFactor(gradient, b) : nil,
      b.needsGradient ? gradientOfRightFactor(gradient, a) : nil,
    ]
  }
}

/// An affine map of features: x·w + b, computed by one thread.
///
/// - Parameters:
///   - x: Features (N, C).
///   - weights: w (C, D).
///   - bias: b (D).
/// - Returns: Features (N, D).
public func linear(_ x: Tensor, _ weights: Tensor, bias: Tensor) -> Tensor {
  requireFactors(x, weights)
  requireBias(bias, of: weights)
  let (rows, outputs) = (x.rows, weights.columns)
  let y = unsafe filled([rows, outputs]) {
    unsafe multiply(x, weights, into: $0)
    unsafe activate($0, bias: bias.pointer, activation: .none, rows: rows, columns: outputs)
  }
  return y.recorded(from: [x, weights, bias]) { gradient in
    unsafe [
      x.needsGradient ? gradientOfLeftFactor(gradient, weights) : nil,
      weights.needsGradient ? gradientOfRightFactor(gradient, x) : nil,
      bias.needsGradient
        ? filled(bias.shape) {
          unsafe columnSums(gradient.pointer, rows: rows, columns: outputs, into: $0)
        } : nil,
    ]
  }
}

/// `product` (N, M) ← `a` (N, K) · `b` (K, M).
private func multiply(_ a: Tensor, _ b: Tensor, into product: UnsafeMutablePointer<Float>) {
  unsafe PackedMatrix(b.pointer, rows: b.rows, columns: b.columns)
    .multiplied(byRowsOf: a.pointer, a.rows, into: product)
}

/// The gradient (N, K) with respect to `a` of a·b, `gradient` (N, M) · `b`ᵀ, where `b` is (K, M).
private func gradientOfLeftFactor(_ gradient: Tensor, _ b: Tensor) -> Tensor {
  unsafe filled([gradient.rows, b.rows]) {
    unsafe PackedMatrix(transposing: b.pointer, rows: b.columns, columns: b.rows)
      .multiplied(byRowsOf: gradient.pointer, gradient.rows, into: $0)
  }
}

/// The gradient (K, M) with respect to `b` of a·b, `a`ᵀ · `gradient` (N, M), where `a` is (N, K).
private func gradientOfRightFactor(_ gradient: Tensor, _ a: Tensor) -> Tensor {
  unsafe filled([a.columns, gradient.columns]) {
    unsafe PackedMatrix(gradient.pointer, rows: gradient.rows, columns: gradient.columns)
      .multiplied(byColumnsOf: a.pointer, a.columns, into: $0)
  }
}

/// Requires matrices `a` (N, K) and `b` (K, M).
private func requireFactors(_ a: Tensor, _ b: Tensor) {
  require(
    a.shape.count == 2 && b.shape.count == 2 && a.columns == b.rows,
    "A matrix product needs the shapes (N, K) and (K, M); found \(a.shape) and \(b.shape).")
}

/// Requires that `bias` has one element for each output channel of `weights`, if there is a bias.
func requireBias(_ bias: Tensor?, of weights: Tensor) {
  guard let bias else { return }
  require(
    bias.shape == [weights.columns],
    "The bias needs the shape [\(weights.columns)], one element per output; found \(bias.shape).")
}
