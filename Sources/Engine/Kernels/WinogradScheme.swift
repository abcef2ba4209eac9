/// A form of Winograd's convolution (Lavin and Gray 2016, arXiv:1509.09308) with 3×3 filters and
/// padding 1, for one stride.
///
/// A 4×4 tile of the output is computed from the part of the input it sees and the filter: both are
/// transformed to values at points, these are multiplied, and what comes out is transformed to the
/// tile. Summed over the input channels, the multiplications become products of matrices. Along each
/// axis a scheme has six kinds of points, so there are 36 transformed filters and as many products.
protocol WinogradScheme {
  /// From one output pixel to the next, in input pixels.
  static var stride: Int { get }
  /// Rows of the input below the `4·stride` rows of a tile that the tile still sees.
  static var rowsBelowInput: Int { get }
  /// The border of the output's gradient that the gradient by the input sees, above and below a
  /// tile's four rows.
  static var gradientBorder: (above: Int, below: Int) { get }
  /// How many points of a tile there are of the last kind along an axis; of the others there is one.
  static var lastPointCount: Int { get }

  /// Writes the points of the part of the input that a tile sees, which begins at `source`, one
  /// pixel above and left of the tile's first.
  static func input<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>)

  /// Writes the points of a tile of the output's gradient, for the gradient by the filters.
  static func outputGradient<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>)

  /// Writes the points of what the gradient by a tile's input sees of the output's gradient, which
  /// begins at `source`, with the border above and left of the tile.
  static func gradientAsInput<V: Lanes>(
    _ lanes: V.Type, _ source: PixelGrid, to points: TransformedTile<Self>)

  /// Calls `write` with each number of the 4×4 tile that the products at its points stand for.
  static func output<V: Lanes>(
    _ lanes: V.Type, of points: TransformedTile<Self>,
    write: (_ row: Int, _ column: Int, _ value: V) -> Void)

  /// Calls `write` with each number of the tile of the gradient by the input, of 4·stride rows and
  /// columns.
  static func inputGradient<V: Lanes>(
    _ lanes: V.Type, of points: TransformedTile<Self>,
    write: (_ row: Int, _ column: Int, _ value: V) -> Void)

  /// Six values of a filter's three along an axis.
  static func filterPoints<V: Lanes>(_ g: Three<V>) -> Six<V>

  /// Transposes ``filterPoints(_:)``: the gradient by a filter's three values, given that by the six.
  static func filterNumbers<V: Lanes>(_ u: Six<V>) -> Three<V>
}

extension WinogradScheme {
  /// Along each axis of a tile of the output.
  static var tile: Int { 4 }
  /// Kinds of points along each axis.
  static var kinds: Int { 6 }
  /// Pairs of kinds of points, and so transformed filters.
  static var pairs: Int { kinds * kinds }
  /// All points of a tile.
  static var points: Int { (kinds - 1 + lastPointCount) * (kinds - 1 + lastPointCount) }

  /// How many points of a tile are of the kinds `row` and `column`.
  @inline(__always)
  static func count(_ row: Int, _ column: Int) -> Int {
    (row == kinds - 1 ? lastPointCount : 1) * (column == kinds - 1 ? lastPointCount : 1)
  }

  /// How many points of a tile come before those of the kinds `row` and `column`.
  @inline(__always)
  static func countBefore(_ row: Int, _ column: Int) -> Int {
    row * (kinds - 1 + lastPointCount) + (row == kinds - 1 ? lastPointCount : 1) * column
  }

  /// `target` ← the 36 values of a 3×3 filter, `targetStride` apart; the filter's nine numbers begin
  /// at `source` and are `sourceStride` apart.
  @inline(__always)
  static func filter<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, sourceStride: Int,
    to target: UnsafeMutablePointer<Float>, targetStride: Int
  ) {
    @inline(__always)
    func column(_ j: Int) -> Six<V> {
      filterPoints(three { i in V(loading: source + (3 * i + j) * sourceStride) })
    }
    @inline(__always)
    func write(_ row: Int, _ g: Three<V>) {
      let target = target + kinds * row * targetStride
      forEach(filterPoints(g)) { j, value in value.store(to: target + j * targetStride) }
    }
    let (a, b, c) = (column(0), column(1), column(2))
    write(0, (a.0, b.0, c.0))
    write(1, (a.1, b.1, c.1))
    write(2, (a.2, b.2, c.2))
    write(3, (a.3, b.3, c.3))
    write(4, (a.4, b.4, c.4))
    write(5, (a.5, b.5, c.5))
  }

  /// `target` ← the gradient by a filter's nine numbers, `targetStride` apart, given that by its 36
  /// values, which begin at `source` and are `sourceStride` apart.
  @inline(__always)
  static func filterGradient<V: Lanes>(
    _: V.Type, _ source: UnsafePointer<Float>, sourceStride: Int,
    to target: UnsafeMutablePointer<Float>, targetStride: Int
  ) {
    @inline(__always)
    func row(_ i: Int) -> Three<V> {
      filterNumbers(six { j in V(loading: source + (kinds * i + j) * sourceStride) })
    }
    @inline(__always)
    func write(_ column: Int, _ u: Six<V>) {
      let g = filterNumbers(u)
      g.0.store(to: target + column * targetStride)
      g.1.store(to: target + (3 + column) * targetStride)
      g.2.store(to: target + (6 + column) * targetStride)
    }
    let (a, b, c, d, e, f) = (row(0), row(1), row(2), row(3), row(4), row(5))
    write(0, (a.0, b.0, c.0, d.0, e.0, f.0))
    write(1, (a.1, b.1, c.1, d.1, e.1, f.1))
    write(2, (a.2, b.2, c.2, d.2, e.2, f.2))
  }
}

/// Some channels of the pixels of an image.
struct PixelGrid {
  /// The first of the channels of the first pixel.
  let first: UnsafePointer<Float>
  let rowStride: Int
  let pixelStride: Int

  /// The channels of a pixel.
  @inline(__always)
  func load<V: Lanes>(_ row: Int, _ column: Int) -> V {
    V(loading: first + row * rowStride + column * pixelStride)
  }
}

/// Where some channels of a transformed tile stand: for each pair of kinds of points in a matrix of
/// its own, (tiles · points of these kinds, channels).
struct TransformedTile<Scheme: WinogradScheme> {
  /// The first channel that is meant, of the first tile.
  let first: UnsafeMutablePointer<Float>
  /// The number of the tile in its block.
  let tile: Int
  /// The channels of a row.
  let channels: Int
  /// From a matrix to the next one, for each point of a tile that the matrix has.
  let pointStride: Int

  /// The place of a point: its kinds along the rows and the columns, and its number among those of
  /// the same kinds.
  @inline(__always)
  func place(_ row: Int, _ column: Int, _ number: Int = 0) -> UnsafeMutablePointer<Float> {
    first + matrixOffset(Scheme.self, row, column, pointStride: pointStride)
      + (tile * Scheme.count(row, column) + number) * channels
  }

  /// The value at a point.
  @inline(__always)
  func load<V: Lanes>(_ row: Int, _ column: Int, _ number: Int = 0) -> V {
    V(loading: place(row, column, number))
  }
}

/// Where the matrix of two kinds of points begins, if the matrix of one point has `pointStride`
/// numbers. A line of the cache is left free behind each: at distances that are powers of two, all
/// matrices would fall into the same few sets of the cache.
@inline(__always)
func matrixOffset<Scheme: WinogradScheme>(
  _: Scheme.Type, _ row: Int, _ column: Int, pointStride: Int
) -> Int {
  Scheme.countBefore(row, column) * pointStride
    + (row * Scheme.kinds + column) * Buffer.vectorWidth
}

// MARK: - Small collections that stay in registers

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

/// Calls `body` with 0 to 3, each in code of its own.
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
