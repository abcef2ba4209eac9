/// The transforms of Winograd's convolution (Lavin and Gray 2016, arXiv:1509.09308) with 3×3 filters and
/// padding 1, for one stride.
///
/// Input tile and filter are transformed to values at interpolation points and multiplied there; the
/// inverse transform gives the 4×4 output tile. Summed over the input channels, the multiplications
/// become matrix products. Along each axis a scheme has six kinds of points, so there are 36
/// transformed filters and 36 products.
protocol WinogradScheme {
  /// The stride of the convolution.
  static var stride: Int { get }
  /// The number of input rows that a tile needs below its `4·stride` rows.
  static var rowsBelowInput: Int { get }
  /// The number of rows of the output gradient that the input gradient needs above and below the four
  /// rows of a tile.
  static var gradientBorder: (above: Int, below: Int) { get }
  /// The number of points of the last kind along an axis of a tile; there is one of each other kind.
  static var lastPointCount: Int { get }

  /// Transforms the input of a tile.
  ///
  /// `source` has 4·stride + 1 + ``rowsBelowInput`` rows and columns of pixels; it starts one pixel above
  /// and left of the tile.
  static func input<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>)

  /// Transforms a 4×4 tile of the output gradient, for the filter gradient; `source` starts with the tile.
  static func outputGradient<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>)

  /// Transforms a 4×4 tile of the output gradient with its border, for the input gradient.
  ///
  /// `source` has above + 4 + below rows and columns of pixels, where ``gradientBorder`` is (above, below);
  /// it starts with the border above and left of the tile.
  static func gradientAsInput<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>)

  /// Transforms products back and calls `write` with each element of the 4×4 output tile.
  static func output<V: Lanes>(
    _ lanes: V.Type, of points: TransformedTile<Self>,
    write: (_ row: Int, _ column: Int, _ value: V) -> Void)

  /// Transforms products back and calls `write` with each element of a tile of the input gradient, of
  /// 4·stride rows and columns.
  static func inputGradient<V: Lanes>(
    _ lanes: V.Type, of points: TransformedTile<Self>,
    write: (_ row: Int, _ column: Int, _ value: V) -> Void)

  /// Transforms the three elements of a filter along an axis to six values.
  static func filterPoints<V: Lanes>(_ g: Three<V>) -> Six<V>

  /// Computes the gradient with respect to the three elements of a filter along an axis from that with
  /// respect to the six values: the transpose of ``filterPoints(_:)``.
  static func filterElements<V: Lanes>(_ u: Six<V>) -> Three<V>
}

extension WinogradScheme {
  /// The number of output pixels along each axis of a tile.
  static var tile: Int { 4 }
  /// The number of kinds of points along each axis.
  static var kinds: Int { 6 }
  /// The number of pairs of kinds of points, which is the number of transformed filters.
  static var pairs: Int { kinds * kinds }
  /// The number of points of a tile.
  static var points: Int { (kinds - 1 + lastPointCount) * (kinds - 1 + lastPointCount) }

  /// The number of points of a tile of the kinds `row` and `column`.
  @inline(__always)
  static func count(_ row: Int, _ column: Int) -> Int {
    (row == kinds - 1 ? lastPointCount : 1) * (column == kinds - 1 ? lastPointCount : 1)
  }

  /// The number of points of a tile before those of the kinds `row` and `column`.
  @inline(__always)
  static func countBefore(_ row: Int, _ column: Int) -> Int {
    row * (kinds - 1 + lastPointCount) + (row == kinds - 1 ? lastPointCount : 1) * column
  }

  /// Transforms 3×3 filters, as many as there are lanes, and writes their values to `target`.
  ///
  /// `source` is (3, 3, lanes), with a filter's nine elements `sourceStride` apart; `target` is
  /// (6, 6, lanes), with a filter's 36 values `targetStride` apart.
  @inline(__always)
  static func filter<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, sourceStride: Int,
    to target: UnsafeMutablePointer<Float>, targetStride: Int
  ) {
    @inline(__always)
    func column(_ j: Int) -> Six<V> {
      filterPoints(three { i in unsafe V(loading: source + (3 * i + j) * sourceStride) })
    }
    @inline(__always)
    func write(_ row: Int, _ g: Three<V>) {
      let target = unsafe target + kinds * row * targetStride
      forEach(filterPoints(g)) { j, value in unsafe value.store(to: target + j * targetStride) }
    }
    let (a, b, c) = (column(0), column(1), column(2))
    write(0, (a.0, b.0, c.0))
    write(1, (a.1, b.1, c.1))
    write(2, (a.2, b.2, c.2))
    write(3, (a.3, b.3, c.3))
    write(4, (a.4, b.4, c.4))
    write(5, (a.5, b.5, c.5))
  }

  /// Writes the gradient with respect to 3×3 filters, as many as there are lanes, to `target`.
  ///
  /// `source`, the gradient with respect to the filters' values, is (6, 6, lanes), with a filter's 36
  /// values `sourceStride` apart; `target` is (3, 3, lanes), with a filter's nine elements `targetStride`
  /// apart.
  @inline(__always)
  static func filterGradient<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, sourceStride: Int,
    to target: UnsafeMutablePointer<Float>, targetStride: Int
  ) {
    @inline(__always)
    func row(_ i: Int) -> Three<V> {
      filterElements(six { j in unsafe V(loading: source + (kinds * i + j) * sourceStride) })
    }
    @inline(__always)
    func write(_ column: Int, _ u: Six<V>) {
      let g = filterElements(u)
      unsafe g.0.store(to: target + column * targetStride)
      unsafe g.1.store(to: target + (3 + column) * targetStride)
      unsafe g.2.store(to: target + (6 + column) * targetStride)
    }
    let (a, b, c, d, e, f) = (row(0), row(1), row(2), row(3), row(4), row(5))
    write(0, (a.0, b.0, c.0, d.0, e.0, f.0))
    write(1, (a.1, b.1, c.1, d.1, e.1, f.1))
    write(2, (a.2, b.2, c.2, d.2, e.2, f.2))
  }
}

/// A vector of channels of the pixels of an image.
@unsafe struct PixelGrid {
  /// The first of these channels in the first pixel.
  let first: UnsafePointer<Float>
  /// The distance from one row to the next, in elements.
  let rowStride: Int
  /// The distance from one pixel of a row to the next, in elements.
  let pixelStride: Int

  /// Loads the channels of a pixel.
  @inline(__always)
  func load<V: Lanes>(_ row: Int, _ column: Int) -> V {
    unsafe V(loading: first + row * rowStride + column * pixelStride)
  }
}

/// A vector of channels of a transformed tile. The points of each pair of kinds are rows of a separate
/// matrix (tiles · points of these kinds, channels).
@unsafe struct TransformedTile<Scheme: WinogradScheme> {
  /// The first of these channels in the first tile of the block.
  let first: UnsafeMutablePointer<Float>
  /// The index of the tile in its block.
  let tile: Int
  /// The number of channels of a matrix.
  let channels: Int
  /// The number of elements of a matrix per point of a tile.
  let pointStride: Int

  /// The address of a point, given by its kinds along the rows and the columns and its number among
  /// those of the same kinds.
  @inline(__always)
  func place(_ row: Int, _ column: Int, _ number: Int = 0) -> UnsafeMutablePointer<Float> {
    unsafe first + matrixOffset(Scheme.self, row, column, pointStride: pointStride)
      + (tile * Scheme.count(row, column) + number) * channels
  }

  /// Loads the value at a point.
  @inline(__always)
  func load<V: Lanes>(_ row: Int, _ column: Int, _ number: Int = 0) -> V {
    unsafe V(loading: place(row, column, number))
  }
}

/// The offset of the matrix of a pair of kinds of points, where a matrix has `pointStride` elements per
/// point.
///
/// A cache line is left free between matrices: at distances that are powers of two, all of them would
/// compete for the same few sets of the cache.
@inline(__always)
func matrixOffset<Scheme: WinogradScheme>(
  _: Scheme.Type, _ row: Int, _ column: Int, pointStride: Int
) -> Int {
  Scheme.countBefore(row, column) * pointStride
    + (row * Scheme.kinds + column) * Storage.vectorWidth
}

// MARK: - Small collections in registers

typealias Three<V> = (V, V, V)
typealias Four<V> = (V, V, V, V)
typealias Five<V> = (V, V, V, V, V)
typealias Six<V> = (V, V, V, V, V, V)

@inline(__always)
func three<V>(_ value: (Int) -> V) -> Three<V> { (value(0), value(1), value(2)) }

@inline(__always)
func four<V>(_ value: (Int) -> V) -> Four<V> { (value(0), value(1), value(2), value(3)) }

@inline(__always)
func five<V>(_ value: (Int) -> V) -> Five<V> {
  (value(0), value(1), value(2), value(3), value(4))
}

@inline(__always)
func six<V>(_ value: (Int) -> V) -> Six<V> {
  (value(0), value(1), value(2), value(3), value(4), value(5))
}

/// Calls `body` with 0 to 3, unrolled.
@inline(__always)
func forEachOfFour(_ body: (Int) -> Void) {
  body(0)
  body(1)
  body(2)
  body(3)
}

@inline(__always)
func forEach<V>(_ values: Four<V>, _ body: (_ index: Int, _ value: V) -> Void) {
  body(0, values.0)
  body(1, values.1)
  body(2, values.2)
  body(3, values.3)
}

@inline(__always)
func forEach<V>(_ values: Five<V>, _ body: (_ index: Int, _ value: V) -> Void) {
  body(0, values.0)
  body(1, values.1)
  body(2, values.2)
  body(3, values.3)
  body(4, values.4)
}

@inline(__always)
func forEach<V>(_ values: Six<V>, _ body: (_ index: Int, _ value: V) -> Void) {
  body(0, values.0)
  body(1, values.1)
  body(2, values.2)
  body(3, values.3)
  body(4, values.4)
  body(5, values.5)
}

@inline(__always)
func sumAndDifference<V: Lanes>(_ a: V, _ b: V) -> (V, V) { (a + b, a - b) }
