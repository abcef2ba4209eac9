import Engine

/// MixMatch (Berthelot et al. 2019, arXiv:1905.02249, algorithm 1): the loss of one step, computed
/// from augmented images.
///
/// The default hyperparameters are those of the original article (Rubinstein 2019), "A fastai/PyTorch
/// implementation of MixMatch", and, but for λᵤ, of its notebook.
public struct MixMatchStep: SemiSupervisedMethod {
  /// K, the number of augmented versions over which a guess is averaged.
  public var versions = 2
  /// T, the temperature for sharpening guesses.
  public var temperature = 0.5
  /// α of the Beta distribution from which mixup draws λ.
  public var alpha = 0.75
  /// λᵤ, the weight of the unlabelled loss after the ramp: 75 in the article's table and in the
  /// paper, 100 in the notebook's code.
  public var unlabelledWeight: Float = 75
  /// The number of steps over which the weight grows from 0 to λᵤ; 16,000 in the paper's text, and
  /// 16,384 = 2¹⁴ in its code.
  public var rampSteps = 3000
  /// The examples that mixup pairs with each other.
  public var pairing = MixupPairing.together
  /// Whether a batch shares one λ′, as in the notebook, or each example has its own, as in the paper's
  /// code.
  public var sharing = MixingCoefficients.Sharing.perBatch
  /// The examples that batch norm normalises together.
  public var batchNorm = BatchNormGroups.versionsApart
  /// The number of stages of the network before which mixup can happen, as in ``ManifoldMixup``; nil mixes
  /// the images, as in the paper. In a network with fewer stages, mixup can happen before each of them.
  public var mixupStages: Int?
  /// The alignment of guesses with the labels' distribution before they are sharpened; nil for none, as in the
  /// paper.
  public var alignment: DistributionAlignment?

  /// MixMatch with the article's hyperparameters.
  public init() {}

  private var rampedWeight: RampedWeight { RampedWeight(unlabelledWeight, rampSteps: rampSteps) }

  /// Checks K, T, α, the weight of the unlabelled loss and the length of its ramp, ``mixupStages`` and the decay of
  /// ``alignment``.
  ///
  /// - Throws: ``TrainingError``.
  public func check() throws {
    try TrainingError.unlessPositive(versions, "versions of an unlabelled image")
    try TrainingError.unless(
      temperature > 0, "temperature", found: "\(temperature)", expected: "a number above 0")
    try TrainingError.unlessBeta(alpha: alpha)
    try rampedWeight.check()
    try TrainingError.unlessPositive(mixupStages ?? 1, "stages before which mixup can happen")
    let decay = alignment?.decay ?? 0
    try TrainingError.unless(
      (0..<1).contains(decay), "decay of the distribution alignment", found: "\(decay)",
      expected: "a number from 0 to below 1")
  }

  /// The running means of labels and guesses for ``alignment``; nil without it.
  public func makeAuxiliary(for network: any Layer, images: Tensor, random: inout RandomStream)
    -> (any Module)?
  {
    alignment.map { alignment in
      let logits = withoutGradients { network(images, .evaluation) }
      return ClassFrequencies(classes: logits.shape[1], decay: alignment.decay)
    }
  }

  /// Guesses and sharpens the labels of the unlabelled images, and mixes all examples.
  ///
  /// These are steps 4 to 9 of the paper's algorithm 1; the data pipeline has done steps 1 to 3.
  ///
  /// Guessing updates batch norm's running statistics, unless ``batchNorm`` is ``BatchNormGroups/interleaved``, and
  /// adds the batch to `frequencies`.
  ///
  /// - Parameters:
  ///   - batch: Augmented labelled images, and K versions of each unlabelled image.
  ///   - model: Maps images (N, H, W, C) to logits (N, classes).
  ///   - frequencies: The running means for ``alignment``; nil for guesses that are not aligned.
  ///   - random: Draws the partners, then λ′.
  /// - Returns: The mixed batch, and the values that it was made of.
  public func mix(
    _ batch: Batch, by model: any Layer, frequencies: ClassFrequencies? = nil,
    random: inout RandomStream
  ) -> Mixed {
    let (x̂, û) = (batch.labelled, batch.unlabelledImages)
    // 4. Guess each unlabelled image's label: the mean prediction over its K versions.
    let q̄ = guessLabels(
      of: û, versions: versions, by: model, batchNorm.guessingMode,
      separately: batchNorm.guessesVersionsSeparately)
    // 5. Sharpen the guess.
    let q = sharpen(frequencies?.aligned(q̄) ?? q̄, temperature: temperature)
    frequencies?.add(guesses: q̄, labels: x̂.labels)
    // 6. X: labelled images with their labels; U: all versions, each with its image's guess.
    let X = x̂
    let U = Examples(
      images: û, labels: concatenated(Array(repeating: q, count: versions)))
    // 7. W: X and U together, in random order.
    let XU = Examples(concatenating: [X, U])
    let partners = pairing.partners(X.count, U.count, random: &random)
    let W = XU.gathered(partners)
    // 8, 9. X′ and U′: mix each example with its partner in W; its own share is λ′ ≥ ½.
    let λ = pairing.withUnmixedAtOne(
      MixingCoefficients(sharing, count: W.count, alpha: alpha, random: &random),
      labelledCount: X.count)
    let mixed = mixup(XU, W, lambda: λ)
    return Mixed(
      X: mixed[0..<X.count], U: mixed[X.count..<W.count], unmixed: XU, partners: partners,
      lambda: λ, guesses: Guesses(raw: q̄, sharpened: q))
  }

  /// The mixed batch that the model learns from, and the values that it was made of.
  public struct Mixed: Sendable {
    /// X′, the mixed labelled examples.
    public let X: Examples
    /// U′, the mixed unlabelled examples, one version after the other.
    public let U: Examples
    /// X and U, one after the other, before they were mixed.
    public let unmixed: Examples
    /// The partner of each example: an index into ``unmixed``.
    public let partners: [Int]
    /// λ′ of each example: its own share of the mixture.
    public let lambda: MixingCoefficients
    /// The guessed labels of the unlabelled images.
    public let guesses: Guesses
  }

  /// The loss (equations 3 to 5):
  ///
  ///     L = Lₓ + λᵤ·ramp·Lᵤ
  ///     Lₓ = 1/|X′| · Σ H(p, softmax(model(x)))
  ///     Lᵤ = 1/(classes·|U′|) · Σ ‖q − softmax(model(u))‖²
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let frequencies = networks.auxiliary as? ClassFrequencies
    require(
      (alignment == nil) == (frequencies == nil),
      "Distribution alignment needs the class frequencies of makeAuxiliary(for:images:random:).")
    let mixed = mix(batch, by: networks.model, frequencies: frequencies, random: &random)
    let model = networks.model
    // Mixup happens before this stage of the network; before stage 0 it mixes the images.
    let stage = mixedStage(of: model, among: mixupStages ?? 1, random: &random)
    let groups = batchNorm.groups(of: mixed.unmixed.count, versions: versions)
    let mixtures = mixed.examples(before: stage, of: model, groups)
    var (labelled, unlabelled): ([Tensor], [Tensor]) = ([], [])
    for group in groups {
      let examples = mixtures.gathered(group.indices)
      // Indices ascend, so that the labelled examples of a group come first.
      let labelledRows = 0..<group.indices.count(where: { $0 < mixed.X.count })
      let unlabelledRows = labelledRows.upperBound..<examples.count
      let state = HiddenState(examples.images)
      let logits = model.run(stage..<model.stageCount, on: state, group.mode).values
      // A group of a small batch may have no labelled example, and then has no such term.
      if !labelledRows.isEmpty {
        let share = Float(labelledRows.count) / Float(mixed.X.count)
        labelled.append(share * crossEntropy(logits[labelledRows], examples.labels[labelledRows]))
      }
      if !unlabelledRows.isEmpty {
        let share = Float(unlabelledRows.count) / Float(mixed.U.count)
        unlabelled.append(
          share * meanSquaredError(softmax(logits[unlabelledRows]), examples.labels[unlabelledRows])
        )
      }
    }
    return Loss(
      labelled: sum(labelled), unlabelled: sum(unlabelled),
      weight: rampedWeight(step), guesses: mixed.guesses)
  }
}

private func sum(_ terms: [Tensor]) -> Tensor { terms.dropFirst().reduce(terms[0], +) }
