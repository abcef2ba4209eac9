import Engine

/// The images of one split of a data set, and their labels.
public struct LabelledImages: Sendable {
  /// The height of an image in pixels.
  public let height: Int
  /// The width of an image in pixels.
  public let width: Int
  /// The values per pixel: 1 for grey, 3 for RGB.
  public let channels: Int
  /// The images, (count, height, width, channels), 0 for black and 255 for the brightest.
  public let pixels: [UInt8]
  /// The class of each image, (count).
  public let labels: [UInt8]

  /// The number of images.
  public var count: Int { labels.count }

  /// Images and their labels.
  ///
  /// - Parameters:
  ///   - height: The height of an image in pixels.
  ///   - width: The width of an image in pixels.
  ///   - channels: The values per pixel.
  ///   - pixels: The images, (count, height, width, channels).
  ///   - labels: The class of each image, (count).
  public init(height: Int, width: Int, channels: Int, pixels: [UInt8], labels: [UInt8]) {
    require(
      height > 0 && width > 0 && channels > 0,
      "An image has at least one pixel and channel, not \(height)×\(width)×\(channels).")
    require(
      pixels.count == labels.count * height * width * channels,
      "\(labels.count) labels call for as many images of \(height)×\(width)×\(channels) bytes, "
        + "not for \(pixels.count) bytes.")
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
    self.labels = labels
  }

  /// The first `n` images, or all of them where there are fewer.
  public func prefix(_ n: Int) -> LabelledImages {
    LabelledImages(
      height: height, width: width, channels: channels,
      pixels: Array(pixels.prefix(n * height * width * channels)),
      labels: Array(labels.prefix(n)))
  }
}

/// A data set of images in classes, and where it came from.
public struct ImageDataset: Sendable {
  /// What figures and records call it, such as "MNIST" or "synthetic digits".
  public let name: String
  /// The SHA-256, in hexadecimal, of the uncompressed content of its files one after another:
  /// training images, training labels, test images, test labels. Of a synthetic set, of its pixels
  /// and labels in the same order.
  public let sha256: String
  /// Whether code drew the images.
  public let isSynthetic: Bool
  /// What each class is called; a label is an index into this.
  public let classNames: [String]
  /// The images to learn from.
  public let train: LabelledImages
  /// The images to measure on.
  public let test: LabelledImages
}

extension ImageDataset {
  /// The first images of each split; the name and the hash stay those of the whole.
  public func prefix(train: Int, test: Int) -> ImageDataset {
    ImageDataset(
      name: name, sha256: sha256, isSynthetic: isSynthetic, classNames: classNames,
      train: self.train.prefix(train), test: self.test.prefix(test))
  }
}

/// How much of a data set a directory holds.
public enum Presence: Sendable {
  /// All of its files.
  case complete
  /// Some of its files, and the piece of another that a download left.
  case interrupted
  /// Some of its files.
  case incomplete
  /// None of its files.
  case absent
}
