import Engine

/// A transform of an image, with its parameters.
///
/// The formulas are fastai v1's (vision/transform.py). Positions (x, y) range from −1 at the centre of
/// the first column or row to 1 at the centre of the last. A geometric transform maps each position of
/// the result to the position on the image that it takes its colour from.
public enum ImageTransform: Sendable, Equatable {
  /// Adds logit(`change`) to the logit of every pixel value; `change` lies between 0 and 1, and 0.5 is
  /// the identity.
  case brightness(change: Float)
  /// Multiplies the logit of every pixel value by `scale`, which is above 0.
  case contrast(scale: Float)
  /// Rotates the image counterclockwise.
  case rotation(degrees: Float)
  /// Enlarges the image by `scale`, which is above 0, about a centre given as fractions of the height and
  /// the width.
  case zoom(scale: Float, row: Float, column: Float)
  /// Moves both ends of each edge apart, or together for negative values, by a fraction of half its
  /// length, at most 0.3: fastai's `symmetric_warp` with the magnitudes in its order.
  case warp(right: Float, left: Float, bottom: Float, top: Float)
  /// Mirrors the image, left and right swapped.
  case mirror
  /// Shifts the image down and to the right by whole pixels; up and to the left for negative values.
  case shift(rows: Int, columns: Int)
}

extension ImageTransform {
  /// The map from positions of the result to positions on an image of `height`×`width` pixels; the
  /// identity for brightness and contrast.
  func map(height: Int, width: Int) -> ProjectiveMap {
    switch self {
    case .brightness, .contrast: return .identity
    case .rotation(let degrees):
      let angle = Double(degrees) * .pi / 180
      let aspect = Double(height) / Double(width)
      let (cos, sin) = (Double.cos(angle), Double.sin(angle))
      return ProjectiveMap([cos, -sin * aspect, 0], [sin / aspect, cos, 0])
    case .zoom(let scale, let row, let column):
      require(scale > 0, "The scale of a zoom is above 0, not \(scale).")
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

/// The map from the warped corners to the corners of the image.
private func warpMap(_ magnitudes: SIMD4<Double>) -> ProjectiveMap {
  let (right, left, bottom, top) = (magnitudes[0], magnitudes[1], magnitudes[2], magnitudes[3])
  require(
    // Larger warps could show the horizon, where positions are infinite.
    magnitudes.max() <= 0.3 && magnitudes.min() >= -0.3,
    "The magnitudes of a warp lie between −0.3 and 0.3, not at \(magnitudes).")
  return ProjectiveMap(
    takingCornersTo: [-1 - top, -1 - left], [1 + top, -1 - right], [1 + bottom, 1 + right],
    [-1 - bottom, 1 + left]
  ).inverse
}
