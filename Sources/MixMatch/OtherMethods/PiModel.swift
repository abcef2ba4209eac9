import Engine

/// The Π-model (Laine and Aila 2017, arXiv:1610.02242; Sajjadi et al. 2016, arXiv:1606.04586): a network's
/// predictions for two versions of an image should be equal.
///
///     L = 1/|X| · Σ H(p, softmax(model(x)))
///       + w·ramp · 1/(classes·|U|) · Σ ‖softmax(model(û₁)) − softmax(model(û₂))‖²
///
/// The gradient flows through both predictions. Batch norm normalises all images together. The default
/// of w is Oliver et al.'s (2018, arXiv:1804.09170).
public struct PiModel: SemiSupervisedMethod {
  /// w, the weight of the unlabelled loss after the ramp.
  public var unlabelledWeight: Float = 20
  /// The number of steps over which the weight grows from 0 to w.
  public var rampSteps: Int

  /// The method with the usual hyperparameters and a ramp of `rampSteps` steps.
  public init(rampSteps: Int) { self.rampSteps = rampSteps }

  /// 2: the versions whose predictions are compared.
  public var versions: Int { 2 }

  /// Cross-entropy on the labelled images, and the squared difference of the two predictions on the
  /// unlabelled ones.
  public func loss(
    _ batch: Batch, by networks: ModelAndTeacher, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.versions)
    let logits = networks.model(concatenated([X.images, U]), .training)
    let p = softmax(logits[X.count..<logits.shape[0]])
    let N = U.shape[0] / 2
    let (first, second) = (p[0..<N], p[N..<2 * N])
    return Loss(
      labelled: crossEntropy(logits[0..<X.count], X.labels),
      unlabelled: meanSquaredError(first, second),
      weight: unlabelledWeight * linearRamp(step, over: rampSteps),
      guesses: Guesses(raw: second.detached, sharpened: second.detached))
  }
}
