import Engine

/// What the outline of a thing in a synthetic colour image looks like.
enum Outline {
  case disc, ring, square, triangle, star, cross

  /// How far a point lies outside the outline, less than 0 inside; the outline reaches about one
  /// unit from the origin, y goes down.
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
      // Equilateral, the tip up: the lower side and the one on the right, where x is at home.
      return max(point.y, 0.866 * x - 0.5 * point.y) - 0.5
    case .star:
      return starDistance(to: point)
    case .cross:
      return min(max(x - 1, y - 0.3), max(x - 0.3, y - 1))
    }
  }

  /// The distance to a star with five tips at 1.1 and notches at 0.45.
  private func starDistance(to point: SIMD2<Float>) -> Float {
    // All ten edges are turned or mirrored onto the one from a tip on the x axis to a notch.
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

/// How the surface of a thing is coloured.
enum Surface {
  /// One colour.
  case plain
  /// Two colours in a pattern.
  case striped, chequered, spotted
  /// All hues, one after another.
  case iridescent

  /// How much of the second colour there is at a point, 0 to 1; the pattern repeats every 2π units.
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

/// A colour in red, green and blue, each from 0 to 1.
typealias Colour = SIMD3<Float>

/// The colour of a hue in turns (0 red, 1/3 green, 2/3 blue), a saturation and a brightness from 0
/// to 1. (A. R. Smith, *Color gamut transform pairs*, SIGGRAPH 1978.)
func colour(hue: Float, saturation: Float, brightness: Float) -> Colour {
  var colour = Colour()
  for channel in 0..<3 {
    let turn = hue - Float(channel) / 3
    let away = 6 * abs(turn - turn.rounded())
    colour[channel] = brightness * (1 - saturation * (1 - min(max(2 - away, 0), 1)))
  }
  return colour
}

/// The unit vector at an angle from the x axis, in radians.
func direction(at angle: Float) -> SIMD2<Float> { SIMD2(.cos(angle), .sin(angle)) }

func length(_ vector: SIMD2<Float>) -> Float { (vector * vector).sum().squareRoot() }
