/// Winograd's convolution with 3×3 filters and stride 2.
///
/// Along each axis an output pixel depends on an odd input pixel, the next even one and the next odd
/// one, counted from 0. On the odd pixels, the filter's two outer elements form a convolution with
/// stride 1, which F(4, 2) computes with the interpolation points 0, ±1, 2 and ∞:
///
///     y = Aᵀ [(G g) ⊙ (Bᵀ d)]
///
/// with five inputs d and five multiplications for four outputs. The even pixels are multiplied by the
/// filter's middle element directly; they are the sixth kind of points, of which a tile has four. In
/// two dimensions a 4×4 tile takes 81 multiplications instead of 144.
enum StrideTwoWinograd: WinogradScheme {
  static var stride: Int { 2 }
  static var rowsBelowInput: Int { 0 }
  static var gradientBorder: (above: Int, below: Int) { (0, 1) }
  static var lastPointCount: Int { 4 }

  @inline(__always)
  static func input<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>
  ) {
    unsafe transform(lanes, source, odd: { 2 * $0 }, even: { 2 * $0 + 1 }, to: points)
  }

  @inline(__always)
  static func gradientAsInput<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>
  ) {
    // An odd input pixel contributes to two neighbouring outputs by the outer elements of the filter,
    // an even one to one output by the middle element.
    unsafe transform(lanes, source, odd: { $0 }, even: { $0 }, to: points)
  }

  /// Transforms the five pixels at `odd` by Bᵀ and copies the four at `even`, along both axes.
  @inline(__always)
  private static func transform<V: Lanes>(
    _: V.Type, _ source: PixelGrid, odd: (Int) -> Int, even: (Int) -> Int,
    to points: TransformedTile<Self>
  ) {
    @inline(__always)
    func writeRow(_ row: Int, _ number: Int, _ pixel: (_ column: Int) -> V) {
      forEach(inputPoints(five { pixel(odd($0)) })) { column, value in
        unsafe value.store(to: points.place(row, column, number))
      }
      forEach(four { pixel(even($0)) }) { column, value in
        unsafe value.store(to: points.place(row, 5, 4 * number + column))
      }
    }
    @inline(__always)
    func d(_ row: Int, _ column: Int) -> V { unsafe source.load(odd(row), column) }
    writeRow(0, 0) { j in point0(d(0, j), d(1, j), d(2, j), d(3, j)) }
    writeRow(1, 0) { j in point1(d(1, j), d(2, j), d(3, j)) }
    writeRow(2, 0) { j in pointMinus1(d(1, j), d(2, j), d(3, j)) }
    writeRow(3, 0) { j in d(3, j) - d(1, j) }
    writeRow(4, 0) { j in pointAtInfinity(d(1, j), d(2, j), d(3, j), d(4, j)) }
    forEachOfFour { row in writeRow(5, row) { column in unsafe source.load(even(row), column) } }
  }

  @inline(__always)
  static func outputGradient<V: Lanes>(
    _: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>
  ) {
    @inline(__always)
    func writeRow(_ row: Int, _ number: Int, _ e: Four<V>) {
      forEach(gradientPoints(e)) { column, value in
        unsafe value.store(to: points.place(row, column, number))
      }
      forEach(e) { column, value in
        unsafe value.store(to: points.place(row, 5, 4 * number + column))
      }
    }
    @inline(__always)
    func e(_ row: Int, _ column: Int) -> V { unsafe source.load(row, column) }
    writeRow(0, 0, four { j in e(0, j) })
    writeRow(1, 0, four { j in (e(0, j) + e(2, j)) + (e(1, j) + e(3, j)) })
    writeRow(2, 0, four { j in (e(0, j) + e(2, j)) - (e(1, j) + e(3, j)) })
    writeRow(3, 0, four { j in pointTwo(e(0, j), e(1, j), e(2, j), e(3, j)) })
    writeRow(4, 0, four { j in e(3, j) })
    forEachOfFour { row in writeRow(5, row, four { j in e(row, j) }) }
  }

  @inline(__always)
  static func output<V: Lanes>(
    _: V.Type, of points: TransformedTile<Self>,
    write: (_ row: Int, _ column: Int, _ value: V) -> Void
  ) {
    forEachOfFour { row in
      // The sum of the rows of the odd and the even pixels, at one kind of points along the columns.
      @inline(__always)
      func m(_ column: Int, _ number: Int) -> V {
        unsafe outputPixel(row, five { unsafe points.load($0, column, number) })
          + points.load(5, column, (column == 5 ? 4 : 1) * row + number)
      }
      let pixels = outputPixels(five { m($0, 0) })
      forEach(pixels) { column, value in write(row, column, value + m(5, column)) }
    }
  }

  @inline(__always)
  static func inputGradient<V: Lanes>(
    _: V.Type, of points: TransformedTile<Self>,
    write: (_ row: Int, _ column: Int, _ value: V) -> Void
  ) {
    forEachOfFour { row in
      @inline(__always)
      func writeRow(_ target: Int, _ m: (_ column: Int, _ number: Int) -> V) {
        forEachOfFour { column in write(target, 2 * column, m(5, column)) }
        forEach(outputPixels(five { m($0, 0) })) { column, value in
          write(target, 2 * column + 1, value)
        }
      }
      writeRow(2 * row) { column, number in
        unsafe points.load(5, column, (column == 5 ? 4 : 1) * row + number)
      }
      writeRow(2 * row + 1) { column, number in
        outputPixel(row, five { unsafe points.load($0, column, number) })
      }
    }
  }

  /// G applied to the two outer elements, and the middle element.
  @inline(__always)
  static func filterPoints<V: Lanes>(_ g: Three<V>) -> Six<V> {
    (
      g.0 * 0.5, (g.0 + g.2) * -0.5, (g.2 - g.0) * (1 / 6),
      (g.0 * (1 / 6)).adding(1 / 3, times: g.2),
      g.2, g.1
    )
  }

  /// Gᵀ u and the gradient of the middle element.
  @inline(__always)
  static func filterElements<V: Lanes>(_ u: Six<V>) -> Three<V> {
    let sixth = (u.3 - u.2) * (1 / 6)
    return (
      (u.0 - u.1) * 0.5 + sixth, u.5,
      (u.4 + u.2 * (1 / 6)).adding(-0.5, times: u.1).adding(1 / 3, times: u.3)
    )
  }
}

// MARK: - Along one axis

@inline(__always)
private func point0<V: Lanes>(_ d0: V, _ d1: V, _ d2: V, _ d3: V) -> V {
  (d3 - d1).adding(2, times: d0 - d2)
}

@inline(__always)
private func point1<V: Lanes>(_ d1: V, _ d2: V, _ d3: V) -> V {
  (d3 - d2).adding(-2, times: d1)
}

@inline(__always)
private func pointMinus1<V: Lanes>(_ d1: V, _ d2: V, _ d3: V) -> V {
  d3.adding(2, times: d1).adding(-3, times: d2)
}

@inline(__always)
private func pointAtInfinity<V: Lanes>(_ d1: V, _ d2: V, _ d3: V, _ d4: V) -> V {
  (d4 - d2).adding(2, times: d1 - d3)
}

/// Bᵀ d.
@inline(__always)
private func inputPoints<V: Lanes>(_ d: Five<V>) -> Five<V> {
  (
    point0(d.0, d.1, d.2, d.3), point1(d.1, d.2, d.3), pointMinus1(d.1, d.2, d.3), d.3 - d.1,
    pointAtInfinity(d.1, d.2, d.3, d.4)
  )
}

/// Element `row` of Aᵀ m.
@inline(__always)
private func outputPixel<V: Lanes>(_ row: Int, _ m: Five<V>) -> V {
  switch row {
  case 0: (m.1 + m.2) + m.0 + m.3
  case 1: (m.1 - m.2).adding(2, times: m.3)
  case 2: (m.1 + m.2).adding(4, times: m.3)
  default: (m.1 - m.2 + m.4).adding(8, times: m.3)
  }
}

/// Aᵀ m.
@inline(__always)
private func outputPixels<V: Lanes>(_ m: Five<V>) -> Four<V> { four { outputPixel($0, m) } }

/// The value at 2 of the polynomial with the coefficients e.
@inline(__always)
private func pointTwo<V: Lanes>(_ e0: V, _ e1: V, _ e2: V, _ e3: V) -> V {
  e0.adding(2, times: e1).adding(4, times: e2).adding(8, times: e3)
}

/// A e.
@inline(__always)
private func gradientPoints<V: Lanes>(_ e: Four<V>) -> Five<V> {
  let near = sumAndDifference(e.0 + e.2, e.1 + e.3)
  return (e.0, near.0, near.1, pointTwo(e.0, e.1, e.2, e.3), e.3)
}
