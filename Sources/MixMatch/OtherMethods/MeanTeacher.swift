import Engine

/// Mean Teacher (Tarvainen and Valpola 2017, arXiv:1703.01780): the network's prediction for one version
/// of an image should match a teacher's prediction for another version.
///
/// The teacher is the network with an exponential moving average (EMA) of its weights.
///
///     L = 1/|X| · Σ H(p, softmax(model(x)))
///       + w·ramp · 1/(classes·|U|) · Σ ‖softmax(model(û₁)) − softmax(teacher(û₂))‖²
///
/// No gradient flows to the teacher. After each step its weights θ′ become decay·θ′ + (1 − decay)·θ, and
/// the teacher is the network that is evaluated. As in the MixMatch paper's code, labelled and unlabelled
/// images have a forward pass of their own, and only the labelled images update batch norm's running
/// statistics. The default of w is that code's.
public struct MeanTeacher: SemiSupervisedMethod {
  /// w, the weight of the unlabelled loss, and its ramp.
  public var unlabelledWeight: RampedWeight

  /// The method with the usual weight and a ramp of `rampSteps` steps. The training run must keep an EMA of
  /// the weights.
  public init(rampSteps: Int) { unlabelledWeight = RampedWeight(50, rampSteps: rampSteps) }

  /// The number of versions of each unlabelled image: 2, one for the network and one for the teacher.
  public var versions: Int { 2 }

  /// Whether the method needs an EMA of the weights: it does; settings without one are refused.
  public var needsTeacher: Bool { true }

  /// Checks the weight of the unlabelled loss and the length of its ramp.
  ///
  /// - Throws: ``TrainingError``.
  public func check() throws { try unlabelledWeight.check() }

  /// Cross-entropy on the labelled images, and the squared difference from the teacher's prediction on
  /// the unlabelled ones.
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.unlabelledImages)
    let N = U.shape[0] / 2
    guard let teacher = networks.teacher else {
      fatalError("Mean Teacher needs a teacher; give the trainer a decay of the weights' EMA.")
    }
    let q = softmax(teacher(U[N..<2 * N]))
    let p = softmax(networks.model(U[0..<N], .trainingWithFrozenStatistics))
    return Loss(
      labelled: crossEntropy(networks.model(X.images, .training), X.labels),
      unlabelled: meanSquaredError(p, q), weight: unlabelledWeight(step),
      guesses: Guesses(raw: q, sharpened: q))
  }
}
