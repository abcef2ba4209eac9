import Engine

/// Pseudo-labels (Lee 2013, "Pseudo-Label: the simple and efficient semi-supervised learning method for
/// deep neural networks"): where the network is sure of an unlabelled image, its answer counts as a label.
///
///     L = 1/|X| · Σ H(p, softmax(model(x)))
///       + w·ramp · 1/|U| · Σ [max softmax(model(u)) ≥ τ] · H(q, softmax(model(u)))
///
/// with all of q on the likeliest class. Answer and loss come of one and the same pass, in which batch
/// norm sees labelled and unlabelled images together. Lee takes every answer; the threshold, and w, are
/// those of Oliver et al. 2018 (arXiv:1804.09170).
public struct PseudoLabel: SemiSupervisedMethod {
  /// τ, the probability from which on an answer counts.
  public var threshold: Float = 0.95
  /// w.
  public var unlabelledWeight: Float = 1
  /// The length of the ramp in iterations.
  public var rampSteps: Int

  /// The usual choices, with a ramp of so many iterations.
  public init(rampSteps: Int) { self.rampSteps = rampSteps }

  /// One.
  public var versions: Int { 1 }

  /// Learns from the labels, and from the answers that are sure.
  public func loss(_ batch: Batch, by learner: Learner, step: Int, random: inout RandomStream)
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.versions)
    let logits = learner.model(concatenated([X.images, U]), .training)
    let (onX, onU) = (logits[0..<X.count], logits[X.count..<logits.shape[0]])
    let p = softmax(onU.detached)
    let q = p.mapRows { row in
      let largest = row.indices.max { row[$0] < row[$1] }!
      let isSure = row[largest] >= threshold
      for i in row.indices { row[i] = isSure && i == largest ? 1 : 0 }
    }
    return Loss(
      labelled: crossEntropy(onX, X.labels), unlabelled: crossEntropy(onU, q),
      weight: unlabelledWeight * linearRamp(step, over: rampSteps),
      guesses: Guesses(raw: p, sharpened: p))
  }
}
