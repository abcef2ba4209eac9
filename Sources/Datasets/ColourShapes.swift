import Engine

/// The outline of an object in a synthetic colour image.
enum Outline {
  case disc, ring, square, triangle, star, cross

  /// Returns the distance of a point from the outline, negative inside.
  ///
  /// The outline reaches about one unit from the origin; the y axis points down.
  func distance(to point: SIMD2<Float>) -> Float {
    let x = abs(point.x)
    let y = abs(point.y)
    switch self {
    case .disc:
      return length(point) - 0.9
    case .ring:
      return abs(length(point) - 0.72) - 0.22
    case .square:
      return max(x, y) - 0.8
    case .triangle:
      // Equilateral, with one vertex on top; x is the absolute value, so one slanted side is enough.
      return max(point.y, 0.866 * x - 0.5 * point.y) - 0.5
    case .star:
      return starDistance(to: point)
    case .cross:
      return min(max(x - 1, y - 0.3), max(x - 0.3, y - 1))
    }
  }

  /// Returns the distance from a star with five tips at radius 1.1 and notches at radius 0.45.
  private func starDistance(to point: SIMD2<Float>) -> Float {
    // Symmetry maps all ten edges to the edge from the tip on the x axis to a notch.
    let fifth = 2 * Float.pi / 5
    let angle = Float.atan2(y: point.x, x: -point.y)
    let folded = abs(angle - fifth * (angle / fifth).rounded())
    let place = length(point) * direction(at: folded)
    let tip: SIMD2<Float> = [1.1, 0]
    let edge = 0.45 * direction(at: fifth / 2) - tip
    let fromTip = place - tip
    return (edge.y * fromTip.x - edge.x * fromTip.y) / length(edge)
  }
}

/// The colouring of an object in a synthetic colour image.
enum Surface {
  /// One colour.
  case plain
  /// A pattern of two colours.
  case striped, chequered, spotted
  /// All hues in sequence.
  case iridescent

  /// Returns the proportion of the second colour at a point, from 0 to 1; the pattern has period 2π.
  func shareOfSecond(at point: SIMD2<Float>) -> Float {
    let height: Float =
      switch self {
      case .plain, .iridescent: -1
      case .striped: .sin(point.x)
      case .chequered: 2 * .sin(point.x) * .sin(point.y)
      case .spotted: .cos(point.x) + .cos(point.y) - 0.6
      }
    return min(max(0.5 + 1.5 * height, 0), 1)
  }
}

/// A colour as red, green and blue, each from 0 to 1.
typealias Colour = SIMD3<Float>

/// Converts a colour from hue, saturation and brightness to RGB (A. R. Smith, *Color gamut transform
/// pairs*, SIGGRAPH 1978).
///
/// - Parameters:
///   - hue: The hue in turns: 0 is red, 1/3 green, 2/3 blue.
///   - saturation: The saturation, from 0 to 1.
///   - brightness: The brightness, from 0 to 1.
func colour(hue: Float, saturation: Float, brightness: Float) -> Colour {
  var colour = Colour()
  for channel in 0..<3 {
    let turn = hue - Float(channel) / 3
    let away = 6 * abs(turn - turn.rounded())
    colour[channel] = brightness * (1 - saturation * (1 - min(max(2 - away, 0), 1)))
  }
  return colour
}

/// Returns the unit vector at an angle from the x axis, in radians.
func direction(at angle: Float) -> SIMD2<Float> { SIMD2(.cos(angle), .sin(angle)) }

/// Returns the Euclidean norm of a vector.
func length(_ vector: SIMD2<Float>) -> Float { (vector * vector).sum().squareRoot() }
