import Engine

/// The model's guess for each unlabelled image: the mean of what it says about the image's versions
/// (MixMatch, equation 6).
///
/// q̄ = 1/K · Σₖ softmax(model(ûₖ))
///
/// No gradient flows through.
///
/// - Parameters:
///   - û: K versions of N images, one version after the other, (K·N, H, W, C).
///   - K: The number of versions.
///   - model: Takes images to logits (N, classes).
///   - mode: How batch norm behaves meanwhile.
/// - Returns: Distributions (N, classes).
public func guessLabels(of û: Tensor, versions K: Int, by model: any Layer, _ mode: Mode) -> Tensor
{
  require(
    K >= 1 && û.shape[0].isMultiple(of: K), "\(û.shape[0]) images are no \(K) versions of a batch.")
  let p = withoutGradients { softmax(model(û, mode)) }
  let N = û.shape[0] / K
  let sum = (1..<K).reduce(p[0..<N]) { sum, k in sum + p[k * N..<(k + 1) * N] }
  return 1 / Float(K) * sum
}
