/// One convolution by an algorithm of choice, apart from any tape and anything fused with it: for
/// checking and timing the kernels.
package struct SingleConvolution {
  /// The algorithms there are.
  package enum Algorithm: String, CaseIterable {
    case winograd = "Winograd"
    case direct
  }

  private let geometry: ConvolutionGeometry
  private let algorithm: ConvolutionAlgorithm

  /// A convolution of images (N, H, W, C) with filters (K, K, C, D), by the fastest algorithm where
  /// none is given; nil where the given one cannot do these sizes.
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

  /// (N, H′, W′, D).
  package var outputShape: [Int] { geometry.outputShape }

  /// The output for images `x` and filters `weights`.
  package func callAsFunction(_ x: Tensor, _ weights: Tensor) -> Tensor {
    filled(outputShape) {
      algorithm.convolve(.stored(x.pointer), weights.pointer, into: $0) { _, _ in }
    }
  }

  /// The derivatives by images and filters, given that by the output.
  package func gradients(
    _ x: Tensor, _ weights: Tensor, outputGradient: Tensor
  ) -> (input: Tensor, weights: Tensor) {
    let result = (
      input: Tensor(uninitialised: x.shape), weights: Tensor(uninitialised: weights.shape)
    )
    algorithm.differentiate(
      .stored(x.pointer), weights.pointer, outputGradient: .stored(outputGradient.pointer),
      into: ConvolutionGradients(input: result.input.pointer, weights: result.weights.pointer),
      finish: { _, _ in })
    return result
  }
}
