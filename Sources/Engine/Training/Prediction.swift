/// The class probabilities that a network gives to images, in evaluation mode and without
/// gradients.
///
/// - Parameters:
///   - network: Takes images to logits (N, classes).
///   - count: How many images there are, at least one.
///   - batchSize: How many go through the network at once; the result does not depend on it.
///   - images: Gives the images of a range, (N, H, W, C).
/// - Returns: Probabilities (count, classes).
public func predict(
  _ network: any Layer, count: Int, batchSize: Int = 64, images: (Range<Int>) -> Tensor
) -> Tensor {
  require(count > 0, "There is nothing to predict.")
  let batches = withoutGradients {
    stride(from: 0, to: count, by: batchSize).map { start in
      softmax(network(images(start..<min(start + batchSize, count)), .evaluation))
    }
  }
  return Tensor(batches.flatMap(\.scalars), shape: [count, batches[0].columns])
}
