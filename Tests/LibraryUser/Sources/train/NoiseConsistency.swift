import Engine
import MixMatch

// A method of this program's own, which the article "Writing a training method" explains.

/// Noise consistency: the prediction for an image should not change when noise is added to the image.
struct NoiseConsistency: SemiSupervisedMethod {
  /// The standard deviation of the noise, in units of the normalised pixels.
  var deviation: Float = 0.1
  /// The weight of the unlabelled loss, and its ramp.
  var unlabelledWeight = RampedWeight(10, rampSteps: 1000)

  var versions: Int { 1 }

  func check() throws {
    try TrainingError.unless(
      deviation >= 0 && deviation.isFinite, "deviation of the noise", found: "\(deviation)",
      expected: "a finite number of at least 0")
    try unlabelledWeight.check()
  }

  func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  ) -> Loss {
    let (X, U) = (batch.labelled, batch.unlabelledImages)
    let noise = deviation * Tensor.normal(shape: U.shape, random: &random)
    let q = withoutGradients { softmax(networks.model(U, .trainingWithFrozenStatistics)) }
    let p = softmax(networks.model(U + noise, .trainingWithFrozenStatistics))
    return Loss(
      labelled: crossEntropy(networks.model(X.images, .training), X.labels),
      unlabelled: meanSquaredError(p, q), weight: unlabelledWeight(step),
      guesses: Guesses(raw: q, sharpened: q))
  }
}
