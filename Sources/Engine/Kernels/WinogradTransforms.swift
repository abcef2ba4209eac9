/// The transforms of Winograd's convolution F(4×4, 3×3) (Lavin and Gray 2016, arXiv:1509.09308), on
/// the neighbouring channels of ``Lanes``.
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
///
/// A transform goes through the rows of its result in groups that share terms, and reads again what
/// several of them need: the values of a group fit into sixteen registers, those of a whole tile do
/// not.
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
  static func input<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, rowStride: Int, channels: Int,
    to target: UnsafeMutablePointer<Float>, pointStride: Int
  ) {
    @inline(__always)
    func d(_ row: Int, _ column: Int) -> V {
      V(loading: source + row * rowStride + column * channels)
    }
    @inline(__always)
    func write(_ row: Int, _ t: Six<V>) {
      store(inputPoints(t), to: target, row: row, pointStride)
    }
    write(0, six { j in d(4, j).adding(4, times: d(0, j)).adding(-5, times: d(2, j)) })
    let near = sixPairs { j in
      sumAndDifference(d(4, j).adding(-4, times: d(2, j)), d(3, j).adding(-4, times: d(1, j)))
    }
    write(1, near.0)
    write(2, near.1)
    let far = sixPairs { j in
      let (even, odd) = (d(4, j) - d(2, j), d(3, j) - d(1, j))
      return (even.adding(2, times: odd), even.adding(-2, times: odd))
    }
    write(3, far.0)
    write(4, far.1)
    write(5, six { j in d(5, j).adding(4, times: d(1, j)).adding(-5, times: d(3, j)) })
  }

  /// Aᵀ m A, m's 36 points at `source`, `pointStride` apart; calls `write` with each of the tile's
  /// rows.
  @inline(__always)
  static func output<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, pointStride: Int,
    write: (_ row: Int, _ pixels: Four<V>) -> Void
  ) {
    @inline(__always)
    func m(_ row: Int, _ column: Int) -> V {
      V(loading: source + (6 * row + column) * pointStride)
    }
    let even = sixPairs { j in
      let (sum, outer) = (m(1, j) + m(2, j), m(3, j) + m(4, j))
      return (m(0, j) + sum + outer, sum.adding(4, times: outer))
    }
    write(0, outputPixels(even.0))
    write(2, outputPixels(even.1))
    let odd = sixPairs { j in
      let (difference, outer) = (m(1, j) - m(2, j), m(3, j) - m(4, j))
      return (difference.adding(2, times: outer), (difference + m(5, j)).adding(8, times: outer))
    }
    write(1, outputPixels(odd.0))
    write(3, outputPixels(odd.1))
  }

  /// `target` ← A e Aᵀ, the 36 points `pointStride` apart, the 4×4 tile e at `source` as in
  /// ``input(_:_:rowStride:channels:to:pointStride:)``.
  @inline(__always)
  static func outputGradient<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, rowStride: Int, channels: Int,
    to target: UnsafeMutablePointer<Float>, pointStride: Int
  ) {
    @inline(__always)
    func e(_ row: Int, _ column: Int) -> V {
      V(loading: source + row * rowStride + column * channels)
    }
    @inline(__always)
    func write(_ row: Int, _ t: Four<V>) {
      store(gradientPoints(t), to: target, row: row, pointStride)
    }
    write(0, four { j in e(0, j) })
    let near = fourPairs { j in sumAndDifference(e(0, j) + e(2, j), e(1, j) + e(3, j)) }
    write(1, near.0)
    write(2, near.1)
    let far = fourPairs { j in
      sumAndDifference(e(0, j).adding(4, times: e(2, j)), (e(1, j) * 2).adding(8, times: e(3, j)))
    }
    write(3, far.0)
    write(4, far.1)
    write(5, four { j in e(3, j) })
  }

  /// `target` ← G g Gᵀ, the 36 points `pointStride` apart, the 3×3 filter g at `source` with its
  /// nine numbers `stride` apart.
  @inline(__always)
  static func filter<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, stride: Int,
    to target: UnsafeMutablePointer<Float>, pointStride: Int
  ) {
    @inline(__always)
    func column(_ j: Int) -> Six<V> {
      filterPoints(three { i in V(loading: source + (3 * i + j) * stride) })
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
  static func filterGradient<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, pointStride: Int,
    to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    @inline(__always)
    func row(_ i: Int) -> Three<V> {
      filterNumbers(six { j in V(loading: source + (6 * i + j) * pointStride) })
    }
    let (a, b, c, d, e, f) = (row(0), row(1), row(2), row(3), row(4), row(5))
    @inline(__always)
    func write(_ column: Int, _ g: Three<V>) {
      g.0.store(to: target + column * stride)
      g.1.store(to: target + (3 + column) * stride)
      g.2.store(to: target + (6 + column) * stride)
    }
    write(0, filterNumbers((a.0, b.0, c.0, d.0, e.0, f.0)))
    write(1, filterNumbers((a.1, b.1, c.1, d.1, e.1, f.1)))
    write(2, filterNumbers((a.2, b.2, c.2, d.2, e.2, f.2)))
  }
}

// MARK: - Along one axis

typealias Three<V> = (V, V, V)
typealias Four<V> = (V, V, V, V)
private typealias Six<V> = (V, V, V, V, V, V)

@inline(__always)
private func three<V>(_ value: (Int) -> V) -> Three<V> { (value(0), value(1), value(2)) }

@inline(__always)
private func four<V>(_ value: (Int) -> V) -> Four<V> {
  (value(0), value(1), value(2), value(3))
}

@inline(__always)
private func six<V>(_ value: (Int) -> V) -> Six<V> {
  (value(0), value(1), value(2), value(3), value(4), value(5))
}

@inline(__always)
private func fourPairs<V>(_ pair: (Int) -> (V, V)) -> (Four<V>, Four<V>) {
  let (a, b, c, d) = four(pair)
  return ((a.0, b.0, c.0, d.0), (a.1, b.1, c.1, d.1))
}

@inline(__always)
private func sixPairs<V>(_ pair: (Int) -> (V, V)) -> (Six<V>, Six<V>) {
  let (a, b, c, d, e, f) = six(pair)
  return ((a.0, b.0, c.0, d.0, e.0, f.0), (a.1, b.1, c.1, d.1, e.1, f.1))
}

@inline(__always)
private func sumAndDifference<V: Lanes>(_ a: V, _ b: V) -> (V, V) { (a + b, a - b) }

/// Writes a row of the transformed tile.
@inline(__always)
private func store<V: Lanes>(
  _ t: Six<V>, to target: UnsafeMutablePointer<Float>, row: Int, _ pointStride: Int
) {
  let target = target + 6 * row * pointStride
  t.0.store(to: target)
  t.1.store(to: target + pointStride)
  t.2.store(to: target + 2 * pointStride)
  t.3.store(to: target + 3 * pointStride)
  t.4.store(to: target + 4 * pointStride)
  t.5.store(to: target + 5 * pointStride)
}

/// Bᵀ d.
@inline(__always)
private func inputPoints<V: Lanes>(_ d: Six<V>) -> Six<V> {
  let near = sumAndDifference(d.4.adding(-4, times: d.2), d.3.adding(-4, times: d.1))
  let (even, odd) = (d.4 - d.2, d.3 - d.1)
  return (
    d.4.adding(4, times: d.0).adding(-5, times: d.2), near.0, near.1,
    even.adding(2, times: odd), even.adding(-2, times: odd),
    d.5.adding(4, times: d.1).adding(-5, times: d.3)
  )
}

/// Aᵀ m.
@inline(__always)
private func outputPixels<V: Lanes>(_ m: Six<V>) -> Four<V> {
  let (sum, difference) = sumAndDifference(m.1, m.2)
  let (outerSum, outerDifference) = sumAndDifference(m.3, m.4)
  return (
    m.0 + sum + outerSum,
    difference.adding(2, times: outerDifference),
    sum.adding(4, times: outerSum),
    (difference + m.5).adding(8, times: outerDifference)
  )
}

/// A e.
@inline(__always)
private func gradientPoints<V: Lanes>(_ e: Four<V>) -> Six<V> {
  let near = sumAndDifference(e.0 + e.2, e.1 + e.3)
  let far = sumAndDifference(e.0.adding(4, times: e.2), (e.1 * 2).adding(8, times: e.3))
  return (e.0, near.0, near.1, far.0, far.1, e.3)
}

/// G g.
@inline(__always)
private func filterPoints<V: Lanes>(_ g: Three<V>) -> Six<V> {
  let outer = (g.0 + g.2) * (-1 / 6)
  let middle = g.1 * (1 / 6)
  let farOuter = (g.2 * (1 / 6)).adding(1 / 24, times: g.0)
  let farMiddle = g.1 * (1 / 12)
  return (
    g.0 * 0.25, outer - middle, outer + middle, farOuter + farMiddle, farOuter - farMiddle, g.2
  )
}

/// Gᵀ u.
@inline(__always)
private func filterNumbers<V: Lanes>(_ u: Six<V>) -> Three<V> {
  let near = (u.1 + u.2) * (1 / 6)
  let far = u.3 + u.4
  return (
    (u.0 * 0.25 - near).adding(1 / 24, times: far),
    ((u.2 - u.1) * (1 / 6)).adding(1 / 12, times: u.3 - u.4),
    (u.5 - near).adding(1 / 6, times: far)
  )
}
