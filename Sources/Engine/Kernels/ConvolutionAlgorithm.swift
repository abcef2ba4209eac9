/// A way to compute a convolution and its derivatives.
///
/// It cuts a batch into parts that follow from the sizes alone, and each part into stretches of
/// pixels; what is to be done with a stretch's numbers is done while they are in the cache.
protocol ConvolutionAlgorithm {
  /// Into how many parts a batch is cut.
  var parts: Int { get }

  /// `output` (N, H′, W′, D) ← `source` (N, H, W, C) ∗ `weights` (K, K, C, D), with `finish` called
  /// for each stretch of pixels, counted through all images, once it is written.
  func convolve(
    _ source: ImageSource, _ weights: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, finish: (_ part: Int, _ pixels: Range<Int>) -> Void)

  /// The derivatives by input and weights, given that by the output.
  ///
  /// - Parameters:
  ///   - input: What the convolution read (N, H, W, C).
  ///   - weights: (K, K, C, D).
  ///   - outputGradient: The derivative by the output (N, H′, W′, D).
  ///   - inputGradient: Gets the derivative by the input (N, H, W, C), if that is wanted.
  ///   - weightGradient: Gets the derivative by the weights.
  ///   - biasGradient: Gets the derivative by a bias added to the output (D), if that is wanted.
  ///   - finish: Called for each stretch of pixels of the input, counted through all images, once
  ///     `inputGradient` is written there.
  func differentiate(
    _ input: ImageSource, _ weights: UnsafePointer<Float>, outputGradient: ImageSource,
    intoInput inputGradient: UnsafeMutablePointer<Float>?,
    weights weightGradient: UnsafeMutablePointer<Float>,
    bias biasGradient: UnsafeMutablePointer<Float>?,
    finish: (_ part: Int, _ pixels: Range<Int>) -> Void)
}

extension ConvolutionGeometry {
  /// The fastest way for these sizes.
  var algorithm: any ConvolutionAlgorithm {
    WinogradConvolution(self) ?? DirectConvolution(geometry: self)
  }
}
