import Engine

/// The wide residual network one plain operation after the other: what ``WideResNet`` does in few
/// passes over the memory.
struct WideResNetReference {
  /// The settings in which fastai's network and the paper's differ.
  struct Variant: Sendable {
    let slope: Float
    let residualFactor: Float
    let momentum: Float
    let shortcutIsActivated: @Sendable (_ group: Int, _ block: Int) -> Bool

    static let fastai = Variant(
      slope: 0, residualFactor: 0.2, momentum: 0.1, shortcutIsActivated: { _, _ in true })
    static let paper = Variant(
      slope: 0.1, residualFactor: 1, momentum: 0.001,
      shortcutIsActivated: { group, block in group == 0 && block == 0 })
  }

  let variant: Variant
  let blocksInGroup: Int
  let parameters: [String: Parameter]
  /// Batch norm's, by the names of ``WideResNet``.
  private(set) var running: [String: ChannelMoments]

  /// A copy of the network's parameters and running statistics.
  init(of network: WideResNet, _ variant: Variant, blocksInGroup: Int) {
    (self.variant, self.blocksInGroup) = (variant, blocksInGroup)
    parameters = Dictionary(
      uniqueKeysWithValues: network.parameters.map {
        ($0.name, Parameter($0.parameter.value.detached))
      })
    running = Dictionary(
      uniqueKeysWithValues: network.buffers.map { ($0.name, $0.buffer.moments) })
  }

  /// Images (N, H, W, 3) → logits (N, classes).
  mutating func callAsFunction(_ images: Tensor, _ mode: Mode) -> Tensor {
    var x = conv2d(images, self["stem.weights"], padding: 1)
    for group in 0..<3 {
      for block in 0..<blocksInGroup {
        x = apply(block, of: group, to: x, mode)
      }
    }
    let features = normaliseAndActivate(x, "norm", mode)
    return linear(globalAveragePool(features), self["head.weights"], bias: self["head.bias"])
  }

  private subscript(name: String) -> Tensor {
    guard let parameter = parameters[name] else { preconditionFailure("No parameter \(name).") }
    return parameter.value
  }

  private mutating func apply(_ block: Int, of group: Int, to x: Tensor, _ mode: Mode) -> Tensor {
    let name = "groups.\(group).\(block)"
    let stride = group > 0 && block == 0 ? 2 : 1
    let h = normaliseAndActivate(x, "\(name).norm1", mode)
    let u = conv2d(h, self["\(name).conv1"], stride: stride, padding: 1)
    let v = normaliseAndActivate(u, "\(name).norm2", mode)
    let residual = conv2d(v, self["\(name).conv2"], padding: 1)
    let source = variant.shortcutIsActivated(group, block) ? h : x
    let filters = parameters["\(name).shortcut"]?.value
    let shortcut = filters.map { conv2d(source, $0, stride: stride) } ?? source
    return variant.residualFactor * residual + shortcut
  }

  private mutating func normaliseAndActivate(_ x: Tensor, _ name: String, _ mode: Mode) -> Tensor {
    let (scale, shift) = (self["\(name).scale"], self["\(name).shift"])
    let key = "\(name).running"
    let before = running[key]!
    switch mode {
    case .evaluation:
      let y = normalise(x, by: before, scale: scale, shift: shift, epsilon: 1e-5)
      return leakyReLU(y, slope: variant.slope)
    case .training, .trainingWithFrozenStatistics:
      let (y, batch) = normaliseByBatch(x, scale: scale, shift: shift, epsilon: 1e-5)
      guard mode == .training else { return leakyReLU(y, slope: variant.slope) }
      let count = Float(x.count / scale.count)
      let (old, new) = (1 - variant.momentum, variant.momentum)
      running[key] = ChannelMoments(
        mean: old * before.mean + new * batch.mean,
        variance: old * before.variance + new * count / (count - 1) * batch.variance)
      return leakyReLU(y, slope: variant.slope)
    }
  }
}
