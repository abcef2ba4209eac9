/// The right operand of a matrix product, packed into panels for ``multiply(_:rows:_:into:rowStride:_:)``.
///
/// A panel holds 16 neighbouring columns; the 16 elements of a row are contiguous. The last panel is
/// padded with columns of zeros.
package struct PackedMatrix: Sendable {
  /// The number of rows, which is the number of terms in each sum of the product.
  package let rows: Int
  /// The number of columns.
  package let columns: Int
  /// The elements (panels, rows, 16).
  private let storage: Storage

  /// Packs a matrix (rows, columns) of the elements that `number` returns.
  package init(rows: Int, columns: Int, _ number: (_ row: Int, _ column: Int) -> Float) {
    let width = Storage.vectorWidth
    (self.rows, self.columns) = (rows, columns)
    storage = Storage(count: (columns + width - 1) / width * width * rows)
    for panel in panels {
      for row in 0..<rows {
        for lane in 0..<width {
          let column = panel * width + lane
          unsafe storage.pointer[(panel * rows + row) * width + lane] =
            column < columns ? number(row, column) : 0
        }
      }
    }
  }

  /// Packs a row-major matrix (rows, columns).
  package init(_ matrix: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns) { unsafe matrix[$0 * columns + $1] }
  }

  /// Packs the transpose (rows, columns) of a row-major matrix (columns, rows).
  package init(transposing matrix: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns) { unsafe matrix[$1 * rows + $0] }
  }

  /// The indices of the panels.
  var panels: Range<Int> { 0..<(columns + Storage.vectorWidth - 1) / Storage.vectorWidth }

  /// Returns the columns of a panel, 16 or fewer in the last one, from row `row` on.
  func panel(_ panel: Int, fromRow row: Int = 0) -> RightPanel {
    let width = Storage.vectorWidth
    return unsafe RightPanel(
      start: storage.pointer + (panel * rows + row) * width,
      width: min(width, columns - panel * width), termStride: width)
  }

  /// Computes `target` (count, columns) ← left·self for a row-major `left` (count, rows).
  package func multiplied(
    byRowsOf left: UnsafePointer<Float>, _ count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let left = unsafe LeftOperand(start: left, rowStride: rows, termStride: 1, runLength: rows)
    unsafe multiply(by: left, count, into: target)
  }

  /// Computes `target` (count, columns) ← leftᵀ·self for a row-major `left` (rows, count).
  package func multiplied(
    byColumnsOf left: UnsafePointer<Float>, _ count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let left = unsafe LeftOperand(start: left, rowStride: 1, termStride: count, runLength: rows)
    unsafe multiply(by: left, count, into: target)
  }

  /// Computes `target` (count, columns) ← left·self for `left` (count, rows).
  private func multiply(
    by left: LeftOperand, _ count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    for panel in panels {
      unsafe Engine.multiply(
        left, rows: count, self.panel(panel), into: target + panel * Storage.vectorWidth,
        rowStride: columns)
    }
  }
}
