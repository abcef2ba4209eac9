import Engine

/// Returns a synthetic data set in MNIST's format and size, as a replacement when MNIST is not available.
///
/// Each image shows one of several handwritten forms of its digit. The points of the form are moved at
/// random; the pen has a random thickness; the digit is slanted, rotated, stretched and shifted at random,
/// and a little noise is added. Image *n* depends only on the seed and *n*.
///
/// - Parameters:
///   - trainCount: The number of training images.
///   - testCount: The number of test images.
///   - seed: The seed of the data set.
public func syntheticDigits(
  trainCount: Int = 60_000, testCount: Int = 10_000, seed: UInt64 = 0
) -> ImageDataset {
  syntheticImages(
    name: "synthetic digits", classNames: (0...9).map(String.init), size: size, channels: 1,
    trainCount: trainCount, testCount: testCount, seed: seed, draw: drawDigit)
}

/// The height and width of an image, as in MNIST.
private let size = 28

/// Draws one digit and returns its pixels: (28, 28).
private func drawDigit(_ digit: Int, _ random: inout RandomStream) -> [UInt8] {
  let shapes = digitShapes[digit]
  let strokes = shapes[random.integer(below: shapes.count)]
  let placement = Placement(random: &random)
  let radius = random.uniform(in: 0.7..<1.7)
  let noise = random.uniform(in: 0..<0.15)
  var image = StrokeImage(size: size, reach: 3)
  for stroke in strokes {
    let points = stroke.points.map { point in
      point + 0.1 * SIMD2(random.normal(), random.normal())
    }
    let course = stroke.path == .curved ? curve(through: points) : points
    image.add(course.map { placement.pixel(of: $0) })
  }
  return image.ink(radius: radius, softness: 1.3).map { ink in
    UInt8(255 * min(max(ink + noise * (random.uniform() - random.uniform()), 0), 1))
  }
}

/// The position, size, slant and rotation of a digit on the image.
private struct Placement {
  private let right: SIMD2<Float>
  private let down: SIMD2<Float>
  private let centre: SIMD2<Float>

  init(random: inout RandomStream) {
    let angle = random.uniform(in: -15..<15) * Float.pi / 180
    let slant = random.uniform(in: -0.6..<0.2)
    // As in MNIST, a digit fills about 20 of the 28 pixels.
    let width = 10 * random.uniform(in: 0.7..<1.25)
    let height = 10 * random.uniform(in: 0.8..<1.05)
    let along = direction(at: angle)
    right = width * along
    down = height * (slant * along + SIMD2(-along.y, along.x))
    centre = Float(size) / 2 + 2 * SIMD2(random.uniform(in: -1..<1), random.uniform(in: -1..<1))
  }

  /// Returns the position on the image, in pixels, of a point of the digit's form.
  func pixel(of point: SIMD2<Float>) -> SIMD2<Float> {
    centre + point.x * right + point.y * down
  }
}

/// Returns the Catmull–Rom spline through all `points` as a sequence of short straight segments.
private func curve(through points: [SIMD2<Float>]) -> [SIMD2<Float>] {
  let segmentsPerSpan = 5
  var course = [points[0]]
  for span in 0..<(points.count - 1) {
    let start = points[span]
    let end = points[span + 1]
    let startSlope = (end - points[max(span - 1, 0)]) / 2
    let endSlope = (points[min(span + 2, points.count - 1)] - start) / 2
    for segment in 1...segmentsPerSpan {
      let t = Float(segment) / Float(segmentsPerSpan)
      // Cubic Hermite interpolation.
      let bend = (2 * t - 3) * t * t
      let position = start + (start - end) * bend
      course.append(position + t * (t - 1) * ((t - 1) * startSlope + t * endSlope))
    }
  }
  return course
}
