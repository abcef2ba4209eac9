/// Running means and variances of the channels, which batch norm uses in evaluation.
///
/// `@unchecked Sendable`: only one thread at a time may train a network, load or restore its state, or exchange its weights
/// for their EMA, which change the moments; meanwhile no other thread may evaluate it.
public final class RunningStatistics: @unchecked Sendable {
  /// The current averages; mean 0 and variance 1 before the first batch.
  public var moments: ChannelMoments

  init(_ moments: ChannelMoments) { self.moments = moments }

  /// Creates running statistics with mean 0 and variance 1.
  public convenience init(channels: Int) {
    self.init(
      ChannelMoments(
        mean: Tensor(repeating: 0, shape: [channels]),
        variance: Tensor(repeating: 1, shape: [channels])))
  }

  /// Updates the averages with the moments of a batch: average ← (1 − momentum)·average + momentum·batch.
  ///
  /// The variance is corrected to the unbiased estimate, as in PyTorch.
  ///
  /// - Parameters:
  ///   - batch: The moments of the batch, with the biased variance.
  ///   - count: The number of values per channel in the batch.
  ///   - momentum: The weight of the batch.
  public func move(towards batch: ChannelMoments, count: Int, momentum: Float) {
    let unbiased = Float(count) / Float(max(count - 1, 1))
    moments = ChannelMoments(
      mean: (1 - momentum) * moments.mean + momentum * batch.mean,
      variance: (1 - momentum) * moments.variance + momentum * unbiased * batch.variance)
  }
}

extension RunningStatistics: Resumable {
  /// "mean" and "variance", both (channels).
  public var state: [NamedState] {
    [
      .tensor("mean", get: { self.moments.mean }) {
        self.moments = ChannelMoments(mean: $0, variance: self.moments.variance)
      },
      .tensor("variance", get: { self.moments.variance }) {
        self.moments = ChannelMoments(mean: self.moments.mean, variance: $0)
      }.notNegative("variance"),
    ]
  }
}

/// Batch normalisation with a trainable scale and shift per channel.
///
/// See ``normaliseByBatch(_:moments:scale:shift:epsilon:)``.
public final class BatchNorm: Layer {
  let scale: Parameter
  let shift: Parameter
  let running: RunningStatistics
  let epsilon: Float
  private let momentum: Float

  /// Creates the layer with scale 1 and shift 0.
  ///
  /// - Parameters:
  ///   - channels: The number of channels, the length of the innermost axis.
  ///   - momentum: The weight of the newest batch in the running statistics, from 0 to 1.
  ///   - epsilon: ε, added to the variance; finite and above 0.
  public init(channels: Int, momentum: Float = 0.1, epsilon: Float = 1e-5) {
    require(
      (0...1).contains(momentum), "The momentum of batch norm lies in [0, 1]; found \(momentum).")
    require(
      epsilon > 0 && epsilon.isFinite,
      "The ε of batch norm is a finite number above 0; found \(epsilon).")
    scale = Parameter(Tensor(repeating: 1, shape: [channels]))
    shift = Parameter(Tensor(repeating: 0, shape: [channels]))
    running = RunningStatistics(channels: channels)
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Whether processes can divide the images: yes, the moments are summed over the processes.
  public var isDivisible: Bool { true }

  /// (N, …, channels) → the same shape.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    self(x, moments: nil, mode)
  }

  /// Applies the layer to `x`, whose moments may be known already.
  func callAsFunction(_ x: Tensor, moments: ChannelMoments?, _ mode: Mode) -> Tensor {
    switch mode {
    case .training, .trainingWithFrozenStatistics:
      let (y, batch) = normaliseByBatch(
        x, moments: moments, scale: scale.value, shift: shift.value, epsilon: epsilon)
      if mode.updatesStatistics { move(towards: batch, of: x) }
      return y
    case .evaluation:
      return normalise(
        x, by: running.moments, scale: scale.value, shift: shift.value, epsilon: epsilon)
    }
  }

  /// Updates the running statistics with the moments of a batch, of which `x` are the images of this process.
  func move(towards batch: ChannelMoments, of x: Tensor) {
    let parts = BatchParts(of: x)
    running.move(towards: batch, count: parts.rows(of: x), momentum: momentum)
  }

  /// "scale" and "shift", both (channels).
  public var parameters: [NamedParameter] { [("scale", scale), ("shift", shift)] }

  /// "running", the running statistics.
  public var buffers: [NamedBuffer] { [("running", running)] }
}
