/// A projective map of the plane: (x, y) ↦ (u/w, v/w), where (u, v, w) is a 3×3 matrix times
/// (x, y, 1).
struct ProjectiveMap: Sendable {
  /// The rows of the matrix.
  var u, v, w: SIMD3<Double>

  init(_ u: SIMD3<Double>, _ v: SIMD3<Double>, _ w: SIMD3<Double> = [0, 0, 1]) {
    (self.u, self.v, self.w) = (u, v, w)
  }

  static let identity = ProjectiveMap([1, 0, 0], [0, 1, 0])

  /// The image of (x, y) under the map.
  @inline(__always)
  func callAsFunction(_ x: Double, _ y: Double) -> SIMD2<Double> {
    let scale = 1 / (w.x * x + w.y * y + w.z)
    return [(u.x * x + u.y * y + u.z) * scale, (v.x * x + v.y * y + v.z) * scale]
  }

  /// The composition of two maps: `second`, then `first`.
  static func * (first: ProjectiveMap, second: ProjectiveMap) -> ProjectiveMap {
    func row(_ row: SIMD3<Double>) -> SIMD3<Double> {
      row.x * second.u + row.y * second.v + row.z * second.w
    }
    return ProjectiveMap(row(first.u), row(first.v), row(first.w))
  }

  /// The inverse map. The adjugate replaces the inverse matrix, since a common factor cancels.
  var inverse: ProjectiveMap {
    let (a, b, c) = (cross(v, w), cross(w, u), cross(u, v))
    return ProjectiveMap([a.x, b.x, c.x], [a.y, b.y, c.y], [a.z, b.z, c.z])
  }
}

extension ProjectiveMap {
  /// The map that sends (−1, −1), (1, −1), (1, 1) and (−1, 1) to four given points, in closed form
  /// (Heckbert, *Fundamentals of texture mapping and image warping*, 1989, section 2.2.3).
  init(
    takingCornersTo p0: SIMD2<Double>, _ p1: SIMD2<Double>, _ p2: SIMD2<Double>,
    _ p3: SIMD2<Double>
  ) {
    let (d1, d2, sum) = (p1 - p2, p3 - p2, p0 - p1 + p2 - p3)
    let area = d1.x * d2.y - d2.x * d1.y
    let g = (sum.x * d2.y - d2.x * sum.y) / area
    let h = (d1.x * sum.y - sum.x * d1.y) / area
    let (along, down) = (p1 - p0 + g * p1, p3 - p0 + h * p3)
    let fromUnitSquare = ProjectiveMap(
      [along.x, down.x, p0.x], [along.y, down.y, p0.y], [g, h, 1])
    self = fromUnitSquare * ProjectiveMap([0.5, 0, 0.5], [0, 0.5, 0.5])
  }
}

private func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}
