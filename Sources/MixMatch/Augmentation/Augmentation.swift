import Engine

/// How the images of a training are varied: transforms, each with its chance and the distribution
/// of its parameters.
public struct Augmentation: Sendable {
  /// The transforms in the order in which an image meets them; changes of light come first in any
  /// case, because they act on the image's bytes.
  public let transforms: [RandomTransform]

  /// An augmentation by `transforms`, each of which has its own coin.
  public init(_ transforms: [RandomTransform]) { self.transforms = transforms }

  /// Images stay as they are.
  public static let none = Augmentation([])

  /// The paper's choice: mirrored with probability 1/2, shifted by up to 4 pixels along both axes
  /// with reflected borders (Berthelot et al. 2019, section 4.1).
  public static let mirrorAndShift = Augmentation([.mirror, .shift])

  /// The article's choice: fastai v1's `get_transforms()` with its defaults (vision/transform.py).
  ///
  /// Its random crop does nothing to images that have the wanted size already, and is left out.
  /// fastai sorts the others by kind and puts the warp in front of the affine map in the chain that
  /// leads from the result back to the image; the order here says the same from the image on.
  ///
  /// Light comes first, as fastai's `Image.refresh` (vision/image.py) has it. There, a change of
  /// light that finds a resampling waiting has it done first, because it needs the pixels: values
  /// then differ by 0.2/255 in the mean.
  public static let fastai = Augmentation([
    .brightness, .contrast, .rotation, .zoom, .warp, .mirror,
  ])

  /// Flips each transform's coin, and draws the parameters of those that are to happen.
  public func drawn(using random: inout RandomStream) -> DrawnAugmentation {
    var drawn: [ImageTransform] = []
    drawn.reserveCapacity(transforms.count)
    for transform in transforms where random.uniform() < transform.probability {
      drawn.append(transform.drawn(using: &random))
    }
    return DrawnAugmentation(drawn)
  }
}

/// What is done to one image: transforms with their parameters.
public struct DrawnAugmentation: Sendable, Equatable {
  /// The transforms in the order in which the image meets them.
  public let transforms: [ImageTransform]

  /// The given transforms, one after the other.
  public init(_ transforms: [ImageTransform]) { self.transforms = transforms }

  /// All changes of light as one.
  var lighting: Lighting { Lighting(transforms) }

  /// All geometric transforms as one: where on the image a position of the result is found.
  ///
  /// What the last transform shows at a position, it has from the image that the one before it
  /// made; so positions go through the maps from the last to the first.
  func map(height: Int, width: Int) -> ProjectiveMap {
    transforms.reduce(.identity) { $0 * $1.map(height: height, width: width) }
  }
}
