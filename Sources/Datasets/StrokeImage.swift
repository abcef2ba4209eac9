/// A square grey image on which strokes of a pen are drawn with soft edges.
///
/// Each pixel holds its distance to the nearest stroke, so that strokes can cross without getting
/// darker and the pen's thickness is chosen when the distances become grey values.
struct StrokeImage {
  /// The height and width in pixels.
  let size: Int
  /// How far from a stroke the ink may reach, in pixels; distances beyond it are not computed.
  let reach: Float
  private var squaredDistances: [Float]

  init(size: Int, reach: Float) {
    self.size = size
    self.reach = reach
    squaredDistances = [Float](repeating: reach * reach, count: size * size)
  }

  /// Adds a stroke of straight segments between `points`, in pixels from the image's top left
  /// corner.
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

  /// The rows or columns of the image whose centres may lie between two coordinates.
  private func pixels(between first: Float, and last: Float) -> Range<Int> {
    let first = Int(min(max(first, 0), Float(size)))
    let last = Int(min(max(last + 1, 0), Float(size)))
    return first..<last
  }

  /// The ink on each pixel from 0 to 1, (size, size): 1 within a pen of `radius` pixels, falling to
  /// 0 over `softness` pixels at its edge.
  func ink(radius: Float, softness: Float) -> [Float] {
    squaredDistances.map { min(max((radius - $0.squareRoot()) / softness + 0.5, 0), 1) }
  }
}
