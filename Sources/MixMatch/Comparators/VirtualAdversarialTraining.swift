import Engine

/// Virtual adversarial training, VAT (Miyato et al. 2018, arXiv:1704.03976): a network's prediction should
/// not change under the small perturbation of an image that changes it most.
///
///     r = ε · g/‖g‖,  g = ∇ᵣ D(softmax(model(u)), softmax(model(u + r))) at r = ξ · d/‖d‖, d ~ N(0, 1)
///     L = 1/|X| · Σ H(p, softmax(model(x))) + w·ramp · 1/|U| · Σ D(softmax(model(u)), softmax(model(u + r)))
///
/// D(p, q) = Σ pᵢ·log(pᵢ/qᵢ) is the Kullback–Leibler divergence; ‖·‖ is the norm over an image's pixels.
/// No gradient flows through r or through the prediction for u. Batch norm normalises u and u + r
/// separately, so that D is 0 where r is 0. Labelled images have a forward pass of their own, and only
/// they update the running statistics, as in the paper's code.
///
/// The defaults of ε and w are Oliver et al.'s (2018, arXiv:1804.09170), and so is a single power
/// iteration. The paper has ξ = 10⁻⁶, which is too small for single precision in networks this deep.
public struct VirtualAdversarialTraining: SemiSupervisedMethod {
  /// ε, the norm of the perturbation r, in units of the normalised pixels.
  public var radius: Float = 6
  /// ξ, the norm of the perturbation at which the gradient g is taken.
  public var probe: Float = 0.1
  /// w, the weight of the unlabelled loss after the ramp.
  public var unlabelledWeight: Float = 0.3
  /// The number of steps over which the weight grows from 0 to w.
  public var rampSteps: Int

  /// The method with the usual hyperparameters and a ramp of `rampSteps` steps.
  public init(rampSteps: Int) { self.rampSteps = rampSteps }

  /// 1: each unlabelled image is augmented once.
  public var versions: Int { 1 }

  /// Cross-entropy on the labelled images, and the divergence under the perturbation on the unlabelled
  /// ones.
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

  /// The adversarial perturbation r of each image.
  ///
  /// - Parameters:
  ///   - U: Images (N, H, W, C).
  ///   - p: The model's predictions for them, (N, classes).
  ///   - d: The direction from which the power iteration starts, of the shape of `U`.
  ///   - model: The network.
  package func perturbation(
    of U: Tensor, from p: Tensor, towards d: Tensor, by model: any Layer
  ) -> Tensor {
    let r = Parameter(scaled(d, to: probe))
    let divergence = klDivergence(model(U + r.value, .trainingFrozenStatistics), p)
    return scaled(divergence.gradient(withRespectTo: r), to: radius)
  }
}

/// Each image of `images` (N, H, W, C) scaled to the norm `length`; an image of zeros stays zero.
func scaled(_ images: Tensor, to length: Float) -> Tensor {
  let size = images.count / images.shape[0]
  return images.mapChunks(of: size) { image in
    let squares = image.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard squares > 0 else { return }
    let factor = length / Float(squares.squareRoot())
    for i in image.indices { image[i] *= factor }
  }
}
