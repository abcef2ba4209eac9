/// What every training here has in common: Adam by a schedule, and now and then a look at how good
/// the network has become. The methods differ in the loss alone.
///
///     for step in 0..<trainer.schedule.steps {
///       let loss = …
///       try trainer.step(loss, at: step)
///     }
public final class Trainer {
  /// What is trained.
  public let network: any Layer
  /// The learning rates.
  public let schedule: any Schedule
  /// Fingerprints of the network's weights after the steps so far.
  public private(set) var fingerprints = WeightFingerprints()
  private let adam: Adam
  private let average: WeightEMA?
  /// Whether the trainer keeps an exponential moving average of the weights.
  public var keepsEMA: Bool { average != nil }

  /// - Parameters:
  ///   - network: What is trained.
  ///   - schedule: How many steps there are, and their learning rates.
  ///   - weightDecay: See ``Adam``.
  ///   - emaDecay: The decay of a moving average of the weights, which is then what is looked
  ///     at; none when nil.
  public init(
    _ network: any Layer, schedule: any Schedule, weightDecay: Float, emaDecay: Float? = nil
  ) {
    self.network = network
    self.schedule = schedule
    adam = Adam(network.parameters, weightDecay: weightDecay)
    average = emaDecay.map { WeightEMA(of: network, decay: $0) }
  }

  /// Takes step `step`, counted from 0, against the gradient of `loss`, a single number.
  ///
  /// - Throws: ``NonFiniteLoss`` where the loss is not a finite number; the network is then as it was.
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

  /// Runs `body` while the network has the weights that it is to be judged by: their average, where
  /// there is one.
  public func withEvaluationWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    try average?.inPlace(body) ?? body()
  }

  /// A loss that nothing can be learned from.
  public struct NonFiniteLoss: Error, CustomStringConvertible {
    /// NaN or an infinity.
    public let loss: Float
    /// Counted from 0.
    public let step: Int
    /// That of the step.
    public let learningRate: Float

    /// In one line.
    public var description: String {
      "the loss of step \(step + 1) is \(loss), at a learning rate of \(learningRate); "
        + "expected a finite number"
    }
  }
}

extension Trainer: Resumable {
  /// The network, Adam, the average and the fingerprints.
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
