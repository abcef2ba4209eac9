import Datasets
import Engine

/// A network's predictions for a set of images, and their accuracy.
public struct Evaluation: Codable, Sendable {
  /// The predicted class of each image: the most probable one, or the first whose probability is NaN.
  public let classes: [Int]
  /// The probability of each predicted class; NaN for an image with a probability that is NaN.
  public let confidences: [Float]
  /// The fraction of images whose predicted class is their label; an image whose confidence is NaN counts as wrong.
  public let accuracy: Double

  /// The evaluation of `predictions` (N, classes) against the images' labels (N).
  ///
  /// Predictions may be NaN, as those of a network that has diverged. ``evaluate(_:on:indices:size:scaling:)`` throws
  /// an error for them instead.
  public init(of predictions: Tensor, labels: [Int]) {
    let maxima = predictions.rowMaxima()
    classes = maxima.map(\.index)
    confidences = maxima.map(\.value)
    accuracy = Engine.accuracy(of: predictions, labels: labels)
  }
}

/// Evaluates a network on images without augmentation.
///
/// - Parameters:
///   - network: Maps images (N, H, W, C) to logits (N, classes); it is run in evaluation mode.
///   - images: The images and their labels.
///   - indices: The indices of the images to evaluate, at least one; nil for all images.
///   - size: The size that images are resampled to; nil for their own size.
///   - scaling: The normalisation of pixel values.
/// - Throws: ``TrainingError`` if a prediction is not a number, because the weights are too large.
public func evaluate(
  _ network: any Layer, on images: LabelledImages, indices: [Int]? = nil, size: ImageSize? = nil,
  scaling: PixelScaling
) throws -> Evaluation {
  let indices = indices ?? Array(0..<images.count)
  let predictions = predict(network, count: indices.count) { range in
    images.tensor(indices[range], size: size, scaling: scaling)
  }
  try TrainingError.unless(
    predictions.scalars.allSatisfy(\.isFinite), "predictions", found: "some that are not numbers",
    expected: "probabilities; a lower learning rate may help")
  return Evaluation(of: predictions, labels: images.labels(at: indices))
}
