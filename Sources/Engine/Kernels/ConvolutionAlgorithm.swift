/// A way to compute a convolution and its derivatives.
///
/// It cuts a batch into parts that follow from the sizes alone, and each part into stretches of
/// pixels; what is to be done with a stretch's numbers is done while they are in the cache.
///
/// (An enumeration and not a protocol: through a protocol, the compiler would call code that is not
/// specialised for the scheme.)
enum ConvolutionAlgorithm {
  /// From the definition.
  case direct(DirectConvolution)
  /// By Winograd, with stride 1.
  case unitStride(WinogradConvolution<UnitStrideWinograd>)
  /// By Winograd, with stride 2.
  case strideTwo(WinogradConvolution<StrideTwoWinograd>)

  /// Into how many parts a batch is cut.
  var parts: Int {
    switch self {
    case .direct(let convolution): convolution.parts
    case .unitStride(let convolution): convolution.parts
    case .strideTwo(let convolution): convolution.parts
    }
  }

  /// `output` (N, H′, W′, D) ← `source` (N, H, W, C) ∗ `weights` (K, K, C, D), with `finish` called
  /// for each stretch of pixels, counted through all images, once it is written.
  func convolve(
    _ source: ImageSource, _ weights: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    switch self {
    case .direct(let convolution):
      convolution.convolve(source, weights, into: output, finish: finish)
    case .unitStride(let convolution):
      convolution.convolve(source, weights, into: output, finish: finish)
    case .strideTwo(let convolution):
      convolution.convolve(source, weights, into: output, finish: finish)
    }
  }

  /// The derivatives by input and weights, given that by the output.
  ///
  /// - Parameters:
  ///   - input: What the convolution read (N, H, W, C).
  ///   - weights: (K, K, C, D).
  ///   - outputGradient: The derivative by the output (N, H′, W′, D).
  ///   - gradients: Where the derivatives go.
  ///   - finish: Called for each stretch of pixels of the input, counted through all images, once
  ///     the derivative by them is written.
  func differentiate(
    _ input: ImageSource, _ weights: UnsafePointer<Float>, outputGradient: ImageSource,
    into gradients: ConvolutionGradients, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    switch self {
    case .direct(let convolution):
      convolution.differentiate(
        input, weights, outputGradient: outputGradient, into: gradients, finish: finish)
    case .unitStride(let convolution):
      convolution.differentiate(
        input, weights, outputGradient: outputGradient, into: gradients, finish: finish)
    case .strideTwo(let convolution):
      convolution.differentiate(
        input, weights, outputGradient: outputGradient, into: gradients, finish: finish)
    }
  }
}

/// Where the derivatives of a convolution go.
struct ConvolutionGradients {
  /// By the input (N, H, W, C), if that is wanted.
  var input: UnsafeMutablePointer<Float>?
  /// By the weights (K, K, C, D).
  let weights: UnsafeMutablePointer<Float>
  /// By a bias added to the output (D), if that is wanted.
  var bias: UnsafeMutablePointer<Float>?
}

extension ConvolutionGeometry {
  /// The fastest way for these sizes.
  var algorithm: ConvolutionAlgorithm { winograd(ifSaving: true) ?? direct }

  /// The way from the definition.
  var direct: ConvolutionAlgorithm { .direct(DirectConvolution(geometry: self)) }

  /// Winograd's convolution, where it can do these sizes and, with `ifSaving`, takes fewer
  /// multiplications than the definition.
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
