import Engine

/// Mean Teacher (Tarvainen and Valpola 2017, arXiv:1703.01780): the network should say about one version
/// of an image what a teacher says about another, the teacher being the average of all that the
/// network's weights have been.
///
///     L = 1/|X| · Σ H(p, softmax(model(x)))
///       + w·ramp · 1/(classes·|U|) · Σ ‖softmax(model(û₁)) − softmax(teacher(û₂))‖²
///
/// No gradient flows to the teacher; its weights θ′ follow the network's after each step,
/// θ′ ← decay·θ′ + (1 − decay)·θ, and it is the teacher that is judged. w is that of Oliver et al. 2018
/// (arXiv:1804.09170).
public struct MeanTeacher: SemiSupervisedMethod {
  /// w.
  public var unlabelledWeight: Float = 8
  /// The length of the ramp in iterations.
  public var rampSteps: Int

  /// The usual choices, with a ramp of so many iterations. The teacher is whatever average the
  /// training keeps.
  public init(rampSteps: Int) { self.rampSteps = rampSteps }

  /// Two: one for the network, one for the teacher.
  public var versions: Int { 2 }

  /// Learns from the labels, and from the teacher.
  public func loss(_ batch: Batch, by learner: Learner, step: Int, random: inout RandomStream)
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.versions)
    let N = U.shape[0] / 2
    let q = softmax(learner.teacher(U[N..<2 * N]))
    let logits = learner.model(concatenated([X.images, U[0..<N]]), .training)
    return Loss(
      labelled: crossEntropy(logits[0..<X.count], X.labels),
      unlabelled: meanSquaredError(softmax(logits[X.count..<logits.shape[0]]), q),
      weight: unlabelledWeight * linearRamp(step, over: rampSteps),
      guesses: Guesses(raw: q, sharpened: q))
  }
}
