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
    to target: UnsafeMutablePointer<Float>, pointStride: Int
  ) {
    // Half of the points along the first axis at a time: 36 vectors would not fit the registers.
    for half in 0..<2 {
      let target = target + 18 * half * pointStride
      @inline(__always)
      func column(_ j: Int) -> Three {
        let d = six(source + j * channels, stride: rowStride)
        return half == 0 ? nearInputPoints(d) : farInputPoints(d)
      }
      let (a, b, c, d, e, f) = (column(0), column(1), column(2), column(3), column(4), column(5))
      store(inputPoints((a.0, b.0, c.0, d.0, e.0, f.0)), to: target, row: 0, pointStride)
      store(inputPoints((a.1, b.1, c.1, d.1, e.1, f.1)), to: target, row: 1, pointStride)
      store(inputPoints((a.2, b.2, c.2, d.2, e.2, f.2)), to: target, row: 2, pointStride)
    }
  }

  /// Aᵀ m A, m's 36 points at `source`, `pointStride` apart; calls `write` with each of the tile's
  /// rows.
  @inline(__always)
  static func output(
    _ source: UnsafePointer<Float>, pointStride: Int, write: (_ row: Int, _ pixels: Four) -> Void
  ) {
    @inline(__always)
    func column(_ j: Int) -> Four {
      outputPixels(six(source + j * pointStride, stride: 6 * pointStride))
    }
    let (a, b, c, d, e, f) = (column(0), column(1), column(2), column(3), column(4), column(5))
    write(0, outputPixels((a.0, b.0, c.0, d.0, e.0, f.0)))
    write(1, outputPixels((a.1, b.1, c.1, d.1, e.1, f.1)))
    write(2, outputPixels((a.2, b.2, c.2, d.2, e.2, f.2)))
    write(3, outputPixels((a.3, b.3, c.3, d.3, e.3, f.3)))
  }

  /// `target` ← A e Aᵀ, the 36 points `pointStride` apart, the 4×4 tile e at `source` as in
  /// ``input(_:rowStride:channels:to:pointStride:)``.
  @inline(__always)
  static func outputGradient(
    _ source: UnsafePointer<Float>, rowStride: Int, channels: Int,
    to target: UnsafeMutablePointer<Float>, pointStride: Int
  ) {
    @inline(__always)
    func column(_ j: Int) -> Six {
      let e = source + j * channels
      return gradientPoints(
        (e.vector, (e + rowStride).vector, (e + 2 * rowStride).vector, (e + 3 * rowStride).vector))
    }
    let (a, b, c, d) = (column(0), column(1), column(2), column(3))
    store(gradientPoints((a.0, b.0, c.0, d.0)), to: target, row: 0, pointStride)
    store(gradientPoints((a.1, b.1, c.1, d.1)), to: target, row: 1, pointStride)
    store(gradientPoints((a.2, b.2, c.2, d.2)), to: target, row: 2, pointStride)
    store(gradientPoints((a.3, b.3, c.3, d.3)), to: target, row: 3, pointStride)
    store(gradientPoints((a.4, b.4, c.4, d.4)), to: target, row: 4, pointStride)
    store(gradientPoints((a.5, b.5, c.5, d.5)), to: target, row: 5, pointStride)
  }

  /// `target` ← G g Gᵀ, the 36 points `pointStride` apart, the 3×3 filter g at `source` with its
  /// nine numbers `stride` apart.
  @inline(__always)
  static func filter(
    _ source: UnsafePointer<Float>, stride: Int,
    to target: UnsafeMutablePointer<Float>, pointStride: Int
  ) {
    @inline(__always)
    func column(_ j: Int) -> Six {
      let g = source + j * stride
      return filterPoints((g.vector, (g + 3 * stride).vector, (g + 6 * stride).vector))
    }
    let (a, b, c) = (column(0), column(1), column(2))
    store(filterPoints((a.0, b.0, c.0)), to: target, row: 0, pointStride)
    store(filterPoints((a.1, b.1, c.1)), to: target, row: 1, pointStride)
    store(filterPoints((a.2, b.2, c.2)), to: target, row: 2, pointStride)
    store(filterPoints((a.3, b.3, c.3)), to: target, row: 3, pointStride)
    store(filterPoints((a.4, b.4, c.4)), to: target, row: 4, pointStride)
    store(filterPoints((a.5, b.5, c.5)), to: target, row: 5, pointStride)
  }

  /// `target` ← Gᵀ u G, nine numbers `stride` apart, u's 36 points at `source`, `pointStride`
  /// apart.
  @inline(__always)
  static func filterGradient(
    _ source: UnsafePointer<Float>, pointStride: Int,
    to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    @inline(__always)
    func column(_ j: Int) -> Three {
      filterNumbers(six(source + j * pointStride, stride: 6 * pointStride))
    }
    @inline(__always)
    func write(_ row: Int, _ g: Three) {
      let target = target + 3 * row * stride
      target.vector = g.0
      (target + stride).vector = g.1
      (target + 2 * stride).vector = g.2
    }
    let (a, b, c, d, e, f) = (column(0), column(1), column(2), column(3), column(4), column(5))
    write(0, filterNumbers((a.0, b.0, c.0, d.0, e.0, f.0)))
    write(1, filterNumbers((a.1, b.1, c.1, d.1, e.1, f.1)))
    write(2, filterNumbers((a.2, b.2, c.2, d.2, e.2, f.2)))
  }
}

// MARK: - Along one axis

typealias Three = (Vector, Vector, Vector)
typealias Four = (Vector, Vector, Vector, Vector)
private typealias Six = (Vector, Vector, Vector, Vector, Vector, Vector)

@inline(__always)
private func six(_ source: UnsafePointer<Float>, stride: Int) -> Six {
  (
    source.vector, (source + stride).vector, (source + 2 * stride).vector,
    (source + 3 * stride).vector, (source + 4 * stride).vector, (source + 5 * stride).vector
  )
}

/// Writes a row of the transformed tile.
@inline(__always)
private func store(
  _ t: Six, to target: UnsafeMutablePointer<Float>, row: Int, _ pointStride: Int
) {
  let target = target + 6 * row * pointStride
  target.vector = t.0
  (target + pointStride).vector = t.1
  (target + 2 * pointStride).vector = t.2
  (target + 3 * pointStride).vector = t.3
  (target + 4 * pointStride).vector = t.4
  (target + 5 * pointStride).vector = t.5
}

/// Bᵀ d.
@inline(__always)
private func inputPoints(_ d: Six) -> Six {
  let (near, far) = (nearInputPoints(d), farInputPoints(d))
  return (near.0, near.1, near.2, far.0, far.1, far.2)
}

/// The first three of Bᵀ d: at 0 and ±1.
@inline(__always)
private func nearInputPoints(_ d: Six) -> Three {
  let even = d.4.addingProduct(-4, d.2)
  let odd = d.3.addingProduct(-4, d.1)
  return (d.4.addingProduct(4, d.0).addingProduct(-5, d.2), even + odd, even - odd)
}

/// The last three of Bᵀ d: at ±2 and ∞.
@inline(__always)
private func farInputPoints(_ d: Six) -> Three {
  let even = d.4 - d.2
  let odd = d.3 - d.1
  return (
    even.addingProduct(2, odd), even.addingProduct(-2, odd),
    d.5.addingProduct(4, d.1).addingProduct(-5, d.3)
  )
}

/// Aᵀ m.
@inline(__always)
private func outputPixels(_ m: Six) -> Four {
  let sum = m.1 + m.2
  let difference = m.1 - m.2
  let outerSum = m.3 + m.4
  let outerDifference = m.3 - m.4
  return (
    m.0 + sum + outerSum,
    difference.addingProduct(2, outerDifference),
    sum.addingProduct(4, outerSum),
    (difference + m.5).addingProduct(8, outerDifference)
  )
}

/// A e.
@inline(__always)
private func gradientPoints(_ e: Four) -> Six {
  let even = e.0 + e.2
  let odd = e.1 + e.3
  let outerEven = e.0.addingProduct(4, e.2)
  let outerOdd = (2 * e.1).addingProduct(8, e.3)
  return (e.0, even + odd, even - odd, outerEven + outerOdd, outerEven - outerOdd, e.3)
}

/// G g.
@inline(__always)
private func filterPoints(_ g: Three) -> Six {
  let outer = (g.0 + g.2) * (-1 / 6)
  let middle = g.1 * (1 / 6)
  let farOuter = (g.2 * (1 / 6)).addingProduct(1 / 24, g.0)
  let farMiddle = g.1 * (1 / 12)
  return (
    g.0 * 0.25, outer - middle, outer + middle, farOuter + farMiddle, farOuter - farMiddle, g.2
  )
}

/// Gᵀ u.
@inline(__always)
private func filterNumbers(_ u: Six) -> Three {
  let near = (u.1 + u.2) * (1 / 6)
  let far = u.3 + u.4
  return (
    (u.0 * 0.25 - near).addingProduct(1 / 24, far),
    ((u.2 - u.1) * (1 / 6)).addingProduct(1 / 12, u.3 - u.4),
    (u.5 - near).addingProduct(1 / 6, far)
  )
}

extension Vector {
  @inline(__always)
  fileprivate func addingProduct(_ factor: Float, _ other: Vector) -> Vector {
    addingProduct(Vector(repeating: factor), other)
  }
}
