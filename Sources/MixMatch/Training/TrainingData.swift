import Datasets

/// A data set, which of its training images keep their label, and how pixels are normalised.
public struct TrainingData: Sendable {
  /// The images of the training and the test set, and the names of the classes.
  public let dataset: ImageDataset
  /// Which training images are labelled, unlabelled, and held out for validation.
  public let split: LabelSplit
  /// The normalisation of pixel values, for training and evaluation alike.
  public let scaling: PixelScaling

  /// Training data with a split that was drawn with ``Datasets/LabelSplit``.
  public init(_ dataset: ImageDataset, split: LabelSplit, scaling: PixelScaling) {
    (self.dataset, self.split, self.scaling) = (dataset, split, scaling)
  }

  /// The number of classes.
  public var classes: Int { dataset.classNames.count }
}
