import Engine

/// Virtual adversarial training, VAT (Miyato et al. 2018, arXiv:1704.03976): a network's prediction should
/// not change under the small perturbation of an image that changes it most.
///
///     r = ε · g/‖g‖,  g = ∇ᵣ D(softmax(model(u)), softmax(model(u + r))) at r = ξ · d/‖d‖, d ~ N(0, 1)
///     L = 1/|X| · Σ H(p, softmax(model(x))) + w·ramp · 1/|U| · Σ D(softmax(model(u)), softmax(model(u + r)))
///       + v · 1/|U| · Σ H(softmax(model(u)))
///
/// D(p, q) = Σ pᵢ·log(pᵢ/qᵢ) is the Kullback–Leibler divergence; ‖·‖ is the norm over an image's pixels.
/// No gradient flows through r, or through the prediction for u in D. The last term, entropy minimisation
/// (Grandvalet and Bengio 2005), has no ramp. Batch norm normalises u and u + r separately, so that D is 0
/// where r is 0. Labelled images have a forward pass of their own, and only they update the running
/// statistics.
///
/// A single power iteration and the defaults are those of the MixMatch paper's code. Two numbers have other units: the
/// paper's ε is 6 for images of 32 × 32 pixels with values from −1 to 1, and its ξ of 10⁻⁶ is too small for single
/// precision in networks this deep.
///
/// One thing differs: D in the loss is Miyato's, of the prediction for u and that for u + r. The paper's code has
/// D(softmax(model(u + r)), softmax(model(u))) there, whose gradient is smaller where the prediction changes from one
/// class to another; for the perturbation it has the same D as here.
public struct VirtualAdversarialTraining: SemiSupervisedMethod {
  /// ε for an image of 32 × 32 pixels: the norm of the perturbation r, in units of the normalised pixels.
  ///
  /// Normalised pixels have a standard deviation of 1 where values from −1 to 1 have one of about ½, so 12
  /// corresponds to 6. For images of another size ε is proportional to the square root of the number of
  /// pixels, so that each pixel is changed as much.
  public var radius: Float = 12
  /// ξ, the norm of the perturbation at which the gradient g is taken.
  public var probe: Float = 0.1
  /// w, the weight of the divergence, and its ramp.
  public var unlabelledWeight: RampedWeight
  /// v, the weight of the entropy.
  public var entropyWeight: Float = 0.06

  /// The method with the default hyperparameters and a ramp of `rampSteps` steps.
  public init(rampSteps: Int) { unlabelledWeight = RampedWeight(0.3, rampSteps: rampSteps) }

  /// The number of versions of each unlabelled image: 1, because it is augmented once.
  public var versions: Int { 1 }

  /// Checks ε, ξ, the weights of divergence and entropy, and the length of the ramp.
  ///
  /// - Throws: ``TrainingError``.
  public func check() throws {
    for (name, norm) in [("ε", radius), ("ξ", probe)] {
      try TrainingError.unless(
        norm > 0 && norm.isFinite, "\(name) of VAT", found: "\(norm)",
        expected: "a finite number above 0")
    }
    try unlabelledWeight.check()
    try TrainingError.unlessWeight(entropyWeight, "weight of the entropy")
  }

  /// Cross-entropy on the labelled images, and the divergence under the perturbation and the entropy on
  /// the unlabelled ones.
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    let d = Tensor.normal(shape: batch.unlabelledImages.shape, random: &random)
    return loss(batch, by: networks, step: step, towards: d)
  }

  /// The loss if the power iteration starts from the direction `d`, of the shape of the unlabelled images.
  package func loss(_ batch: Batch, by networks: MethodNetworks, step: Int, towards d: Tensor)
    -> Loss
  {
    let (X, U) = (batch.labelled, batch.unlabelledImages)
    let logits = networks.model(U, .trainingWithFrozenStatistics)
    let p = softmax(logits.detached)
    let r = perturbation(of: U, from: p, towards: d, by: networks.model)
    return Loss(
      labelled: crossEntropy(networks.model(X.images, .training), X.labels),
      unlabelled: klDivergence(networks.model(U + r, .trainingWithFrozenStatistics), p),
      weight: unlabelledWeight(step), penalty: entropyWeight * softmaxEntropy(logits),
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
    let divergence = klDivergence(model(U + r.value, .trainingWithFrozenStatistics), p)
    let pixels = Float(U.shape[1] * U.shape[2])
    return scaled(
      divergence.gradient(withRespectTo: r), to: radius * (pixels / (32 * 32)).squareRoot())
  }
}

/// Each image of `images` (N, …) scaled to the norm `length`; an image of zeros, or of numbers so small that the factor
/// is no Float, stays as it is.
package func scaled(_ images: Tensor, to length: Float) -> Tensor {
  let size = images.count / images.shape[0]
  return images.mapChunks(of: size) { image in
    let squares = image.indices.reduce(0.0) { $0 + Double(image[$1]) * Double(image[$1]) }
    let factor = length / Float(squares.squareRoot())
    // A gradient that is zero has no direction, and one that is nearly zero would become infinite.
    guard factor.isFinite else { return }
    for i in image.indices { image[i] *= factor }
  }
}
