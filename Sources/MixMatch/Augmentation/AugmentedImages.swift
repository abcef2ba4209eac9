import Datasets
import Engine

/// A training's images, varied anew in each epoch.
///
/// What becomes of an image is a pure function of the seed, the name, the epoch, the version and the
/// image's index: the same for any number of threads, in any batch and at any place in it.
public struct AugmentedImages: Sendable {
  private let images: LabelledImages
  private let augmentation: Augmentation
  private let versions: Int
  private let size: ImageSize
  private let scaling: PixelScaling
  private let seed: UInt64
  private let names: [String]

  /// Images and how they are varied.
  ///
  /// - Parameters:
  ///   - images: The images.
  ///   - augmentation: How they are varied.
  ///   - versions: How many versions of each image there are in a epoch: the method's K.
  ///   - size: The height and width of what comes out; if not given, the images' own.
  ///   - scaling: What is done to the pixels' values last.
  ///   - seed: The seed of the run.
  ///   - name: What the images are for; it tells the random streams of two purposes apart.
  public init(
    _ images: LabelledImages, by augmentation: Augmentation, versions: Int = 1,
    size: ImageSize? = nil, scaling: PixelScaling, seed: UInt64, name: String
  ) {
    require(versions >= 1, "An image has at least one version, not \(versions).")
    self.images = images
    self.augmentation = augmentation
    self.versions = versions
    self.size = size ?? images.size
    self.scaling = scaling
    self.seed = seed
    names = (0..<versions).map { "augmentation, \(name), version \($0)" }
  }

  /// All versions of some images in a epoch, (versions·`indices`.count, height, width, channels):
  /// the first version of each image, then the second of each, and so on.
  public func callAsFunction(_ indices: [Int], epoch: Int) -> Tensor {
    images.tensor(
      count: versions * indices.count, size: size, scaling: scaling
    ) { row in
      let image = indices[row % indices.count]
      var random = RandomStream(seed: seed, names[row / indices.count], epoch, image)
      return (image, augmentation.drawn(using: &random))
    }
  }
}

/// A height and a width in pixels.
public struct ImageSize: Sendable, Equatable {
  let height: Int
  let width: Int

  /// A height and a width, each at least 1.
  public init(height: Int, width: Int) {
    require(height > 0 && width > 0, "\(height)×\(width) is no size of an image.")
    (self.height, self.width) = (height, width)
  }
}

extension LabelledImages {
  /// The size of each image.
  public var size: ImageSize { ImageSize(height: height, width: width) }

  /// Changed images as a network takes them, (`count`, size.height, size.width, scaling's
  /// channels).
  ///
  /// Grey images are repeated in as many channels as `scaling` has. Pictures smaller than the
  /// images show means over what each of their pixels covers.
  ///
  /// - Parameters:
  ///   - count: How many there are.
  ///   - size: Their size; if not given, the images' own.
  ///   - scaling: What is done to the pixels' values last.
  ///   - change: For each of 0 ..< `count`, the index of an image and what is done to it; called on
  ///     any thread.
  public func tensor(
    count: Int, size: ImageSize? = nil, scaling: PixelScaling,
    _ change: (Int) -> (image: Int, augmentation: DrawnAugmentation)
  ) -> Tensor {
    let size = size ?? self.size
    let channels = scaling.mean.count
    require(
      self.channels == channels || self.channels == 1,
      "Images of \(self.channels) channels cannot be scaled as if they had \(channels).")
    require(
      height > 1 && width > 1 && channels <= 4,
      "Images are resampled from 2×2 pixels and up to 4 channels on, not from "
        + "\(height)×\(width) and \(channels).")
    let result = Tensor(uninitialised: [count, size.height, size.width, channels])
    let length = size.height * size.width * channels
    Parallel.forEachRange(of: count) { _, rows in
      var painter = ImagePainter(of: self, scaling: scaling)
      for row in rows {
        let (image, augmentation) = change(row)
        painter.paint(image, augmentation, size, to: result.pointer + row * length)
      }
    }
    return result
  }
}
