import Engine

/// An iteration of MixMatch (Berthelot et al. 2019, arXiv:1905.02249, algorithm 1), from augmented
/// images to the loss. The defaults are the article's.
public struct MixMatchStep: SemiSupervisedMethod {
  /// K, how many versions a guess is averaged over.
  public var versions = 2
  /// T, which guesses are sharpened with.
  public var temperature = 0.5
  /// α of the Beta distribution that mixup draws from.
  public var alpha = 0.75
  /// λᵤ, the weight of the unlabelled loss when its ramp is over: 75 in the article's table and in
  /// the paper, 100 in the notebook's code.
  public var unlabelledWeight: Float = 75
  /// The length of that ramp in iterations; the paper's code has 16,000.
  public var rampSteps = 3000
  /// Which examples are mixed with which.
  public var pairing = MixupPairing.together
  /// One λ′ a batch, as in the notebook, or one an example, as in the paper's code.
  public var sharing = MixingCoefficients.Sharing.perBatch
  /// Which examples batch norm sees together.
  public var batchNorm = BatchNormGroups.whole

  /// The article's choices.
  public init() {}

  /// The algorithm's steps 4 to 9, the first three, drawing and augmenting, being done.
  ///
  /// `random` shuffles and draws λ.
  public func mix(_ batch: Batch, by model: any Layer, random: inout RandomStream) -> Mixed {
    let (x̂, û) = (batch.labelled, batch.versions)
    // 4, 5. Guess each unlabelled image's label from its K versions, and sharpen the guess.
    let q̄ = guessLabels(of: û, versions: versions, by: model, batchNorm.guessingMode)
    let q = sharpen(q̄, temperature: temperature)
    // 6. X: labelled images with their labels; U: all versions, each with its image's guess.
    let X = x̂
    let U = Examples(
      images: û, labels: concatenated(Array(repeating: q, count: versions)))
    // 7. W: all of them, in random order.
    let XU = Examples(concatenating: [X, U])
    let W = XU.gathered(pairing.partners(X.count, U.count, random: &random))
    // 8, 9. X′ and U′: each example blended with its partner in W, and mostly itself.
    let λ = pairing.restrict(
      MixingCoefficients(sharing, count: W.count, alpha: alpha, random: &random), to: X.count)
    let mixed = mixup(XU, W, lambda: λ)
    return Mixed(
      X: mixed[0..<X.count], U: mixed[X.count..<W.count],
      guesses: Guesses(raw: q̄, sharpened: q))
  }

  /// What the model is to learn from.
  public struct Mixed: Sendable {
    /// X′.
    public let X: Examples
    /// U′, one version after the other.
    public let U: Examples
    /// What was guessed on the way.
    public let guesses: Guesses
  }

  /// The loss (equations 3 to 5):
  ///
  ///     L = Lₓ + λᵤ·ramp·Lᵤ
  ///     Lₓ = 1/|X′| · Σ H(p, softmax(model(x)))
  ///     Lᵤ = 1/(classes·|U′|) · Σ ‖q − softmax(model(u))‖²
  public func loss(_ batch: Batch, by learner: Learner, step: Int, random: inout RandomStream)
    -> Loss
  {
    let mixed = mix(batch, by: learner.model, random: &random)
    let (X, U) = (mixed.X, mixed.U)
    let XU = Examples(concatenating: [X, U])
    let terms = batchNorm.groups(of: XU.count, versions: versions).map { group in
      let examples = XU.gathered(group.indices)
      let isX = 0..<group.indices.count { $0 < X.count }
      let isU = isX.upperBound..<examples.count
      let logits = learner.model(examples.images, group.mode)
      return (
        X: Float(isX.count) / Float(X.count) * crossEntropy(logits[isX], examples.labels[isX]),
        U: Float(isU.count) / Float(U.count)
          * meanSquaredError(softmax(logits[isU]), examples.labels[isU])
      )
    }
    return Loss(
      labelled: sum(terms.map(\.X)), unlabelled: sum(terms.map(\.U)),
      weight: unlabelledWeight * linearRamp(step, over: rampSteps), guesses: mixed.guesses)
  }
}

private func sum(_ terms: [Tensor]) -> Tensor { terms.dropFirst().reduce(terms[0], +) }
