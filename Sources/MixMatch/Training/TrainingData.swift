import Datasets
import Engine
import Foundation

/// A data set with its split into labelled and unlabelled images and its pixel normalisation.
public struct TrainingData: Sendable {
  /// The images of the training and the test set, and the names of the classes.
  public let dataset: ImageDataset
  /// The division of the training images into labelled, unlabelled and validation images.
  public let split: LabelSplit
  /// The normalisation of pixel values, for training and evaluation alike.
  public let scaling: PixelScaling

  /// Creates training data; ``TrainingSettings/check(for:on:)`` checks that the split and the scaling fit the images.
  ///
  /// - Parameters:
  ///   - dataset: The images and their classes.
  ///   - split: The division of the training images, drawn or listed by index.
  ///   - scaling: The normalisation of pixel values.
  public init(_ dataset: ImageDataset, split: LabelSplit, scaling: PixelScaling) {
    (self.dataset, self.split, self.scaling) = (dataset, split, scaling)
  }

  /// The number of classes.
  public var classes: Int { dataset.classNames.count }

  /// Hashes of the data set and of the split, and the normalisation of pixel values.
  var identity: String {
    let parts = [split.labelled, split.unlabelled, split.validation].map { indices in
      Data(indices.map(String.init).joined(separator: ",").utf8)
    }
    return "\(dataset.sha256) with the split \(sha256Hex(parts[0], parts[1], parts[2])), \(scaling)"
  }

  /// Throws a ``TrainingError`` unless the split and the normalisation of pixel values fit the images.
  func check() throws {
    let (train, known) = (dataset.train, dataset.knownLabels)
    try TrainingError.unless(
      split.highestIndex < train.count, "split", found: "the index \(split.highestIndex)",
      expected: "indices of the \(train.count) training images")
    let highest = (split.labelled + split.validation).max() ?? 0
    try TrainingError.unless(
      highest < known, "split", found: "the index \(highest) of a labelled or validation image",
      expected: "indices below \(known), because the classes of the other images are not known")
    try TrainingError.unless(
      dataset.test.count >= 1, "test images", found: "none", expected: "at least 1")
    try TrainingError.unless(
      train.height >= 2 && train.width >= 2, "images",
      found: "\(train.height)×\(train.width) pixels", expected: "at least 2×2 pixels")
    let channels = scaling.mean.count
    try TrainingError.unless(
      (1...4).contains(channels) && (train.channels == channels || train.channels == 1),
      "normalisation of pixel values",
      found: "\(channels) channels for images of \(train.channels)",
      expected: "as many channels as the images have, or any number for grey images; at most 4")
  }
}
