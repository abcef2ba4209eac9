/// A tile of a matrix product, several rows × 16 columns, whose sums stay in registers.
///
/// Tiles are composed of ``OneRow`` and ``StackedRows``, which the compiler turns into straight-line
/// code. The order of additions is the same in every tile, so results do not depend on the tiling.
protocol RowTile {
  /// The number of rows.
  static var rows: Int { get }

  /// Creates a tile of zeros.
  init()

  /// Adds the sums of another tile.
  mutating func add(_ other: Self)

  /// Adds the elements of `numbers` (rows, 16), whose rows are `rowStride` elements apart, to the sums.
  mutating func add(_ numbers: UnsafePointer<Float>, rowStride: Int)

  /// Adds a term to each sum: the element of `left` (rows) for its row, `rowStride` elements apart, times
  /// the element of `right` for its column.
  mutating func add(_ left: UnsafePointer<Float>, rowStride: Int, times right: Vector)

  /// Stores the sums to `target` (rows, 16), whose rows are `rowStride` elements apart.
  func store(to target: UnsafeMutablePointer<Float>, rowStride: Int)

  /// Stores the first columns of the sums to `target` (rows, width), whose rows are `rowStride` elements apart.
  func store(columns width: Int, to target: UnsafeMutablePointer<Float>, rowStride: Int)
}

/// A tile of one row.
struct OneRow: RowTile {
  private var sums: Vector

  @inline(__always) static var rows: Int { 1 }

  @inline(__always) init() { sums = .zero }

  @inline(__always)
  mutating func add(_ other: Self) { sums += other.sums }

  @inline(__always)
  mutating func add(_ numbers: UnsafePointer<Float>, rowStride: Int) {
    unsafe sums += numbers.vector
  }

  @inline(__always)
  mutating func add(_ left: UnsafePointer<Float>, rowStride: Int, times right: Vector) {
    unsafe sums.addProduct(Vector(repeating: left.pointee), right)
  }

  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>, rowStride: Int) { unsafe target.vector = sums }

  @inline(__always)
  func store(columns width: Int, to target: UnsafeMutablePointer<Float>, rowStride: Int) {
    for column in 0..<width { unsafe target[column] = sums[column] }
  }
}

/// A tile composed of two tiles, one above the other.
struct StackedRows<Upper: RowTile, Lower: RowTile>: RowTile {
  private var upper: Upper
  private var lower: Lower

  @inline(__always) static var rows: Int { Upper.rows + Lower.rows }

  @inline(__always)
  init() { (upper, lower) = (Upper(), Lower()) }

  @inline(__always)
  mutating func add(_ other: Self) {
    upper.add(other.upper)
    lower.add(other.lower)
  }

  @inline(__always)
  mutating func add(_ numbers: UnsafePointer<Float>, rowStride: Int) {
    unsafe upper.add(numbers, rowStride: rowStride)
    unsafe lower.add(numbers + Upper.rows * rowStride, rowStride: rowStride)
  }

  @inline(__always)
  mutating func add(_ left: UnsafePointer<Float>, rowStride: Int, times right: Vector) {
    unsafe upper.add(left, rowStride: rowStride, times: right)
    unsafe lower.add(left + Upper.rows * rowStride, rowStride: rowStride, times: right)
  }

  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>, rowStride: Int) {
    unsafe upper.store(to: target, rowStride: rowStride)
    unsafe lower.store(to: target + Upper.rows * rowStride, rowStride: rowStride)
  }

  @inline(__always)
  func store(columns width: Int, to target: UnsafeMutablePointer<Float>, rowStride: Int) {
    unsafe upper.store(columns: width, to: target, rowStride: rowStride)
    unsafe lower.store(columns: width, to: target + Upper.rows * rowStride, rowStride: rowStride)
  }
}

typealias TwoRows = StackedRows<OneRow, OneRow>
typealias ThreeRows = StackedRows<TwoRows, OneRow>
typealias FourRows = StackedRows<TwoRows, TwoRows>
typealias FiveRows = StackedRows<FourRows, OneRow>
typealias SixRows = StackedRows<FourRows, TwoRows>
typealias SevenRows = StackedRows<SixRows, OneRow>
typealias EightRows = StackedRows<SixRows, TwoRows>
typealias NineRows = StackedRows<SixRows, ThreeRows>
typealias TenRows = StackedRows<SixRows, FourRows>
typealias ElevenRows = StackedRows<SixRows, FiveRows>
typealias TwelveRows = StackedRows<SixRows, SixRows>
