import Datasets
import Engine

/// A network's predictions for a set of images, and their accuracy.
public struct Evaluation: Codable, Sendable {
  /// The predicted class of each image.
  public let classes: [Int]
  /// The probability of each predicted class.
  public let confidences: [Float]
  /// The fraction of images whose predicted class is their label.
  public let accuracy: Double

  /// The evaluation of `predictions` (N, classes) against the images' labels (N).
  public init(of predictions: Tensor, labels: [Int]) {
    let maxima = predictions.rowMaxima()
    classes = maxima.map(\.index)
    confidences = maxima.map(\.value)
    accuracy = Engine.accuracy(of: predictions, labels: labels)
  }

  /// The recall of each class: the fraction of its images that are predicted as this class. NaN for a
  /// class without images.
  ///
  /// - Parameters:
  ///   - labels: The class of each image, in the order of the predictions.
  ///   - count: The number of classes.
  public func recalls(labels: [Int], classes count: Int) -> [Double] {
    var (right, all) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (label, prediction) in zip(labels, classes) {
      all[label] += 1
      if prediction == label { right[label] += 1 }
    }
    return zip(right, all).map { $0 / $1 }
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
public func evaluate(
  _ network: any Layer, on images: LabelledImages, indices: [Int]? = nil, size: ImageSize? = nil,
  scaling: PixelScaling
) -> Evaluation {
  let indices = indices ?? Array(0..<images.count)
  let predictions = predict(network, count: indices.count) { range in
    images.tensor(indices[range], size: size, scaling: scaling)
  }
  return Evaluation(of: predictions, labels: images.labels(at: indices))
}
