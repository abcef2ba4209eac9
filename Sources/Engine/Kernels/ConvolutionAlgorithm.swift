/// An algorithm for a convolution and its gradients.
///
/// It divides a batch into parts that depend on the sizes alone, and each part into ranges of pixels;
/// a callback processes each range while it is still in the cache.
///
/// (It is an enumeration because the compiler does not specialise calls through a protocol.)
enum ConvolutionAlgorithm {
  /// Computes the sums of the definition.
  case direct(DirectConvolution)
  /// Winograd's algorithm for stride 1.
  case unitStride(WinogradConvolution<UnitStrideWinograd>)
  /// Winograd's algorithm for stride 2.
  case strideTwo(WinogradConvolution<StrideTwoWinograd>)

  /// The parts that a batch is divided into.
  var parts: BatchParts {
    switch self {
    case .direct(let convolution): convolution.parts
    case .unitStride(let convolution): convolution.parts
    case .strideTwo(let convolution): convolution.parts
    }
  }

  /// Computes `output` (N, H′, W′, D) ← `source` (N, H, W, C) ∗ `weights` (K, K, C, D).
  ///
  /// `finish` is called for each range of output pixels, counted through all images, once they are
  /// written.
  func convolve(
    _ source: ImageSource, _ weights: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    switch self {
    case .direct(let convolution):
      unsafe convolution.convolve(source, weights, into: output, finish: finish)
    case .unitStride(let convolution):
      unsafe convolution.convolve(source, weights, into: output, finish: finish)
    case .strideTwo(let convolution):
      unsafe convolution.convolve(source, weights, into: output, finish: finish)
    }
  }

  /// Computes the gradients with respect to input, weights and bias. If processes divide the batch, the gradient with
  /// respect to the weights is that of this process's images, and the caller adds those of the others; the one with
  /// respect to the bias is already the sum over all processes.
  ///
  /// - Parameters:
  ///   - input: The input of the convolution (N, H, W, C).
  ///   - weights: The filters (K, K, C, D).
  ///   - outputGradient: The gradient with respect to the output (N, H′, W′, D).
  ///   - gradients: The memory that the gradients are written to.
  ///   - finish: Called for each range of input pixels, counted through all images, once their
  ///     gradient is written; not called if `gradients.input` is nil.
  func differentiate(
    _ input: ImageSource, _ weights: UnsafePointer<Float>, outputGradient: ImageSource,
    into gradients: ConvolutionGradients, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    switch self {
    case .direct(let convolution):
      unsafe convolution.differentiate(
        input, weights, outputGradient: outputGradient, into: gradients, finish: finish)
    case .unitStride(let convolution):
      unsafe convolution.differentiate(
        input, weights, outputGradient: outputGradient, into: gradients, finish: finish)
    case .strideTwo(let convolution):
      unsafe convolution.differentiate(
        input, weights, outputGradient: outputGradient, into: gradients, finish: finish)
    }
  }
}

/// The memory that the gradients of a convolution are written to.
@unsafe struct ConvolutionGradients {
  /// The gradient with respect to the input (N, H, W, C); nil if it is not needed.
  var input: UnsafeMutablePointer<Float>?
  /// The gradient with respect to the weights (K, K, C, D).
  let weights: UnsafeMutablePointer<Float>
  /// The gradient with respect to a bias of the output (D); nil if it is not needed.
  var bias: UnsafeMutablePointer<Float>?
}

extension ConvolutionGeometry {
  /// The fastest algorithm for these sizes.
  var algorithm: ConvolutionAlgorithm { winograd(ifSaving: true) ?? direct }

  /// The algorithm that computes the sums of the definition.
  var direct: ConvolutionAlgorithm { .direct(DirectConvolution(geometry: self)) }

  /// Winograd's algorithm, or nil if it does not support these sizes or, with `ifSaving`, does not
  /// save multiplications.
  func winograd(ifSaving: Bool = false) -> ConvolutionAlgorithm? {
    if let convolution = WinogradConvolution<UnitStrideWinograd>(self) {
      return ifSaving && !convolution.savesMultiplications ? nil : .unitStride(convolution)
    }
    if let convolution = WinogradConvolution<StrideTwoWinograd>(self) {
      return ifSaving && !convolution.savesMultiplications ? nil : .strideTwo(convolution)
    }
    return nil
  }
}
