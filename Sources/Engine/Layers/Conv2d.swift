/// A two-dimensional convolution with trainable filters; see
/// ``/Engine/conv2d(_:_:bias:stride:padding:activation:)``.
public final class Conv2d: Layer {
  private let weights: Parameter
  private let bias: Parameter?
  private let stride: Int
  private let padding: Int
  private let activation: Activation

  /// Creates the layer with weights and bias drawn uniformly from ±1/√(kernelSize²·inputChannels),
  /// PyTorch's default.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    bias: Bool = true, activation: Activation = .none, random: inout RandomStream
  ) {
    require(
      kernelSize > 0 && inputChannels > 0 && outputChannels > 0,
      "A convolution needs a kernel size and numbers of channels of at least 1; "
        + "found \(kernelSize), \(inputChannels) and \(outputChannels).")
    let bound = 1 / Float(kernelSize * kernelSize * inputChannels).squareRoot()
    weights = Parameter(
      .uniform(
        in: -bound..<bound, shape: [kernelSize, kernelSize, inputChannels, outputChannels],
        random: &random))
    self.bias =
      bias
      ? Parameter(.uniform(in: -bound..<bound, shape: [outputChannels], random: &random)) : nil
    self.stride = stride
    self.padding = padding
    self.activation = activation
  }

  /// Creates a layer without a bias from filters (K, K, C, D).
  public init(filters: Parameter, stride: Int = 1, padding: Int = 0) {
    weights = filters
    bias = nil
    self.stride = stride
    self.padding = padding
    activation = .none
  }

  /// Whether processes can divide the images: yes, each image is convolved by itself.
  public var isDivisible: Bool { true }

  /// Images (N, H, W, inputChannels) → images (N, H′, W′, outputChannels).
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    conv2d(
      x, weights.value, bias: bias?.value, stride: stride, padding: padding,
      activation: activation)
  }

  /// "weights" (K, K, C, D) and, if the layer has one, "bias" (D).
  public var parameters: [NamedParameter] {
    [("weights", weights)] + (bias.map { [("bias", $0)] } ?? [])
  }
}
