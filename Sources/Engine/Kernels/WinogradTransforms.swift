/// The transforms of Winograd's convolution F(4×4, 3×3) (Lavin and Gray 2016, arXiv:1509.09308), on
/// 16 channels at once.
///
/// A 4×4 tile y of the output is computed from the 6×6 tile d of the input it sees and the 3×3
/// filter g as
///
///     y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
///
/// with 36 multiplications instead of 144. Summed over the input channels the ⊙ becomes 36 products
/// of matrices, one for each of the points. By the same identity the filter's gradient is Gᵀ [(Bᵀ d
/// B) ⊙ (A e Aᵀ)] G, where e is the gradient of y.
///
/// The interpolation points are 0, ±1, ±2 and ∞.
enum WinogradTransform {
  /// Along each axis of the transformed tile.
  static let points = 6
  /// Along each axis of the output tile.
  static let tile = 4
  /// In the transformed tile.
  static let pointCount = points * points

  /// `target` ← Bᵀ d B, the 36 points `pointStride` apart, d at `source` with its rows `rowStride`
  /// apart and its pixels `channels`.
  @inline(__always)
  static func input(
    _ source: UnsafePointer<Float>, rowStride: Int, channels: Int,
    to target: UnsafeMutablePointer<Float>, pointStride: Int,
    workspace: UnsafeMutablePointer<Vector>
  ) {
    for j in 0..<6 {
      let column = source + j * channels
      let t = inputPoints(
        column.vector, (column + rowStride).vector, (column + 2 * rowStride).vector,
        (column + 3 * rowStride).vector, (column + 4 * rowStride).vector,
        (column + 5 * rowStride).vector)
      store(t, to: workspace + j, stride: 6)
    }
    for i in 0..<6 {
      let row = workspace + 6 * i
      let t = inputPoints(row[0], row[1], row[2], row[3], row[4], row[5])
      store(t, to: target + 6 * i * pointStride, stride: pointStride)
    }
  }

  /// `workspace`[0 ..< 16] ← Aᵀ m A, a 4×4 tile in row-major order, m's 36 points at `source`,
  /// `pointStride` apart.
  @inline(__always)
  static func output(
    _ source: UnsafePointer<Float>, pointStride: Int, workspace: UnsafeMutablePointer<Vector>
  ) {
    // The first pass leaves four rows of six, the second overwrites them from the front.
    for j in 0..<6 {
      let column = source + j * pointStride
      let step = 6 * pointStride
      let t = outputPixels(
        column.vector, (column + step).vector, (column + 2 * step).vector,
        (column + 3 * step).vector, (column + 4 * step).vector, (column + 5 * step).vector)
      workspace[j] = t.0
      workspace[6 + j] = t.1
      workspace[12 + j] = t.2
      workspace[18 + j] = t.3
    }
    for i in 0..<4 {
      let row = workspace + 6 * i
      let t = outputPixels(row[0], row[1], row[2], row[3], row[4], row[5])
      workspace[4 * i] = t.0
      workspace[4 * i + 1] = t.1
      workspace[4 * i + 2] = t.2
      workspace[4 * i + 3] = t.3
    }
  }

  /// `target` ← A e Aᵀ, the 36 points `pointStride` apart, the 4×4 tile e at `source` as in
  /// ``input(_:rowStride:channels:to:pointStride:workspace:)``.
  @inline(__always)
  static func outputGradient(
    _ source: UnsafePointer<Float>, rowStride: Int, channels: Int,
    to target: UnsafeMutablePointer<Float>, pointStride: Int,
    workspace: UnsafeMutablePointer<Vector>
  ) {
    for j in 0..<4 {
      let column = source + j * channels
      let t = gradientPoints(
        column.vector, (column + rowStride).vector, (column + 2 * rowStride).vector,
        (column + 3 * rowStride).vector)
      store(t, to: workspace + j, stride: 4)
    }
    for i in 0..<6 {
      let row = workspace + 4 * i
      let t = gradientPoints(row[0], row[1], row[2], row[3])
      store(t, to: target + 6 * i * pointStride, stride: pointStride)
    }
  }

  /// `target` ← G g Gᵀ, the 36 points `pointStride` apart, the 3×3 filter g at `source` with its
  /// nine numbers `stride` apart.
  @inline(__always)
  static func filter(
    _ source: UnsafePointer<Float>, stride: Int,
    to target: UnsafeMutablePointer<Float>, pointStride: Int,
    workspace: UnsafeMutablePointer<Vector>
  ) {
    for j in 0..<3 {
      let column = source + j * stride
      let t = filterPoints(
        column.vector, (column + 3 * stride).vector, (column + 6 * stride).vector)
      store(t, to: workspace + j, stride: 3)
    }
    for i in 0..<6 {
      let row = workspace + 3 * i
      let t = filterPoints(row[0], row[1], row[2])
      store(t, to: target + 6 * i * pointStride, stride: pointStride)
    }
  }

  /// `target` ← Gᵀ u G, nine numbers `stride` apart, u's 36 points at `source`, `pointStride`
  /// apart.
  @inline(__always)
  static func filterGradient(
    _ source: UnsafePointer<Float>, pointStride: Int,
    to target: UnsafeMutablePointer<Float>, stride: Int,
    workspace: UnsafeMutablePointer<Vector>
  ) {
    for j in 0..<6 {
      let column = source + j * pointStride
      let step = 6 * pointStride
      let t = filterNumbers(
        column.vector, (column + step).vector, (column + 2 * step).vector,
        (column + 3 * step).vector, (column + 4 * step).vector, (column + 5 * step).vector)
      workspace[j] = t.0
      workspace[6 + j] = t.1
      workspace[12 + j] = t.2
    }
    for i in 0..<3 {
      let row = workspace + 6 * i
      let t = filterNumbers(row[0], row[1], row[2], row[3], row[4], row[5])
      let target = target + 3 * i * stride
      target.vector = t.0
      (target + stride).vector = t.1
      (target + 2 * stride).vector = t.2
    }
  }
}

// MARK: - Along one axis

private typealias Six = (Vector, Vector, Vector, Vector, Vector, Vector)

@inline(__always)
private func store(_ t: Six, to target: UnsafeMutablePointer<Vector>, stride: Int) {
  target[0] = t.0
  target[stride] = t.1
  target[2 * stride] = t.2
  target[3 * stride] = t.3
  target[4 * stride] = t.4
  target[5 * stride] = t.5
}

@inline(__always)
private func store(_ t: Six, to target: UnsafeMutablePointer<Float>, stride: Int) {
  target.vector = t.0
  (target + stride).vector = t.1
  (target + 2 * stride).vector = t.2
  (target + 3 * stride).vector = t.3
  (target + 4 * stride).vector = t.4
  (target + 5 * stride).vector = t.5
}

/// Bᵀ d.
@inline(__always)
private func inputPoints(
  _ d0: Vector, _ d1: Vector, _ d2: Vector, _ d3: Vector, _ d4: Vector, _ d5: Vector
) -> Six {
  let even = d4.addingProduct(-4, d2)
  let odd = d3.addingProduct(-4, d1)
  let outerEven = d4 - d2
  let outerOdd = d3 - d1
  return (
    d4.addingProduct(4, d0).addingProduct(-5, d2),
    even + odd,
    even - odd,
    outerEven.addingProduct(2, outerOdd),
    outerEven.addingProduct(-2, outerOdd),
    d5.addingProduct(4, d1).addingProduct(-5, d3)
  )
}

/// Aᵀ m.
@inline(__always)
private func outputPixels(
  _ m0: Vector, _ m1: Vector, _ m2: Vector, _ m3: Vector, _ m4: Vector, _ m5: Vector
) -> (Vector, Vector, Vector, Vector) {
  let sum = m1 + m2
  let difference = m1 - m2
  let outerSum = m3 + m4
  let outerDifference = m3 - m4
  return (
    m0 + sum + outerSum,
    difference.addingProduct(2, outerDifference),
    sum.addingProduct(4, outerSum),
    (difference + m5).addingProduct(8, outerDifference)
  )
}

/// A e.
@inline(__always)
private func gradientPoints(_ e0: Vector, _ e1: Vector, _ e2: Vector, _ e3: Vector) -> Six {
  let even = e0 + e2
  let odd = e1 + e3
  let outerEven = e0.addingProduct(4, e2)
  let outerOdd = (2 * e1).addingProduct(8, e3)
  return (e0, even + odd, even - odd, outerEven + outerOdd, outerEven - outerOdd, e3)
}

/// G g.
@inline(__always)
private func filterPoints(_ g0: Vector, _ g1: Vector, _ g2: Vector) -> Six {
  let outer = (g0 + g2) * (-1 / 6)
  let middle = g1 * (1 / 6)
  let farOuter = (g2 * (1 / 6)).addingProduct(1 / 24, g0)
  let farMiddle = g1 * (1 / 12)
  return (
    g0 * 0.25, outer - middle, outer + middle, farOuter + farMiddle, farOuter - farMiddle, g2
  )
}

/// Gᵀ u.
@inline(__always)
private func filterNumbers(
  _ u0: Vector, _ u1: Vector, _ u2: Vector, _ u3: Vector, _ u4: Vector, _ u5: Vector
) -> (Vector, Vector, Vector) {
  let near = (u1 + u2) * (1 / 6)
  let far = u3 + u4
  return (
    (u0 * 0.25 - near).addingProduct(1 / 24, far),
    ((u2 - u1) * (1 / 6)).addingProduct(1 / 12, u3 - u4),
    (u5 - near).addingProduct(1 / 6, far)
  )
}

extension Vector {
  @inline(__always)
  fileprivate func addingProduct(_ factor: Float, _ other: Vector) -> Vector {
    addingProduct(Vector(repeating: factor), other)
  }
}
