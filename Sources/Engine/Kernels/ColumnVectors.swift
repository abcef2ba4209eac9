/// Up to 16 neighbouring columns of a matrix, which kernels treat as one vector.
///
/// A load may reach past the matrix's last column, into the next row or the slack at a buffer's end;
/// a store never does.
struct ColumnVector {
  /// The first of the columns.
  let start: Int
  /// How many there are: 16, but for the last ones of a matrix.
  let width: Int

  @inline(__always)
  func load(_ row: UnsafePointer<Float>) -> Vector { (row + start).vector }

  @inline(__always)
  func store(_ value: Vector, to row: UnsafeMutablePointer<Float>) {
    if width == Buffer.vectorWidth {
      (row + start).vector = value
    } else {
      for lane in 0..<width { row[start + lane] = value[lane] }
    }
  }
}

/// Calls `body` for every 16 columns.
@inline(__always)
func forEachColumnVector(_ columns: Int, _ body: (ColumnVector) -> Void) {
  for start in stride(from: 0, to: columns, by: Buffer.vectorWidth) {
    body(ColumnVector(start: start, width: min(Buffer.vectorWidth, columns - start)))
  }
}
