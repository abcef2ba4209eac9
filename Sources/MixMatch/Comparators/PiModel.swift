import Engine

/// The Π-model (Laine and Aila 2017, arXiv:1610.02242; Sajjadi et al. 2016, arXiv:1606.04586): a network
/// should say the same about two versions of an image.
///
///     L = 1/|X| · Σ H(p, softmax(model(x)))
///       + w·ramp · 1/(classes·|U|) · Σ ‖softmax(model(û₁)) − softmax(model(û₂))‖²
///
/// The gradient flows through both versions. All images go through the network together. w is that of
/// Oliver et al. 2018 (arXiv:1804.09170).
public struct PiModel: SemiSupervisedMethod {
  /// w.
  public var unlabelledWeight: Float = 20
  /// The length of the ramp in iterations.
  public var rampSteps: Int

  /// The usual choices, with a ramp of so many iterations.
  public init(rampSteps: Int) { self.rampSteps = rampSteps }

  /// Two.
  public var versions: Int { 2 }

  /// Learns from the labels, and from how far the two answers are apart.
  public func loss(_ batch: Batch, by learner: Learner, step: Int, random: inout RandomStream)
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.versions)
    let logits = learner.model(concatenated([X.images, U]), .training)
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
