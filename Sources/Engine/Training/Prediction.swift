/// Predicts the class probabilities of images, in evaluation mode and without gradients.
///
/// - Parameters:
///   - network: A network that maps images to logits (N, classes).
///   - count: The number of images, at least one.
///   - batchSize: The number of images per forward pass, at least one; the result does not depend on it.
///   - images: Returns the images of a range, (N, H, W, C).
/// - Returns: Probabilities (count, classes).
public func predict(
  _ network: any Layer, count: Int, batchSize: Int = 64, images: (Range<Int>) -> Tensor
) -> Tensor {
  require(count > 0, "There are no images to predict the classes of.")
  require(batchSize > 0, "A forward pass needs at least one image, not \(batchSize).")
  let batches = withoutGradients {
    stride(from: 0, to: count, by: batchSize).map { start in
      softmax(network(images(start..<min(start + batchSize, count)), .evaluation))
    }
  }
  return Tensor(batches.flatMap(\.scalars), shape: [count, batches[0].columns])
}

/// The accuracy of predictions: the share of rows whose largest element is at the label.
///
/// The largest element is that of ``Tensor/rowMaxima()``, the first of equal ones. A row with NaN counts as wrong.
///
/// - Parameters:
///   - predictions: Probabilities or logits (N, classes), N ≥ 1.
///   - labels: N class indices in 0 ..< classes.
/// - Returns: A number in 0 ... 1.
public func accuracy(of predictions: Tensor, labels: [Int]) -> Double {
  require(
    predictions.shape.count == 2 && predictions.rows == labels.count && !labels.isEmpty,
    "The accuracy needs predictions (N, classes) and N labels, N ≥ 1; "
      + "found the shape \(predictions.shape) and \(labels.count) labels.")
  requireLabels(labels, classes: predictions.columns)
  let correct = zip(predictions.rowMaxima(), labels).count { $0.index == $1 && !$0.value.isNaN }
  return Double(correct) / Double(labels.count)
}
