import Files

/// The optimisation part of a training loop: AdamW with a learning-rate schedule and, optionally, an
/// exponential moving average of the weights for evaluation.
///
///     while trainer.stepCount < trainer.schedule.steps {
///       let loss = …
///       try trainer.step(loss)
///     }
public final class Trainer {
  /// The network being trained.
  public let network: any Layer
  /// Another module that is trained on the same loss, such as a discriminator; nil for none.
  public let auxiliary: (any Module)?
  /// The schedule of the learning rate.
  public let schedule: any Schedule
  /// Fingerprints of the weights after 1, 10, 100 … steps and after the last, as far as these steps are taken.
  public private(set) var fingerprints = WeightFingerprints()
  private let adam: AdamW
  private let ema: WeightEMA?
  /// The number of steps taken, those before a restored state included.
  public var stepCount: Int { adam.stepCount }
  /// Whether the trainer keeps an exponential moving average of the weights.
  public var keepsEMA: Bool { ema != nil }

  /// Creates a trainer before the first step.
  ///
  /// - Parameters:
  ///   - network: The network to train.
  ///   - auxiliary: Another module to train on the same loss. The weight EMA and the fingerprints leave
  ///     it out.
  ///   - schedule: The number of steps, and the learning rate and momentum of each.
  ///   - weightDecay: The weight decay, finite and at least 0; see ``AdamW``.
  ///   - decayScope: The parameters that weight decay acts on.
  ///   - emaDecay: The decay of the weight EMA that is used for evaluation, in [0, 1); nil for none.
  public init(
    _ network: any Layer, auxiliary: (any Module)? = nil, schedule: any Schedule,
    weightDecay: Float, decayScope: WeightDecayScope = .all, emaDecay: Float? = nil
  ) {
    self.network = network
    self.auxiliary = auxiliary
    self.schedule = schedule
    let others = auxiliary?.parameters(under: "auxiliary") ?? []
    adam = AdamW(network.parameters + others, weightDecay: weightDecay, decayScope: decayScope)
    ema = emaDecay.map { WeightEMA(of: network, decay: $0) }
  }

  /// Differentiates `loss`, a scalar, and updates the weights with the learning rate and the momentum of step
  /// ``stepCount`` of the schedule.
  ///
  /// The process ends with a message if the loss is a constant, or the schedule has no further step.
  ///
  /// - Throws: ``NonFiniteLoss`` if the loss is NaN or infinite; then this method has changed nothing, and the
  ///   parameters are those from before the step. The forward pass in training mode has already moved the
  ///   running statistics of batch norm and of `auxiliary`.
  public func step(_ loss: Tensor) throws {
    let step = stepCount
    let (learningRate, momentum) = schedule(step)
    guard loss.scalar.isFinite else {
      throw NonFiniteLoss(loss: loss.scalar, step: step, learningRate: learningRate)
    }
    require(
      loss.needsGradient,
      "A loss must depend on parameters; found a constant, such as a result of mapRows or withoutGradients."
    )
    loss.backward()
    adam.update(learningRate: learningRate, momentum: momentum)
    ema?.update()
    fingerprints.add(network, after: step + 1, of: schedule.steps)
  }

  /// Runs `body` while the network has its weights for evaluation: the weight EMA if there is one,
  /// otherwise the current weights. Calls can be nested.
  ///
  /// With a weight EMA, `body` must neither call ``step(_:)`` nor save or restore the ``state``: the process
  /// would end with a message.
  public func withEvaluationWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
    try ema?.withEMAWeights(body) ?? body()
  }

  /// An error for a loss that is NaN or infinite.
  public struct NonFiniteLoss: OneLineError {
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
  /// The network, the auxiliary module, AdamW, the weight EMA and the fingerprints.
  public var state: [NamedState] {
    network.state(under: "network") + (auxiliary?.state(under: "auxiliary") ?? [])
      + adam.state(under: "adam")
      + (ema?.state(under: "average") ?? [])
      + [
        .bytes(
          "fingerprints", get: { self.fingerprints.bytes },
          set: { self.fingerprints = try WeightFingerprints(bytes: $0) })
      ]
  }
}
