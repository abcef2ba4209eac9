import Engine

/// Manifold mixup (Verma et al. 2019, arXiv:1806.05236) from labelled images alone: the network mixes
/// either its images or its hidden states after one of the first groups.
///
///     h = stages 0 … s−1 of the network, applied to x
///     L = 1/|X| · Σ H(p′, softmax(the other stages, applied to mixup(h, h of the partner, λ′)))
///
/// p′ is the mixture of the two labels with the same λ′. The stage s is drawn anew in each step, λ′ for
/// each example. λ′ is max(λ, 1 − λ) as in MixMatch, where the paper has λ and one draw for a batch.
public struct ManifoldMixup: SemiSupervisedMethod {
  /// α of the Beta distribution from which λ is drawn; the paper's value for CIFAR-10 with all labels.
  public var alpha = 2.0
  /// The number of stages of the network whose inputs can be mixed: 3 are the images and the outputs of
  /// the first two groups, as in the paper; 1 are the images alone, which is mixup. In a network with fewer
  /// stages, the input of each stage can be mixed.
  public var stages = 3

  /// The method with the paper's hyperparameters.
  public init() {}

  /// Mixup of labelled images: mixtures before the first stage only, with λ from Beta(`alpha`, `alpha`).
  public static func ofImages(alpha: Double) -> ManifoldMixup {
    var method = ManifoldMixup()
    (method.stages, method.alpha) = (1, alpha)
    return method
  }

  /// The number of versions of each unlabelled image: 0, because the method uses none.
  public var versions: Int { 0 }

  /// Checks α and the number of stages.
  ///
  /// - Throws: ``TrainingError``.
  public func check() throws {
    try TrainingError.unlessBeta(alpha: alpha)
    try TrainingError.unlessPositive(stages, "stages before which mixup can happen")
  }

  /// The cross-entropy on mixtures.
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let X = batch.labelled
    let partners = random.permutation(of: X.count)
    let λ = MixingCoefficients(.perExample, count: X.count, alpha: alpha, random: &random)
    let stage = mixedStage(of: networks.model, among: stages, random: &random)
    return Loss(
      labelled: crossEntropy(
        of: X, by: networks.model, mixedBefore: stage, with: partners, lambda: λ))
  }

  /// The cross-entropy of mixtures before a stage of the network.
  ///
  /// - Parameters:
  ///   - X: Labelled examples.
  ///   - model: The network, which runs in training mode.
  ///   - stage: The stage whose input is mixed.
  ///   - partners: The partner of each example, as an index into `X`.
  ///   - λ: The share of each example in its mixture.
  package func crossEntropy(
    of X: Examples, by model: any Layer, mixedBefore stage: Int, with partners: [Int],
    lambda λ: MixingCoefficients
  ) -> Tensor {
    let h = model.run(0..<stage, on: HiddenState(X.images), .training).values
    let mixed = mixup(h, gathered(partners, of: h), lambda: λ)
    let logits = model.run(stage..<model.stageCount, on: HiddenState(mixed), .training).values
    let labels = mixup(X.labels, gathered(partners, of: X.labels), lambda: λ)
    return Engine.crossEntropy(logits, labels)
  }
}
