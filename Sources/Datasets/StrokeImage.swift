/// A square grey image of pen strokes with soft edges.
///
/// Each pixel stores its distance to the nearest stroke. Strokes can therefore cross without becoming
/// brighter, and the pen's thickness is chosen when the distances are converted to grey values.
struct StrokeImage {
  /// The height and width in pixels.
  let size: Int
  /// The largest distance from a stroke that is computed, in pixels.
  let reach: Float
  private var squaredDistances: [Float]

  init(size: Int, reach: Float) {
    self.size = size
    self.reach = reach
    squaredDistances = [Float](repeating: reach * reach, count: size * size)
  }

  /// Adds a stroke of straight segments between `points`, in pixels from the top left corner.
  mutating func add(_ points: [SIMD2<Float>]) {
    for (start, end) in zip(points, points.dropFirst()) { add(from: start, to: end) }
  }

  private mutating func add(from start: SIMD2<Float>, to end: SIMD2<Float>) {
    let first = pointwiseMin(start, end) - reach
    let last = pointwiseMax(start, end) + reach
    let columns = pixels(between: first.x, and: last.x)
    let rows = pixels(between: first.y, and: last.y)
    let direction = end - start
    let squaredLength = max((direction * direction).sum(), .leastNormalMagnitude)
    for row in rows {
      for column in columns {
        let toPixel = SIMD2(Float(column), Float(row)) + 0.5 - start
        let along = min(max((toPixel * direction).sum() / squaredLength, 0), 1)
        let across = toPixel - along * direction
        let pixel = row * size + column
        squaredDistances[pixel] = min(squaredDistances[pixel], (across * across).sum())
      }
    }
  }

  /// Returns the rows or columns of pixels whose centres may lie between two coordinates.
  private func pixels(between first: Float, and last: Float) -> Range<Int> {
    let first = Int(min(max(first, 0), Float(size)))
    let last = Int(min(max(last + 1, 0), Float(size)))
    return first..<last
  }

  /// Returns the ink on each pixel, from 0 to 1: (size, size).
  ///
  /// - Parameters:
  ///   - radius: The radius of the pen in pixels.
  ///   - softness: The width of the edge over which the ink falls from 1 to 0, in pixels.
  func ink(radius: Float, softness: Float) -> [Float] {
    squaredDistances.map { min(max((radius - $0.squareRoot()) / softness + 0.5, 0), 1) }
  }
}
