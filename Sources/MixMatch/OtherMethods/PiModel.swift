import Engine

/// The Π-model (Laine and Aila 2017, arXiv:1610.02242; Sajjadi et al. 2016, arXiv:1606.04586): a network's
/// predictions for two versions of an image should be equal.
///
///     L = 1/|X| · Σ H(p, softmax(model(x)))
///       + w·ramp · 1/(classes·|U|) · Σ ‖softmax(model(û₁)) − softmax(model(û₂))‖²
///
/// As in the MixMatch paper's code, the first prediction is the target of the second and gets no gradient,
/// the labelled images and each of the two versions have a forward pass of their own, and only the labelled
/// images update batch norm's running statistics. The default of w is that code's; the script of the paper's table 5 sets
/// it to 20.
public struct PiModel: SemiSupervisedMethod {
  /// w, the weight of the unlabelled loss, and its ramp.
  public var unlabelledWeight: RampedWeight

  /// The method with the usual weight and a ramp of `rampSteps` steps.
  public init(rampSteps: Int) { unlabelledWeight = RampedWeight(10, rampSteps: rampSteps) }

  /// The number of versions of each unlabelled image: 2, whose predictions are compared.
  public var versions: Int { 2 }

  /// Checks the weight of the unlabelled loss and the length of its ramp.
  ///
  /// - Throws: ``TrainingError``.
  public func check() throws { try unlabelledWeight.check() }

  /// Cross-entropy on the labelled images, and the squared difference of the two predictions on the
  /// unlabelled ones.
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.unlabelledImages)
    let N = U.shape[0] / 2
    let q = withoutGradients { softmax(networks.model(U[0..<N], .trainingWithFrozenStatistics)) }
    let p = softmax(networks.model(U[N..<2 * N], .trainingWithFrozenStatistics))
    return Loss(
      labelled: crossEntropy(networks.model(X.images, .training), X.labels),
      unlabelled: meanSquaredError(p, q), weight: unlabelledWeight(step),
      guesses: Guesses(raw: q, sharpened: q))
  }
}
