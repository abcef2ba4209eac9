/// Dropout (Srivastava et al. 2014): sets each element to zero with a given probability and scales
/// the others by 1 / (1 − probability), which keeps the expected value.
///
/// - Parameters:
///   - x: A tensor of any shape.
///   - probability: The probability of dropping an element, in [0, 1).
///   - random: The stream of random numbers; one is drawn for each element, in row-major order.
/// - Returns: A tensor of the shape of `x`.
public func dropout(
  _ x: Tensor, probability: Float, random: inout RandomStream
) -> Tensor {
  requireDropout(probability)
  let mask = (0..<x.count).map { _ in random.uniform() < probability ? 0 : 1 / (1 - probability) }
  return x * Tensor(mask, shape: x.shape)
}

/// Requires that the probability of dropping an element lies in [0, 1).
func requireDropout(_ probability: Float) {
  require(
    (0..<1).contains(probability),
    "The dropout probability is \(probability); it must lie in [0, 1).")
}
