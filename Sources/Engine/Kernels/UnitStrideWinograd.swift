/// Winograd's convolution F(4×4, 3×3) with stride 1.
///
/// The 4×4 output tile y is computed from the 6×6 input tile d and the 3×3 filter g as
///
///     y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
///
/// with 36 multiplications instead of 144. By the same identity, the gradient with respect to the filter
/// is Gᵀ [(Bᵀ d B) ⊙ (A e Aᵀ)] G, where e is that with respect to y. The interpolation points are 0,
/// ±1, ±2 and ∞.
///
/// A transform computes the rows of its result in groups with common terms and reloads inputs for each
/// group: the values of a group fit into 16 registers, those of a whole tile do not.
enum UnitStrideWinograd: WinogradScheme {
  static var stride: Int { 1 }
  static var rowsBelowInput: Int { 1 }
  static var gradientBorder: (above: Int, below: Int) { (1, 1) }
  static var lastPointCount: Int { 1 }

  @inline(__always)
  static func input<V: Lanes>(_: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>) {
    @inline(__always)
    func d(_ row: Int, _ column: Int) -> V { unsafe source.load(row, column) }
    @inline(__always)
    func write(_ row: Int, _ t: Six<V>) {
      forEach(inputPoints(t)) { column, value in unsafe value.store(to: points.place(row, column)) }
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

  @inline(__always)
  static func outputGradient<V: Lanes>(
    _: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>
  ) {
    @inline(__always)
    func e(_ row: Int, _ column: Int) -> V { unsafe source.load(row, column) }
    @inline(__always)
    func write(_ row: Int, _ t: Four<V>) {
      forEach(gradientPoints(t)) { column, value in
        unsafe value.store(to: points.place(row, column))
      }
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

  @inline(__always)
  static func gradientAsInput<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>
  ) {
    // The input gradient is the convolution of the output gradient with the rotated filters.
    unsafe input(lanes, source, to: points)
  }

  @inline(__always)
  static func output<V: Lanes>(
    _: V.Type, of points: TransformedTile<Self>,
    write: (_ row: Int, _ column: Int, _ value: V) -> Void
  ) {
    @inline(__always)
    func m(_ row: Int, _ column: Int) -> V { unsafe points.load(row, column) }
    @inline(__always)
    func writeRow(_ row: Int, _ m: Six<V>) {
      forEach(outputPixels(m)) { column, value in write(row, column, value) }
    }
    let even = sixPairs { j in
      let (sum, outer) = (m(1, j) + m(2, j), m(3, j) + m(4, j))
      return (m(0, j) + sum + outer, sum.adding(4, times: outer))
    }
    writeRow(0, even.0)
    writeRow(2, even.1)
    let odd = sixPairs { j in
      let (difference, outer) = (m(1, j) - m(2, j), m(3, j) - m(4, j))
      return (difference.adding(2, times: outer), (difference + m(5, j)).adding(8, times: outer))
    }
    writeRow(1, odd.0)
    writeRow(3, odd.1)
  }

  @inline(__always)
  static func inputGradient<V: Lanes>(
    _ lanes: V.Type, of points: TransformedTile<Self>,
    write: (_ row: Int, _ column: Int, _ value: V) -> Void
  ) {
    unsafe output(lanes, of: points, write: write)
  }

  /// G g.
  @inline(__always)
  static func filterPoints<V: Lanes>(_ g: Three<V>) -> Six<V> {
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
  static func filterElements<V: Lanes>(_ u: Six<V>) -> Three<V> {
    let near = (u.1 + u.2) * (1 / 6)
    let far = u.3 + u.4
    return (
      (u.0 * 0.25 - near).adding(1 / 24, times: far),
      ((u.2 - u.1) * (1 / 6)).adding(1 / 12, times: u.3 - u.4),
      (u.5 - near).adding(1 / 6, times: far)
    )
  }
}

// MARK: - Along one axis

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
