import Engine

/// Mixup alone (Zhang et al. 2018, arXiv:1710.09412), made semi-supervised as in the MixMatch paper's
/// comparison: unlabelled images are mixed too, with the network's predictions as their labels.
///
///     L = 1/|X′| · Σ H(p, softmax(model(x))) + w·ramp · 1/|U′| · Σ H(q, softmax(model(u)))
///
/// Each unlabelled image has one version, and predictions are not sharpened. The coefficient is
/// λ′ = max(λ, 1 − λ) as in MixMatch, where mixup has λ.
public struct MixupOnly: SemiSupervisedMethod {
  /// α of the Beta distribution from which mixup draws λ.
  public var alpha = 0.75
  /// w, the weight of the unlabelled loss after the ramp.
  public var unlabelledWeight: Float = 1
  /// The number of steps over which the weight grows from 0 to w.
  public var rampSteps: Int

  /// The method with the usual hyperparameters and a ramp of `rampSteps` steps.
  public init(rampSteps: Int) { self.rampSteps = rampSteps }

  /// 1: each unlabelled image is augmented once.
  public var versions: Int { 1 }

  /// Cross-entropy on the mixed labelled and on the mixed unlabelled examples.
  public func loss(
    _ batch: Batch, by networks: ModelAndTeacher, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let X = batch.labelled
    let q = guessLabels(
      of: batch.versions, versions: 1, by: networks.model, .trainingWithFrozenStatistics)
    let XU = Examples(concatenating: [X, Examples(images: batch.versions, labels: q)])
    let λ = MixingCoefficients(.perExample, count: XU.count, alpha: alpha, random: &random)
    let mixed = mixup(XU, XU.gathered(random.permutation(of: XU.count)), lambda: λ)
    let logits = networks.model(mixed.images, .training)
    let (isX, isU) = (0..<X.count, X.count..<XU.count)
    return Loss(
      labelled: crossEntropy(logits[isX], mixed.labels[isX]),
      unlabelled: crossEntropy(logits[isU], mixed.labels[isU]),
      weight: unlabelledWeight * linearRamp(step, over: rampSteps),
      guesses: Guesses(raw: q, sharpened: q))
  }
}
