import Engine

/// Mixup alone (Zhang et al. 2018, arXiv:1710.09412), made semi-supervised as in the MixMatch paper's
/// comparison: unlabelled images are mixed too, with the network's predictions as their labels.
///
///     L = 1/|X′| · Σ H(p, softmax(model(x))) + w · 1/|U′| · Σ H(q, softmax(model(u)))
///
/// Labelled images are mixed with each other, and unlabelled ones with each other. Each unlabelled image has
/// one version, and predictions are not sharpened. The coefficient is λ′ = max(λ, 1 − λ), where Zhang et al.
/// have λ. Both kinds have a forward pass of their own, and only the labelled images update batch norm's
/// running statistics, as in the paper's code.
public struct MixupAlone: SemiSupervisedMethod {
  /// α of the Beta distribution from which mixup draws λ: 0.75 as in the script of the paper's table 5; the default of
  /// its code is 0.5.
  public var alpha = 0.75
  /// w, the weight of the unlabelled loss, without a ramp as in the paper's code.
  public var unlabelledWeight: Float = 1

  /// The method with the default hyperparameters.
  public init() {}

  /// The number of versions of each unlabelled image: 1, because it is augmented once.
  public var versions: Int { 1 }

  /// Checks α and the weight of the unlabelled loss.
  ///
  /// - Throws: ``TrainingError``.
  public func check() throws {
    try TrainingError.unlessBeta(alpha: alpha)
    try TrainingError.unlessWeight(unlabelledWeight, "weight of the unlabelled loss")
  }

  /// Cross-entropy on the mixed labelled and on the mixed unlabelled examples.
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let q = guessLabels(
      of: batch.unlabelledImages, versions: 1, by: networks.model, .trainingWithFrozenStatistics)
    let X = mixedWithinItself(batch.labelled, random: &random)
    let U = mixedWithinItself(Examples(images: batch.unlabelledImages, labels: q), random: &random)
    return Loss(
      labelled: crossEntropy(networks.model(X.images, .training), X.labels),
      unlabelled: crossEntropy(
        networks.model(U.images, .trainingWithFrozenStatistics), U.labels),
      weight: unlabelledWeight, guesses: Guesses(raw: q, sharpened: q))
  }

  private func mixedWithinItself(_ examples: Examples, random: inout RandomStream) -> Examples {
    let partners = examples.gathered(random.permutation(of: examples.count))
    let λ = MixingCoefficients(.perExample, count: examples.count, alpha: alpha, random: &random)
    return mixup(examples, partners, lambda: λ)
  }
}
