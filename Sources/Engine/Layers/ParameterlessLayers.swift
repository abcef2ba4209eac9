/// The activation function ``relu(_:)`` as a layer: max(x, 0) for each element, but NaN for −∞.
public final class ReLU: Layer {
  /// Creates the layer.
  public init() {}
  /// Whether processes can divide the images: yes, each image is treated by itself.
  public var isDivisible: Bool { true }
  /// Any shape → the same shape.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { relu(x) }
}

/// The activation function ``leakyReLU(_:slope:)`` as a layer.
public final class LeakyReLU: Layer {
  private let slope: Float
  /// Creates the layer; `slope` is the slope for negative inputs, in [0, 1).
  public init(slope: Float) {
    requireSlope(slope)
    self.slope = slope
  }
  /// Whether processes can divide the images: yes, each image is treated by itself.
  public var isDivisible: Bool { true }
  /// Any shape → the same shape.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { leakyReLU(x, slope: slope) }
}

/// Global average pooling as a layer: ``globalAveragePool(_:)``.
public final class GlobalAveragePool: Layer {
  /// Creates the layer.
  public init() {}
  /// Whether processes can divide the images: yes, each image is treated by itself.
  public var isDivisible: Bool { true }
  /// Images (N, H, W, C) → features (N, C).
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { globalAveragePool(x) }
}

/// Max pooling as a layer: ``maxPool2d(_:kernelSize:stride:)``.
public final class MaxPool2d: Layer {
  private let kernelSize: Int
  private let stride: Int?

  /// Creates the layer; neighbouring windows are `stride` apart, or `kernelSize` if that is nil. Both are at least 1.
  public init(kernelSize: Int, stride: Int? = nil) {
    requireWindows(kernelSize, stride ?? kernelSize)
    (self.kernelSize, self.stride) = (kernelSize, stride)
  }

  /// Whether processes can divide the images: yes, each image is treated by itself.
  public var isDivisible: Bool { true }
  /// Images (N, H, W, C) → images (N, H′, W′, C).
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    maxPool2d(x, kernelSize: kernelSize, stride: stride)
  }
}

/// Flattens each image to a row of features, such as the input of a ``Linear`` layer.
///
/// The features of an image are in the order (H, W, C): all channels of the first pixel, then those of the second.
/// `torch.nn.Flatten` gives the order (C, H, W). A PyTorch module that loads the weights of a ``Linear`` layer behind
/// this one therefore needs `x.permute(0, 2, 3, 1).flatten(1)` in its place.
public final class Flatten: Layer {
  /// Creates the layer.
  public init() {}
  /// Whether processes can divide the images: yes, each image is treated by itself.
  public var isDivisible: Bool { true }
  /// A batch (N, …), such as images (N, H, W, C) → features (N, H·W·C), the product of all axes but the first.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    require(!x.shape.isEmpty, "Flattening needs a batch (N, …); found a scalar.")
    return x.reshaped(to: [x.shape[0], x.entryLength])
  }
}

/// Dropout as a layer: ``dropout(_:probability:random:)`` in training, the identity in evaluation.
public final class Dropout: Layer {
  /// The stream that the next training step draws from.
  ///
  /// A checkpoint does not contain it. For a training run that can be resumed, set it in each step to
  /// a stream that depends on the step: `RandomStream(seed: seed, "dropout", step)`.
  public var random: RandomStream
  private let probability: Float

  /// Creates the layer; `probability` is that of dropping an element, in [0, 1).
  public init(probability: Float, random: RandomStream) {
    requireDropout(probability)
    (self.probability, self.random) = (probability, random)
  }

  /// Any shape → the same shape.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    mode == .evaluation ? x : dropout(x, probability: probability, random: &random)
  }
}
