/// A two-dimensional convolution (strictly, a cross-correlation) of a batch of images.
///
/// y[n, i, j, d] = b[d] + Σ over u, v, c of x[n, i·stride + u − padding, j·stride + v − padding, c]
/// · w[u, v, c, d], where pixels outside the image count as zero.
///
/// Some convolutions with 3×3 filters are computed by Winograd's algorithm (Lavin and Gray 2016, arXiv:1509.09308). It
/// rounds more than the formula, and a pixel that is infinite or NaN, or so large that sums of a few such numbers
/// overflow, changes more output pixels than those that depend on it.
///
/// - Parameters:
///   - x: Images (N, H, W, C), with the padding at least as large as the filters.
///   - weights: Filters w (K, K, C, D).
///   - bias: b (D), or nil for none.
///   - stride: The distance between neighbouring output pixels, in input pixels, at least 1.
///   - padding: The number of rows and columns of zeros added at each border, at least 0.
///   - activation: The activation function applied to the result; a slope lies in [0, 1).
/// - Returns: Images (N, H′, W′, D), H′ = ⌊(H + 2·padding − K) / stride⌋ + 1.
public func conv2d(
  _ x: Tensor, _ weights: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
  activation: Activation = .none
) -> Tensor {
  let geometry = ConvolutionGeometry(
    input: x.shape, weights: weights.shape, stride: stride, padding: padding)
  requireBias(bias, of: weights)
  // The derivative of the activation is found from the sign of its result, which a negative slope would change.
  if case .leakyReLU(let slope) = activation {
    require((0..<1).contains(slope), "The slope of an activation lies in [0, 1); found \(slope).")
  }
  let algorithm = geometry.algorithm
  let y = unsafe filled(geometry.outputShape) { y in
    unsafe algorithm.convolve(.stored(x.pointer), weights.pointer, into: y) { _, pixels in
      unsafe activate(
        y + pixels.lowerBound * geometry.outputChannels, bias: bias?.pointer,
        activation: activation, rows: pixels.count, columns: geometry.outputChannels)
    }
  }
  return y.recorded(from: [x, weights] + (bias.map { [$0] } ?? [])) { gradient in
    let inputGradient = x.needsGradient ? Tensor(uninitialised: x.shape) : nil
    let weightGradient = Tensor(uninitialised: weights.shape)
    let biasGradient = bias.map { Tensor(uninitialised: $0.shape) }
    unsafe algorithm.differentiate(
      .stored(x.pointer), weights.pointer,
      outputGradient: .activationGradient(
        gradient.pointer, output: y.pointer, slope: activation.slope),
      into: ConvolutionGradients(
        input: inputGradient?.pointer, weights: weightGradient.pointer, bias: biasGradient?.pointer),
      finish: { _, _ in })
    return [inputGradient, geometry.share.sum(of: weightGradient)]
      + (biasGradient.map { [$0] } ?? [])
  }
}
