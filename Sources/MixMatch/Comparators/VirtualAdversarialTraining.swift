import Engine

/// Virtual adversarial training, VAT (Miyato et al. 2018, arXiv:1704.03976): the network should not change
/// its mind when an image is changed a little in the direction that changes it most.
///
///     r = ε · g/‖g‖,  g = ∇ᵣ D(softmax(model(u)), softmax(model(u + r))) at r = ξ · d/‖d‖, d ~ N(0, 1)
///     L = 1/|X| · Σ H(p, softmax(model(x))) + w·ramp · 1/|U| · Σ D(softmax(model(u)), softmax(model(u + r)))
///
/// D(p, q) = Σ pᵢ·log(pᵢ/qᵢ), the divergence of Kullback and Leibler; lengths are over an image. No
/// gradient flows through r, nor through the answer for u. Batch norm sees u and u + r each alone, so that
/// the two answers are the same where r is nothing, and nowhere is D smaller; labelled images go through
/// apart, and alone move its running moments, as in the paper's code.
///
/// ε and w are those of Oliver et al. 2018 (arXiv:1804.09170); one step of the power iteration, as there. ξ is
/// 10⁻⁶ in the paper, too little for single precision through as many layers as these.
public struct VirtualAdversarialTraining: SemiSupervisedMethod {
  /// ε, how far images are changed: the length of r, where pixels are standardised.
  public var radius: Float = 6
  /// ξ, how far for the gradient.
  public var probe: Float = 0.1
  /// w.
  public var unlabelledWeight: Float = 0.3
  /// The length of the ramp in iterations.
  public var rampSteps: Int

  /// The usual choices, with a ramp of so many iterations.
  public init(rampSteps: Int) { self.rampSteps = rampSteps }

  /// One.
  public var versions: Int { 1 }

  /// Learns from the labels, and from how far images can mislead it that are changed a little.
  public func loss(_ batch: Batch, by learner: Learner, step: Int, random: inout RandomStream)
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.versions)
    let p = withoutGradients { softmax(learner.model(U, .trainingFrozenStatistics)) }
    let d = Tensor((0..<U.count).map { _ in random.normal() }, shape: U.shape)
    let r = perturbation(of: U, from: p, towards: d, by: learner.model)
    return Loss(
      labelled: crossEntropy(learner.model(X.images, .training), X.labels),
      unlabelled: klDivergence(learner.model(U + r, .trainingFrozenStatistics), p),
      weight: unlabelledWeight * linearRamp(step, over: rampSteps),
      guesses: Guesses(raw: p, sharpened: p))
  }

  /// r for each of the images `U` (N, H, W, C), of which the model says `p` (N, classes), the
  /// directions `d` being those to look from.
  package func perturbation(
    of U: Tensor, from p: Tensor, towards d: Tensor, by model: any Layer
  ) -> Tensor {
    let r = Parameter(scaled(d, to: probe))
    let divergence = klDivergence(model(U + r.value, .trainingFrozenStatistics), p)
    return scaled(divergence.gradient(withRespectTo: r), to: radius)
  }
}

/// Each image of `images` (N, H, W, C) as a vector of length `length`, in its direction; zeros stay
/// zeros.
func scaled(_ images: Tensor, to length: Float) -> Tensor {
  let size = images.count / images.shape[0]
  return images.mapChunks(of: size) { image in
    let squares = image.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard squares > 0 else { return }
    let factor = length / Float(squares.squareRoot())
    for i in image.indices { image[i] *= factor }
  }
}
