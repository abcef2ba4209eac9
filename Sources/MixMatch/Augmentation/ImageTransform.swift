import Engine

/// One change of an image, with its parameters.
///
/// The formulas are those of fastai v1 (vision/transform.py). Positions (x, y) go from −1 at the
/// centre of the first column or row to 1 at that of the last; each geometric transform says where
/// on the image the colour of a position is found.
public enum ImageTransform: Sendable, Equatable {
  /// Adds logit(`change`) to the logit of every value; `change` lies between 0 and 1, and 0.5
  /// changes nothing.
  case brightness(change: Float)
  /// Multiplies the logit of every value by `scale`, above 0.
  case contrast(scale: Float)
  /// Turns the image counterclockwise.
  case rotation(degrees: Float)
  /// Enlarges the image by `scale`, above 0, around a centre, given as fractions of the height and
  /// the width.
  case zoom(scale: Float, row: Float, column: Float)
  /// Moves both ends of each edge apart, or together where negative, by fractions of half its
  /// length, at most 0.3 either way: fastai's `symmetric_warp` with the magnitudes in its order.
  case warp(right: Float, left: Float, bottom: Float, top: Float)
  /// Swaps left and right.
  case mirror
  /// Moves the image down and to the right by whole pixels, or the other way where negative.
  case shift(rows: Int, columns: Int)
}

extension ImageTransform {
  /// Where the colour of a position is found, on images of `height`×`width` pixels; the identity
  /// for changes of light.
  func map(height: Int, width: Int) -> ProjectiveMap {
    switch self {
    case .brightness, .contrast: return .identity
    case .rotation(let degrees):
      let angle = Double(degrees) * .pi / 180
      let aspect = Double(height) / Double(width)
      let (cos, sin) = (Double.cos(angle), Double.sin(angle))
      return ProjectiveMap([cos, -sin * aspect, 0], [sin / aspect, cos, 0])
    case .zoom(let scale, let row, let column):
      require(scale > 0, "An image is enlarged by a positive number, not \(scale).")
      let part = 1 / Double(scale)
      return ProjectiveMap(
        [part, 0, (1 - part) * (2 * Double(column) - 1)],
        [0, part, (1 - part) * (2 * Double(row) - 1)])
    case .warp(let right, let left, let bottom, let top):
      return warpMap(SIMD4(Double(right), Double(left), Double(bottom), Double(top)))
    case .mirror: return ProjectiveMap([-1, 0, 0], [0, 1, 0])
    case .shift(let rows, let columns):
      return ProjectiveMap(
        [1, 0, -2 * Double(columns) / Double(width - 1)],
        [0, 1, -2 * Double(rows) / Double(height - 1)])
    }
  }
}

/// The map that takes the warped corners to the image's.
private func warpMap(_ magnitudes: SIMD4<Double>) -> ProjectiveMap {
  let (right, left, bottom, top) = (magnitudes[0], magnitudes[1], magnitudes[2], magnitudes[3])
  require(
    // Farther out, the horizon could come into the picture.
    magnitudes.max() <= 0.3 && magnitudes.min() >= -0.3,
    "Edges are warped by at most 0.3, not by \(magnitudes).")
  return ProjectiveMap(
    takingCornersTo: [-1 - top, -1 - left], [1 + top, -1 - right], [1 + bottom, 1 + right],
    [-1 - bottom, 1 + left]
  ).inverse
}
