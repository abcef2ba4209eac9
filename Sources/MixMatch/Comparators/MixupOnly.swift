import Engine

/// Mixup and nothing else (Zhang et al. 2018, arXiv:1710.09412), made semi-supervised as the MixMatch
/// paper does for its comparison: unlabelled images are blended too, with what the network says about
/// them for labels.
///
///     L = 1/|X′| · Σ H(p, softmax(model(x))) + w·ramp · 1/|U′| · Σ H(q, softmax(model(u)))
///
/// There is one version of each unlabelled image, and no sharpening. Coefficients are λ′ = max(λ, 1 − λ),
/// as everywhere here, where mixup has λ: which of two examples comes first then makes no difference.
public struct MixupOnly: SemiSupervisedMethod {
  /// α of the Beta distribution.
  public var alpha = 0.75
  /// w.
  public var unlabelledWeight: Float = 1
  /// The length of the ramp in iterations.
  public var rampSteps: Int

  /// The usual choices, with a ramp of so many iterations.
  public init(rampSteps: Int) { self.rampSteps = rampSteps }

  /// One.
  public var versions: Int { 1 }

  /// Blends all examples with each other, and learns from the blends.
  public func loss(_ batch: Batch, by learner: Learner, step: Int, random: inout RandomStream)
    -> Loss
  {
    let X = batch.labelled
    let q = guessLabels(
      of: batch.versions, versions: 1, by: learner.model, .trainingFrozenStatistics)
    let XU = Examples(concatenating: [X, Examples(images: batch.versions, labels: q)])
    let λ = MixingCoefficients(.perExample, count: XU.count, alpha: alpha, random: &random)
    let mixed = mixup(XU, XU.gathered(random.permutation(of: XU.count)), lambda: λ)
    let logits = learner.model(mixed.images, .training)
    let (isX, isU) = (0..<X.count, X.count..<XU.count)
    return Loss(
      labelled: crossEntropy(logits[isX], mixed.labels[isX]),
      unlabelled: crossEntropy(logits[isU], mixed.labels[isU]),
      weight: unlabelledWeight * linearRamp(step, over: rampSteps),
      guesses: Guesses(raw: q, sharpened: q))
  }
}
