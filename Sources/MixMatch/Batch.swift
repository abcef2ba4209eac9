import Engine

/// The augmented images of one training step.
public struct Batch: Sendable {
  /// The labelled images, each once, with their labels.
  public let labelled: Examples
  /// All versions of the unlabelled images, (K·N, H, W, C): the first version of each image, then the
  /// second of each, and so on. Nil for a method that uses none.
  public let unlabelled: Tensor?

  /// A batch of labelled images and of versions of unlabelled images.
  public init(labelled: Examples, unlabelled: Tensor?) {
    (self.labelled, self.unlabelled) = (labelled, unlabelled)
  }

  /// The images of ``unlabelled``. The process ends with a message if there are none; the data pipeline adds them to
  /// the batches of every method with at least one version.
  public var unlabelledImages: Tensor {
    guard let unlabelled else {
      fatalError("The batch has no unlabelled images; give the data pipeline at least one version.")
    }
    return unlabelled
  }
}
