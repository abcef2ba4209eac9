/// Up to 16 neighbouring columns of a matrix that kernels process as one vector.
///
/// A load may read past the last column, into the next row or the spare room at the end of a storage; a
/// store never writes there. Another thread may write the next row meanwhile, so that these lanes have arbitrary values:
/// no result depends on them.
struct ColumnVector {
  /// The first column.
  let start: Int
  /// The number of columns: 16, or fewer at the end of a row.
  let width: Int

  /// Loads these columns of a row, which starts at `row`.
  @inline(__always)
  func load(_ row: UnsafePointer<Float>) -> Vector { unsafe (row + start).vector }

  /// Stores `value` to these columns of a row, which starts at `row`.
  @inline(__always)
  func store(_ value: Vector, to row: UnsafeMutablePointer<Float>) {
    if width == Storage.vectorWidth {
      unsafe (row + start).vector = value
    } else {
      for lane in 0..<width { unsafe row[start + lane] = value[lane] }
    }
  }
}

/// Calls `body` for each vector of 16 columns; the last one may have fewer.
@inline(__always)
func forEachColumnVector(_ columns: Int, _ body: (ColumnVector) -> Void) {
  for start in stride(from: 0, to: columns, by: Storage.vectorWidth) {
    body(ColumnVector(start: start, width: min(Storage.vectorWidth, columns - start)))
  }
}
