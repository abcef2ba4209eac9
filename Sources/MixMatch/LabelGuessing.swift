import Engine

/// Guesses the label of each unlabelled image: the model's mean prediction over the image's versions
/// (MixMatch, equation 6).
///
/// q̄ = 1/K · Σₖ softmax(model(ûₖ))
///
/// No gradient flows through the guess.
///
/// - Parameters:
///   - û: K versions of N images, one version after the other, (K·N, H, W, C).
///   - K: The number of versions.
///   - model: Maps images to logits (N, classes).
///   - mode: The mode in which the model runs.
///   - separately: Whether batch norm normalises each version by itself, or all of them together.
/// - Returns: Distributions (N, classes).
public func guessLabels(
  of û: Tensor, versions K: Int, by model: any Layer, _ mode: Mode, separately: Bool = false
) -> Tensor {
  require(
    K >= 1 && û.shape[0].isMultiple(of: K),
    "The number of images must be a multiple of the number of versions, which is at least 1; "
      + "found \(û.shape[0]) images and \(K) versions.")
  let N = û.shape[0] / K
  let p = withoutGradients {
    let groups = separately ? (0..<K).map { û[$0 * N..<($0 + 1) * N] } : [û]
    return concatenated(groups.map { softmax(model($0, mode)) })
  }
  let sum = (1..<K).reduce(p[0..<N]) { sum, k in sum + p[k * N..<(k + 1) * N] }
  return 1 / Float(K) * sum
}
