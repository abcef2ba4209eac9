/// A convolution by a chosen algorithm, without tape or fusion, to verify and time the kernels.
package struct SingleConvolution {
  /// A convolution algorithm.
  package enum Algorithm: String, CaseIterable {
    case winograd = "Winograd"
    case direct
  }

  private let geometry: ConvolutionGeometry
  private let algorithm: ConvolutionAlgorithm

  /// Creates a convolution of images (N, H, W, C) with filters (K, K, C, D).
  ///
  /// It uses the fastest algorithm if `algorithm` is nil. The result is nil if the given algorithm
  /// does not support these sizes.
  package init?(
    input: [Int], weights: [Int], stride: Int, padding: Int, algorithm: Algorithm? = nil
  ) {
    geometry = ConvolutionGeometry(
      input: input, weights: weights, stride: stride, padding: padding)
    switch algorithm {
    case nil: self.algorithm = geometry.algorithm
    case .winograd:
      guard let winograd = geometry.winograd() else { return nil }
      self.algorithm = winograd
    case .direct: self.algorithm = geometry.direct
    }
  }

  /// The shape of the output (N, H′, W′, D).
  package var outputShape: [Int] { geometry.outputShape }

  /// Computes the output (N, H′, W′, D) for the images `x` (N, H, W, C) and the filters `weights` (K, K, C, D).
  package func callAsFunction(_ x: Tensor, _ weights: Tensor) -> Tensor {
    unsafe filled(outputShape) {
      unsafe algorithm.convolve(.stored(x.pointer), weights.pointer, into: $0) { _, _ in }
    }
  }

  /// Computes the gradients with respect to images and filters from that with respect to the output.
  ///
  /// - Parameters:
  ///   - x: Images (N, H, W, C).
  ///   - weights: Filters (K, K, C, D).
  ///   - outputGradient: The gradient with respect to the output (N, H′, W′, D).
  /// - Returns: Tensors of the shapes of `x` and `weights`.
  package func gradients(
    _ x: Tensor, _ weights: Tensor, outputGradient: Tensor
  ) -> (input: Tensor, weights: Tensor) {
    let result = (
      input: Tensor(uninitialised: x.shape), weights: Tensor(uninitialised: weights.shape)
    )
    unsafe algorithm.differentiate(
      .stored(x.pointer), weights.pointer, outputGradient: .stored(outputGradient.pointer),
      into: ConvolutionGradients(input: result.input.pointer, weights: result.weights.pointer),
      finish: { _, _ in })
    return result
  }
}
