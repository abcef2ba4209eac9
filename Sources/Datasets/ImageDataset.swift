import Engine
import Files

/// An image classification data set with a training and a test split.
public struct ImageDataset: Sendable {
  /// The name in figures and records, such as "MNIST" or "synthetic digits".
  ///
  /// It is one line: control characters of the name that the data set was created with are visible escapes, such as
  /// those in the name of a folder.
  public let name: String
  /// The SHA-256 of the content, in hexadecimal.
  ///
  /// It hashes the data set's files in their published order, those of MNIST decompressed. Without files, it hashes
  /// training images, training labels, test images and test labels in this order.
  public let sha256: String
  /// Whether the images were drawn by code.
  public let isSynthetic: Bool
  /// The name of each class, in one line like ``name``; a label is an index into this array.
  public let classNames: [String]
  /// The training images.
  public let train: LabelledImages
  /// The test images.
  public let test: LabelledImages
  /// The number of training images whose class is known; they come first, and the labels of the others mean
  /// nothing.
  public let knownLabels: Int

  /// Creates a data set from a user's own images.
  ///
  /// - Parameters:
  ///   - name: The name in figures and records.
  ///   - classNames: The name of each class; every label must be an index into this array.
  ///   - train: The training images.
  ///   - test: The test images, of the same height, width and number of channels.
  ///   - sha256: A hash that identifies the content, such as that of the files; by default, the
  ///     SHA-256 of the pixels and labels of both splits.
  ///   - knownLabels: The number of training images, from the first, whose class is known; by default all.
  ///   - isSynthetic: Whether the images were drawn by code.
  public init(
    name: String, classNames: [String], train: LabelledImages, test: LabelledImages,
    sha256: String? = nil, knownLabels: Int? = nil, isSynthetic: Bool = false
  ) {
    require(
      (0...train.count).contains(knownLabels ?? 0),
      "\(knownLabels ?? 0) of \(train.count) training images cannot have a known class.")
    for (split, images) in [("training", train), ("test", test)] {
      let highest = Int(images.labels.max() ?? 0)
      require(
        images.count == 0 || highest < classNames.count,
        "The \(split) images have the label \(highest); \(classNames.count) classes have labels "
          + "below \(classNames.count).")
    }
    require(
      (train.height, train.width, train.channels) == (test.height, test.width, test.channels),
      "Test images have the shape of the training images, \(train.height)×\(train.width)×"
        + "\(train.channels), not \(test.height)×\(test.width)×\(test.channels).")
    self.init(
      name: name, sha256: sha256 ?? contentHash(train, test), isSynthetic: isSynthetic,
      classNames: classNames, train: train, test: test, knownLabels: knownLabels)
  }

  init(
    name: String, sha256: String, isSynthetic: Bool, classNames: [String], train: LabelledImages,
    test: LabelledImages, knownLabels: Int? = nil
  ) {
    self.name = name.withVisibleControlCharacters
    self.sha256 = sha256
    self.isSynthetic = isSynthetic
    self.classNames = classNames.map(\.withVisibleControlCharacters)
    self.train = train
    self.test = test
    self.knownLabels = knownLabels ?? train.count
  }

  /// Returns the first images of each split; the name and the hash stay those of the whole set.
  public func prefix(train: Int, test: Int) -> ImageDataset {
    ImageDataset(
      name: name, sha256: sha256, isSynthetic: isSynthetic, classNames: classNames,
      train: self.train.prefix(train), test: self.test.prefix(test),
      knownLabels: min(train, knownLabels))
  }
}

/// Returns the SHA-256 of the pixels and labels of both splits.
func contentHash(_ train: LabelledImages, _ test: LabelledImages) -> String {
  sha256Hex(train.pixels, train.labels, test.pixels, test.labels)
}
