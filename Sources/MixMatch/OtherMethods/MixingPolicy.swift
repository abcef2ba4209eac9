import Engine

/// The policy network of ``AdaMixUp``, which proposes for each pair of images the interval of λ.
///
/// Two convolutions and global average pooling turn each image into 32 features; a linear map of
/// both images' features gives three logits for the pair, whose softmax is (a, Δ, 1 − a − Δ). In
/// the authors' code the network has the size of the classifier and reads a combination of the two
/// images with a random weight for each pixel.
public final class MixingPolicy: Module {
  private let features: Sequential
  private let first, second: Linear

  /// A policy network for images with `channels` channels, with random initial weights.
  public init(channels: Int, random: inout RandomStream) {
    features = Sequential(
      Conv2d(
        inputChannels: channels, outputChannels: 16, kernelSize: 3, stride: 2, padding: 1,
        activation: .relu, random: &random),
      Conv2d(
        inputChannels: 16, outputChannels: 32, kernelSize: 3, stride: 2, padding: 1,
        activation: .relu, random: &random),
      BatchNorm(channels: 32), GlobalAveragePool())
    first = Linear(inputs: 32, outputs: 3, random: &random)
    second = Linear(inputs: 32, outputs: 3, random: &random)
    // As in the authors' code, every interval is at first close to [⅓, ⅔].
    for (_, parameter) in first.parameters + second.parameters {
      parameter.value = 0.01 * parameter.value.detached
    }
  }

  /// The intervals of the pairs of each image and its partner.
  ///
  /// - Parameters:
  ///   - x: Images (N, H, W, C).
  ///   - partners: The partner of each image, as an index into `x`.
  ///   - mode: The mode in which the network runs.
  public func callAsFunction(_ x: Tensor, partners: [Int], _ mode: Mode) -> MixingIntervals {
    let h = features(x, mode)
    return MixingIntervals(logits: first(h, mode) + second(gathered(partners, of: h), mode))
  }

  /// The parameters, under "features", "first" and "second".
  public var parameters: [NamedParameter] {
    features.parameters(under: "features") + first.parameters(under: "first")
      + second.parameters(under: "second")
  }

  /// The running statistics of batch norm, under "features".
  public var buffers: [NamedBuffer] { features.buffers(under: "features") }
}

/// The interval [a, a + Δ] of each pair, from which ``AdaMixUp`` draws λ.
public struct MixingIntervals: Sendable {
  /// a, Δ and 1 − a − Δ of each pair, (N, 3).
  private let parts: Tensor

  /// The intervals for logits of a, Δ and 1 − a − Δ, (N, 3).
  public init(logits: Tensor) {
    require(
      logits.shape.count == 2 && logits.shape[1] == 3,
      "Intervals need logits of the shape (N, 3); found \(logits.shape).")
    parts = softmax(logits)
  }

  /// The interval [⅓, ⅔] for each of `pairs` pairs.
  static func middleThird(pairs: Int) -> MixingIntervals {
    MixingIntervals(logits: Tensor(repeating: 0, shape: [pairs, 3]))
  }

  /// Draws λ uniformly from the interval of each pair.
  public func draw(random: inout RandomStream) -> MixingCoefficients {
    lambda(at: (0..<parts.shape[0]).map { _ in random.uniform() })
  }

  /// λ = a + ρ·Δ for each pair; gradients flow to a and Δ.
  ///
  /// - Parameter ρ: The place in the interval of each pair, from 0, the lower end, to 1.
  package func lambda(at ρ: [Float]) -> MixingCoefficients {
    let weights = Tensor(ρ.flatMap { [1, $0, 0] }, shape: parts.shape)
    return MixingCoefficients((parts * weights).sum(axis: 1))
  }

  /// The interval of each pair; it lies in [0, 1]. Where the policy network has failed, with logits
  /// that are not numbers, it is [0, 1]: the loss is then not a number either, which ends the
  /// training run with an error.
  public var bounds: [ClosedRange<Float>] {
    let values = parts.scalars
    return (0..<parts.shape[0]).map { pair in
      let (low, length) = (values[3 * pair], values[3 * pair + 1])
      return low.isNaN || length.isNaN ? 0...1 : low...min(low + length, 1)
    }
  }
}
