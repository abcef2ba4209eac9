import Engine

/// Z = Σᵢ Σⱼ≠ᵢ 1 / (1 + |yᵢ − yⱼ|²) over all pairs, in Float vectors summed in Double.
package func exactNormaliser(of points: UncheckedArray<SIMD2<Float>>) -> Double {
  let count = points.count
  // Points at infinity fill the last vector: they weigh nothing.
  let x = UncheckedArray(count: count + 15, repeating: Float.infinity)
  let y = UncheckedArray(count: count + 15, repeating: Float.infinity)
  for point in 0..<count { (x[point], y[point]) = (points[point].x, points[point].y) }
  var sums = [Double](repeating: 0, count: 64)
  sums.withUnsafeMutableBufferPointer { sums in
    Parallel.forEachRange(of: count, parts: 64) { part, range in
      for point in range {
        var weight = SIMD16<Float>.zero
        for place in stride(from: 0, to: count, by: 16) {
          let dx = x.vector(at: place) - points[point].x
          let dy = y.vector(at: place) - points[point].y
          weight += 1 / (1 + dx * dx + dy * dy)
        }
        sums[part] += Double(weight.sumOfHalves) - 1
      }
    }
  }
  return sums.reduce(0, +)
}
