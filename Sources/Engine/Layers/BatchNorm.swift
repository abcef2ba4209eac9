/// The moments that batch norm uses in evaluation: a moving average of the batches' own.
public final class RunningMoments: @unchecked Sendable {
  /// Mean 0 and variance 1 before the first batch.
  public var moments: ChannelMoments

  init(_ moments: ChannelMoments) { self.moments = moments }

  convenience init(channels: Int) {
    self.init(
      ChannelMoments(
        mean: Tensor(repeating: 0, shape: [channels]),
        variance: Tensor(repeating: 1, shape: [channels])))
  }

  /// Moves a step of size `momentum` towards the moments of a batch with `count` values a channel.
  ///
  /// The variance goes in as the unbiased estimate, divided by `count` − 1, as PyTorch has it.
  func move(towards batch: ChannelMoments, count: Int, momentum: Float) {
    let unbiased = Float(count) / Float(max(count - 1, 1))
    moments = ChannelMoments(
      mean: (1 - momentum) * moments.mean + momentum * batch.mean,
      variance: (1 - momentum) * moments.variance + momentum * unbiased * batch.variance)
  }
}

extension RunningMoments: Resumable {
  /// "mean" and "variance".
  public var state: [NamedState] {
    [
      .tensor("mean", get: { self.moments.mean }) {
        self.moments = ChannelMoments(mean: $0, variance: self.moments.variance)
      },
      .tensor("variance", get: { self.moments.variance }) {
        self.moments = ChannelMoments(mean: self.moments.mean, variance: $0)
      },
    ]
  }
}

/// Batch normalisation with a learned scale and shift for each channel; see
/// ``normaliseByBatch(_:moments:scale:shift:epsilon:)``.
public final class BatchNorm: Layer {
  let scale: Parameter
  let shift: Parameter
  let running: RunningMoments
  let epsilon: Float
  private let momentum: Float

  /// Scale 1 and shift 0; `momentum` is the weight of the newest batch in the running moments.
  public init(channels: Int, momentum: Float = 0.1, epsilon: Float = 1e-5) {
    scale = Parameter(Tensor(repeating: 1, shape: [channels]))
    shift = Parameter(Tensor(repeating: 0, shape: [channels]))
    running = RunningMoments(channels: channels)
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// (N, …, channels) → the same shape.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    self(x, moments: nil, mode)
  }

  /// The same, `moments` being those of `x` where they are known.
  func callAsFunction(_ x: Tensor, moments: ChannelMoments?, _ mode: Mode) -> Tensor {
    switch mode {
    case .training, .trainingFrozenStatistics:
      let (y, batch) = normaliseByBatch(
        x, moments: moments, scale: scale.value, shift: shift.value, epsilon: epsilon)
      if mode.updatesStatistics { move(towards: batch, count: x.rows) }
      return y
    case .evaluation:
      return normalise(
        x, by: running.moments, scale: scale.value, shift: shift.value, epsilon: epsilon)
    }
  }

  /// Moves the running moments towards those of a batch with `count` values a channel.
  func move(towards batch: ChannelMoments, count: Int) {
    running.move(towards: batch, count: count, momentum: momentum)
  }

  /// "scale" and "shift", both (channels).
  public var parameters: [NamedParameter] { [("scale", scale), ("shift", shift)] }

  /// "running".
  public var buffers: [NamedBuffer] { [("running", running)] }
}
