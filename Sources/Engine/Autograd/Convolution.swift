/// The two-dimensional convolution (cross-correlation, as the field calls it) of images with a set
/// of filters.
///
/// y[n, i, j, d] = b[d] + Σ over u, v, c of x[n, i·stride + u − padding, j·stride + v − padding, c]
/// · w[u, v, c, d], where pixels outside the image count as zero.
///
/// - Parameters:
///   - x: Images (N, H, W, C).
///   - weights: Filters (K, K, C, D).
///   - bias: A number for each output channel (D), if any.
///   - stride: The step from one output pixel to the next, in input pixels.
///   - padding: Rows and columns of zeros added at each border.
///   - activation: Applied to y.
/// - Returns: Images (N, H′, W′, D), H′ = ⌊(H + 2·padding − K) / stride⌋ + 1.
public func conv2d(
  _ x: Tensor, _ weights: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
  activation: Activation = .none
) -> Tensor {
  let geometry = ConvolutionGeometry(
    input: x.shape, weights: weights.shape, stride: stride, padding: padding)
  requireBias(bias, of: weights)
  let algorithm = geometry.algorithm
  let y = filled(geometry.outputShape) { y in
    algorithm.convolve(.stored(x.pointer), weights.pointer, into: y) { _, pixels in
      activate(
        y + pixels.lowerBound * geometry.outputChannels, bias: bias?.pointer,
        activation: activation, rows: pixels.count, columns: geometry.outputChannels)
    }
  }
  return y.recorded(from: [x, weights] + (bias.map { [$0] } ?? [])) { gradient in
    let inputGradient = x.needsGradient ? Tensor(uninitialised: x.shape) : nil
    let weightGradient = Tensor(uninitialised: weights.shape)
    let biasGradient = bias.map { Tensor(uninitialised: $0.shape) }
    algorithm.differentiate(
      .stored(x.pointer), weights.pointer,
      outputGradient: .activationGradient(
        gradient.pointer, output: y.pointer, slope: activation.slope),
      into: ConvolutionGradients(
        input: inputGradient?.pointer, weights: weightGradient.pointer, bias: biasGradient?.pointer),
      finish: { _, _ in })
    return [inputGradient, weightGradient, biasGradient]
  }
}

/// x·w + b.
///
/// - Parameters:
///   - x: Features (N, C).
///   - weights: (C, D).
///   - bias: A number for each output feature (D).
/// - Returns: Features (N, D).
public func linear(_ x: Tensor, _ weights: Tensor, bias: Tensor) -> Tensor {
  let (rows, inputs, outputs) = (x.rows, weights.rows, weights.columns)
  require(
    x.shape.count == 2 && weights.shape.count == 2 && x.columns == inputs,
    "Features (N, C) and weights (C, D) do not fit: \(x.shape), \(weights.shape).")
  requireBias(bias, of: weights)
  let y = filled([rows, outputs]) {
    let packed = PackedMatrix(weights.pointer, rows: inputs, columns: outputs)
    packed.multiplied(byRowsOf: x.pointer, rows, into: $0)
    activate($0, bias: bias.pointer, activation: .none, rows: rows, columns: outputs)
  }
  return y.recorded(from: [x, weights, bias]) { gradient in
    [
      filled(x.shape) {
        let packed = PackedMatrix(transposing: weights.pointer, rows: outputs, columns: inputs)
        packed.multiplied(byRowsOf: gradient.pointer, rows, into: $0)
      },
      filled(weights.shape) {
        let packed = PackedMatrix(gradient.pointer, rows: rows, columns: outputs)
        packed.multiplied(byColumnsOf: x.pointer, inputs, into: $0)
      },
      filled(bias.shape) {
        columnSums(gradient.pointer, rows: rows, columns: outputs, into: $0)
      },
    ]
  }
}

private func requireBias(_ bias: Tensor?, of weights: Tensor) {
  guard let bias else { return }
  require(
    bias.shape == [weights.columns],
    "A bias has a number for each of \(weights.columns) outputs, not the shape \(bias.shape).")
}
