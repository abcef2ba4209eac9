/// A wide residual network, WRN (Zagoruyko and Komodakis 2016, arXiv:1605.07146).
///
/// It consists of a 3×3 convolution to `startChannels`; three groups of pre-activated residual blocks
/// with k, 2k and 4k times as many channels for the widening factor k, where the second and the third
/// group start with stride 2; batch norm, activation, global average pooling and a linear layer. Depth
/// 28 and widening factor 2 give WRN-28-2.
public final class WideResNet: Layer {
  /// The details in which implementations of the network differ.
  public struct Variant: Sendable {
    let activation: Activation
    let residualFactor: Float
    let batchNormMomentum: Float
    let initialisation: Initialisation
    /// Whether the shortcut of a block starts after its first normalisation and activation.
    let shortcutIsActivated: @Sendable (_ group: Int, _ block: Int) -> Bool

    enum Initialisation {
      /// Normal with standard deviation √(2 / (K²·input channels)) (He et al. 2015,
      /// arXiv:1502.01852).
      case kaimingNormalFanIn
      /// Normal with standard deviation √(2 / (K²·output channels)).
      case kaimingNormalFanOut
    }

    /// The network of fastai v1: ReLU, residual branches multiplied by 0.2, and all shortcuts,
    /// including the identities, after the block's first normalisation and activation.
    ///
    /// Departure: all scales of batch norm start at 1. In PyTorch before 1.2, the scales that fastai does not set
    /// (those of the first batch norm of each block, and of the last one) start uniform in [0, 1).
    public static let fastai = Variant(
      activation: .relu, residualFactor: 0.2, batchNormMomentum: 0.1,
      initialisation: .kaimingNormalFanIn, shortcutIsActivated: { _, _ in true })

    /// The network of the MixMatch paper's official code: leaky ReLU with slope 0.1, residual branches
    /// not scaled, an activated shortcut in the first block only, and batch norm momentum 0.001.
    ///
    /// It differs from that code (google-research/mixmatch, libml/models.py, class ResNet, with the defaults of
    /// tf.layers) in four points:
    ///
    /// - The code has a bias in every convolution; here no convolution has one.
    /// - The ε of batch norm is 10⁻³ in the code; here it is 10⁻⁵.
    /// - The code draws the weights of the last layer from Glorot's normal distribution, and its bias is 0 at
    ///   first; here both are uniform on ±1/√inputs.
    /// - Images of even size get zeros only on the right and below in the code's 3×3 convolutions with stride 2
    ///   (padding "SAME"); here they get one row or column of zeros on every side.
    public static let paper = Variant(
      activation: .leakyReLU(slope: 0.1), residualFactor: 1, batchNormMomentum: 0.001,
      initialisation: .kaimingNormalFanOut,
      shortcutIsActivated: { group, block in group == 0 && block == 0 })
  }

  private let stem: Conv2d
  private let groups: [[ResidualBlock]]
  private let norm: BatchNorm
  private let head: Linear
  private let activation: Activation

  /// Creates a network with random weights.
  ///
  /// - Parameters:
  ///   - depth: 6·n + 4 for n blocks per group.
  ///   - widenFactor: The widening factor k.
  ///   - inputChannels: The number of channels of the images: 3 for RGB, 1 for grey images.
  ///   - startChannels: The number of output channels of the first convolution.
  ///   - classes: The number of classes.
  ///   - variant: The network of fastai or that of the paper.
  ///   - random: The stream that the initial weights are drawn from.
  public init(
    depth: Int, widenFactor: Int, inputChannels: Int = 3, startChannels: Int = 16,
    classes: Int = 10, variant: Variant = .fastai, random: inout RandomStream
  ) {
    require(
      depth >= 10 && depth % 6 == 4,
      "The depth is \(depth); it must be 6·n + 4, such as 10, 16 or 28.")
    require(
      widenFactor > 0 && inputChannels > 0 && startChannels > 0 && classes > 0,
      "A network needs a widening factor, numbers of channels, and classes of at least 1; "
        + "found \(widenFactor), \(inputChannels), \(startChannels) and \(classes).")
    stem = Conv2d(
      filters: variant.filters(3, inputChannels, startChannels, &random), padding: 1)
    var channels = startChannels
    groups = (0..<3).map { group in
      (0..<(depth - 4) / 6).map { block in
        let inputs = channels
        channels = startChannels * widenFactor << group
        return ResidualBlock(
          inputs: inputs, outputs: channels, stride: group > 0 && block == 0 ? 2 : 1,
          variant: variant, shortcutIsActivated: variant.shortcutIsActivated(group, block),
          random: &random)
      }
    }
    norm = BatchNorm(channels: channels, momentum: variant.batchNormMomentum)
    head = Linear(inputs: channels, outputs: classes, random: &random)
    activation = variant.activation
  }

  /// Images (N, H, W, inputChannels) → logits (N, classes), for any H and W; the second and the third group halve
  /// them, rounding up.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    run(0..<stageCount, on: HiddenState(x), mode).values
  }

  /// The number of stages, 5: the first convolution with the first group; the second group; the third group; batch
  /// norm, activation and pooling; the linear layer.
  public var stageCount: Int { groups.count + 2 }

  /// Images, (N, H, W, inputChannels) → features after each group, (N, H′, W′, C) → features, (N, C) → logits
  /// (N, classes).
  public func run(_ stages: Range<Int>, on state: HiddenState, _ mode: Mode) -> HiddenState {
    requireStages(stages)
    let divided = stages.clamped(to: 0..<groups.count + 1)
    let features =
      divided.isEmpty
      ? state
      : dividingImages(state) { state in divided.reduce(state) { run($1, on: $0, mode) } }
    return stages.contains(groups.count + 1)
      ? HiddenState(head(features.values, mode)) : features
  }

  private func run(_ stage: Int, on state: HiddenState, _ mode: Mode) -> HiddenState {
    switch stage {
    case 0: run(groups[0], on: HiddenState(stem(state.values, mode)), mode)
    case groups.count: HiddenState(pooledFeatures(state, mode))
    default: run(groups[stage], on: state, mode)
    }
  }

  private func run(_ group: [ResidualBlock], on state: HiddenState, _ mode: Mode) -> HiddenState {
    group.reduce(state) { state, block in block(state, mode) }
  }

  private func pooledFeatures(_ state: HiddenState, _ mode: Mode) -> Tensor {
    let normalised = norm(state.values, moments: state.moments, mode)
    return globalAveragePool(leakyReLU(normalised, slope: activation.slope))
  }

  /// The parameters, under "stem", "groups.G.B" for block B of group G, "norm" and "head".
  public var parameters: [NamedParameter] {
    parts.flatMap { $0.1.parameters(under: $0.0) }
  }

  /// The running statistics of all batch norms, under the same names.
  public var buffers: [NamedBuffer] {
    parts.flatMap { $0.1.buffers(under: $0.0) }
  }

  private var parts: [(String, any Module)] {
    let blocks = groups.enumerated().flatMap { group, blocks in
      blocks.enumerated().map { ("groups.\(group).\($0)", $1) }
    }
    return [("stem", stem)] + blocks + [("norm", norm), ("head", head)]
  }
}

extension WideResNet.Variant {
  /// Returns random filters (K, K, inputs, outputs).
  func filters(_ kernelSize: Int, _ inputs: Int, _ outputs: Int, _ random: inout RandomStream)
    -> Parameter
  {
    let fan = kernelSize * kernelSize * (initialisation == .kaimingNormalFanIn ? inputs : outputs)
    let deviation = (2 / Float(fan)).squareRoot()
    return Parameter(
      deviation * .normal(shape: [kernelSize, kernelSize, inputs, outputs], random: &random))
  }
}

/// A residual block with its parameters; ``FusedResidualBlock`` computes it.
private final class ResidualBlock: Module {
  private let norm1: BatchNorm
  private let norm2: BatchNorm
  private let convolution1: Parameter
  private let convolution2: Parameter
  private let shortcut: Parameter?
  private let structure: FusedResidualBlock.Structure

  init(
    inputs: Int, outputs: Int, stride: Int, variant: WideResNet.Variant,
    shortcutIsActivated: Bool, random: inout RandomStream
  ) {
    norm1 = BatchNorm(channels: inputs, momentum: variant.batchNormMomentum)
    norm2 = BatchNorm(channels: outputs, momentum: variant.batchNormMomentum)
    convolution1 = variant.filters(3, inputs, outputs, &random)
    convolution2 = variant.filters(3, outputs, outputs, &random)
    shortcut =
      inputs == outputs && stride == 1 ? nil : variant.filters(1, inputs, outputs, &random)
    structure = FusedResidualBlock.Structure(
      stride: stride, activation: variant.activation, residualFactor: variant.residualFactor,
      shortcutIsActivated: shortcutIsActivated, epsilon: norm1.epsilon)
  }

  /// Computes the output of the block and, in training, its moments.
  func callAsFunction(_ x: HiddenState, _ mode: Mode) -> HiddenState {
    let weights = FusedResidualBlock.Weights(
      scale1: norm1.scale.value, shift1: norm1.shift.value, scale2: norm2.scale.value,
      shift2: norm2.shift.value, convolution1: convolution1.value,
      convolution2: convolution2.value, shortcut: shortcut?.value)
    guard mode != .evaluation else {
      let fixed = FusedResidualBlock.Normalisation.fixed(
        x: norm1.running.moments, u: norm2.running.moments)
      return HiddenState(FusedResidualBlock.apply(to: x.values, weights, structure, fixed).y)
    }
    let moments = x.moments ?? ChannelMoments(of: x.values)
    let output = FusedResidualBlock.apply(to: x.values, weights, structure, .byBatch(x: moments))
    if mode.updatesStatistics, let taken = output.moments {
      norm1.move(towards: moments, of: x.values)
      norm2.move(towards: taken.u, of: output.y)
    }
    return HiddenState(output.y, moments: output.moments?.y)
  }

  var parameters: [NamedParameter] {
    norm1.parameters(under: "norm1") + [("conv1", convolution1)]
      + norm2.parameters(under: "norm2") + [("conv2", convolution2)]
      + (shortcut.map { [("shortcut", $0)] } ?? [])
  }

  var buffers: [NamedBuffer] {
    norm1.buffers(under: "norm1")
      + norm2.buffers(under: "norm2")
  }
}
