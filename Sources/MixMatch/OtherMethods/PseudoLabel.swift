import Engine

/// Pseudo-labels (Lee 2013, "Pseudo-Label: the simple and efficient semi-supervised learning method for
/// deep neural networks"): a confident prediction for an unlabelled image serves as its label.
///
///     L = 1/|X| · Σ H(p, softmax(model(x)))
///       + w·ramp · 1/|U| · Σ [max softmax(model(u)) ≥ τ] · H(q, softmax(model(u)))
///
/// q is 1 for the most probable class. The same forward pass gives q and the loss. Labelled and unlabelled
/// images have a forward pass of their own, and only the labelled images update batch norm's running
/// statistics, as in the MixMatch paper's code. Lee uses every prediction; the threshold τ and the default
/// of w are Oliver et al.'s (2018, arXiv:1804.09170).
///
/// The paper's code multiplies the losses, of shape (N), by [max ≥ τ] of shape (N, 1), which gives all N² products. Its
/// unlabelled loss is therefore the mean of H over all predictions times the share of the confident ones. Here it is
/// the formula above.
public struct PseudoLabel: SemiSupervisedMethod {
  /// τ, the lowest probability at which a prediction serves as a label.
  public var threshold: Float = 0.95
  /// w, the weight of the unlabelled loss, and its ramp.
  public var unlabelledWeight: RampedWeight

  /// The method with the default hyperparameters and a ramp of `rampSteps` steps.
  public init(rampSteps: Int) { unlabelledWeight = RampedWeight(1, rampSteps: rampSteps) }

  /// The number of versions of each unlabelled image: 1, because it is augmented once.
  public var versions: Int { 1 }

  /// Checks τ, the weight of the unlabelled loss and the length of its ramp.
  ///
  /// - Throws: ``TrainingError``.
  public func check() throws {
    try unlabelledWeight.check()
    try TrainingError.unless(
      (0...1).contains(threshold), "threshold of pseudo-labels", found: "\(threshold)",
      expected: "a probability from 0 to 1")
  }

  /// Cross-entropy on the labelled images, and on the unlabelled images with confident predictions.
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.unlabelledImages)
    let onU = networks.model(U, .trainingWithFrozenStatistics)
    let p = softmax(onU.detached)
    return Loss(
      labelled: crossEntropy(networks.model(X.images, .training), X.labels),
      unlabelled: crossEntropy(onU, pseudoLabels(p)), weight: unlabelledWeight(step),
      guesses: Guesses(raw: p, sharpened: p))
  }

  /// The labels (N, classes) for predictions `p`: 1 for the most probable class of a confident one, 0 elsewhere.
  private func pseudoLabels(_ p: Tensor) -> Tensor {
    var labels = [Float](repeating: 0, count: p.count)
    for (row, largest) in p.rowMaxima().enumerated() where largest.value >= threshold {
      labels[row * p.shape[1] + largest.index] = 1
    }
    return Tensor(labels, shape: p.shape)
  }
}
