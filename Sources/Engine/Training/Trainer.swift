/// The optimisation part of a training loop: Adam with a learning-rate schedule and, optionally, an
/// exponential moving average of the weights for evaluation.
///
///     for step in 0..<trainer.schedule.steps {
///       let loss = …
///       try trainer.step(loss, at: step)
///     }
public final class Trainer {
  /// The network being trained.
  public let network: any Layer
  /// The schedule of the learning rate.
  public let schedule: any Schedule
  /// Fingerprints of the weights after 1, 10, 100 … of the steps so far.
  public private(set) var fingerprints = WeightFingerprints()
  private let adam: Adam
  private let average: WeightEMA?
  /// Whether the trainer keeps an exponential moving average of the weights.
  public var keepsEMA: Bool { average != nil }

  /// Creates a trainer before the first step.
  ///
  /// - Parameters:
  ///   - network: The network to train.
  ///   - schedule: The number of steps, and the learning rate and momentum of each.
  ///   - weightDecay: The weight decay; see ``Adam``.
  ///   - decayScope: The parameters that weight decay acts on.
  ///   - emaDecay: The decay of the weight EMA that is used for evaluation; nil for none.
  public init(
    _ network: any Layer, schedule: any Schedule, weightDecay: Float,
    decayScope: WeightDecayScope = .all, emaDecay: Float? = nil
  ) {
    self.network = network
    self.schedule = schedule
    adam = Adam(network.parameters, weightDecay: weightDecay, decayScope: decayScope)
    average = emaDecay.map { WeightEMA(of: network, decay: $0) }
  }

  /// Differentiates `loss`, a scalar, and updates the weights: step `step`, counted from 0.
  ///
  /// - Throws: ``NonFiniteLoss`` if the loss is NaN or infinite; then the network has not changed.
  public func step(_ loss: Tensor, at step: Int) throws {
    let (learningRate, momentum) = schedule(step)
    guard loss.scalar.isFinite else {
      throw NonFiniteLoss(loss: loss.scalar, step: step, learningRate: learningRate)
    }
    loss.backward()
    adam.update(learningRate: learningRate, momentum: momentum)
    average?.update()
    fingerprints.add(network, after: step + 1, of: schedule.steps)
  }

  /// Runs `body` while the network has its weights for evaluation: the weight EMA if there is one,
  /// otherwise the current weights.
  public func withEvaluationWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    try average?.withAveragedWeights(body) ?? body()
  }

  /// An error for a loss that is NaN or infinite.
  public struct NonFiniteLoss: Error, CustomStringConvertible {
    /// The value of the loss.
    public let loss: Float
    /// The step, counted from 0.
    public let step: Int
    /// The learning rate of the step.
    public let learningRate: Float

    /// One line with the step, the loss and the learning rate.
    public var description: String {
      "the loss of step \(step + 1) is \(loss), at a learning rate of \(learningRate); "
        + "expected a finite number"
    }
  }
}

extension Trainer: Resumable {
  /// The network, Adam, the weight EMA and the fingerprints.
  public var state: [NamedState] {
    network.state(under: "network") + adam.state(under: "adam")
      + (average?.state(under: "average") ?? [])
      + [
        .bytes(
          "fingerprints", get: { self.fingerprints.bytes },
          set: { self.fingerprints = try WeightFingerprints(bytes: $0) })
      ]
  }
}
