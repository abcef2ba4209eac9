import Datasets
import Engine

/// Training images that are augmented anew in each epoch.
///
/// An augmented image is a pure function of the seed, the name, the epoch, the version and the image's
/// index. It does not depend on the number of threads or on the batch.
public struct AugmentedImages: Sendable {
  private let images: LabelledImages
  private let augmentation: Augmentation
  private let versions: Int
  private let size: ImageSize
  private let scaling: PixelScaling
  private let seed: UInt64
  private let names: [String]

  /// Images to be augmented.
  ///
  /// - Parameters:
  ///   - images: The images.
  ///   - augmentation: The random transforms.
  ///   - versions: The number of versions of each image in an epoch, the method's K.
  ///   - size: The height and width of the augmented images; the images' own if not given.
  ///   - scaling: The normalisation of pixel values, applied last; nil for values from 0 to 1 in the images' own
  ///     channels.
  ///   - seed: The seed of the run.
  ///   - name: The purpose of the images; different names have independent random numbers.
  public init(
    _ images: LabelledImages, by augmentation: Augmentation, versions: Int = 1,
    size: ImageSize? = nil, scaling: PixelScaling? = nil, seed: UInt64, name: String
  ) {
    require(versions >= 1, "An image has at least one version, not \(versions).")
    self.images = images
    self.augmentation = augmentation
    self.versions = versions
    self.size = size ?? images.size
    self.scaling = scaling ?? images.unitScaling
    self.seed = seed
    names = (0..<versions).map { "augmentation, \(name), version \($0)" }
  }

  /// All versions of the images at `indices` in an epoch, (versions·`indices`.count, height, width,
  /// channels): the first version of each image, then the second of each, and so on.
  public func callAsFunction(_ indices: [Int], epoch: Int) -> Tensor {
    images.transformed(
      count: versions * indices.count, size: size, scaling: scaling
    ) { row in
      let image = indices[row % indices.count]
      var random = RandomStream(seed: seed, names[row / indices.count], epoch, image)
      return (image, augmentation.sampled(using: &random))
    }
  }
}

/// A height and a width in pixels.
public struct ImageSize: Sendable, Hashable {
  /// The height in pixels.
  public let height: Int
  /// The width in pixels.
  public let width: Int

  /// A size of at least 1×1.
  public init(height: Int, width: Int) {
    require(height > 0 && width > 0, "An image has at least 1×1 pixels, not \(height)×\(width).")
    (self.height, self.width) = (height, width)
  }
}

extension LabelledImages {
  /// The size of each image.
  public var size: ImageSize { ImageSize(height: height, width: width) }

  /// The images at `indices`, resampled to `size`, as the input of a network: (`indices`.count,
  /// size.height, size.width, channels of `scaling`).
  ///
  /// Where `scaling` is nil, values are from 0 to 1 in the images' own channels.
  ///
  /// Where `size` is nil or the images' own, pixels are only normalised; otherwise the process ends with a message if
  /// ``transformed(count:size:scaling:_:)`` cannot resample them.
  public func tensor(
    _ indices: some Collection<Int>, size: ImageSize?, scaling: PixelScaling? = nil
  ) -> Tensor {
    guard let size, size != self.size else { return tensor(indices, scaling: scaling) }
    let indices = Array(indices)
    return transformed(count: indices.count, size: size, scaling: scaling) {
      (indices[$0], SampledAugmentation([]))
    }
  }

  /// Transformed images as the input of a network, (`count`, size.height, size.width, channels of
  /// `scaling`).
  ///
  /// Grey images are repeated in as many channels as `scaling` has. A pixel of a result that is smaller
  /// than the image is the mean over the area that it covers. The process ends with a message if the images have fewer
  /// than 2×2 pixels, if `scaling` has more than 4 channels, or if it has another number than the images and they are
  /// not grey.
  ///
  /// - Parameters:
  ///   - count: The number of results.
  ///   - size: The size of the results; the images' own if not given.
  ///   - scaling: The normalisation of pixel values, applied last; nil for values from 0 to 1 in the images' own
  ///     channels.
  ///   - change: For each of 0 ..< `count`, the index of an image and its transforms; called on any
  ///     thread.
  public func transformed(
    count: Int, size: ImageSize? = nil, scaling: PixelScaling? = nil,
    _ change: (Int) -> (image: Int, augmentation: SampledAugmentation)
  ) -> Tensor {
    let (size, scaling) = (size ?? self.size, scaling ?? unitScaling)
    let channels = scaling.mean.count
    require(
      self.channels == channels || self.channels == 1,
      "Images of \(self.channels) channels cannot be normalised as if they had \(channels).")
    require(
      height > 1 && width > 1 && channels <= 4,
      "Resampling takes images of at least 2×2 pixels and at most 4 channels, not "
        + "\(height)×\(width) pixels and \(channels) channels.")
    let result = Tensor(uninitialised: [count, size.height, size.width, channels])
    let length = size.height * size.width * channels
    Parallel.forEachRange(of: count) { _, rows in
      var renderer = ImageRenderer(of: self, scaling: scaling)
      for row in rows {
        let (image, augmentation) = change(row)
        check(CollectionOfOne(image))
        unsafe renderer.render(image, augmentation, size, to: result.pointer + row * length)
      }
    }
    return result
  }
}
