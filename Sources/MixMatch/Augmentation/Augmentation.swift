import Engine

/// The random transforms that each training image goes through.
public struct Augmentation: Sendable {
  /// The name in options and records. A training run is recorded with the name alone, so different transforms need
  /// different names.
  public let name: String
  /// The transforms in the order of their application; brightness and contrast are applied after the
  /// resampling in any case.
  public let transforms: [RandomTransform]

  /// An augmentation by `transforms`, each of which is applied or not independently of the others.
  public init(_ name: String, _ transforms: [RandomTransform]) {
    (self.name, self.transforms) = (name, transforms)
  }

  /// No augmentation: images stay unchanged.
  public static let none = Augmentation("none", [])

  /// The paper's augmentation: a mirror image with probability ½, and shifts of up to 4 pixels along both
  /// axes with reflected borders (Berthelot et al. 2019, section 4.1).
  public static let mirrorAndShift = Augmentation("mirror-and-shift", [.mirror, .shift])

  /// The article's augmentation: fastai v1's `get_transforms()` with its defaults (vision/transform.py).
  ///
  /// fastai's random crop is left out, as it does nothing to images that already have the target size.
  /// fastai sorts the other transforms by kind and applies the warp before the affine map when it maps
  /// positions of the result back to the image; the order here is the same, seen from the image.
  ///
  /// As in fastai, the image is resampled before brightness and contrast are changed.
  public static let fastai = Augmentation(
    "fastai", [.brightness, .contrast, .rotation, .zoom, .warp, .mirror])

  /// The augmentations that options can name.
  public static let all = [fastai, mirrorAndShift, none]

  /// Decides for each transform whether it is applied, and draws the parameters of those that are.
  public func sampled(using random: inout RandomStream) -> SampledAugmentation {
    var sampled: [ImageTransform] = []
    sampled.reserveCapacity(transforms.count)
    for transform in transforms where random.uniform() < transform.probability {
      sampled.append(transform.sampled(using: &random))
    }
    return SampledAugmentation(sampled)
  }
}

extension Augmentation: Encodable {
  /// Encodes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// The transforms of one image, with their parameters.
public struct SampledAugmentation: Sendable, Equatable {
  /// The transforms in the order of their application.
  public let transforms: [ImageTransform]

  /// The given transforms, applied one after the other.
  public init(_ transforms: [ImageTransform]) { self.transforms = transforms }

  /// All changes of brightness and contrast as one.
  var lighting: Lighting { Lighting(transforms) }

  /// All geometric transforms as one map, from positions on the result to positions on the image.
  ///
  /// The last transform reads from the result of the transform before it, so a position goes through the
  /// maps from the last to the first.
  func map(height: Int, width: Int) -> ProjectiveMap {
    transforms.reduce(.identity) { $0 * $1.map(height: height, width: width) }
  }
}
