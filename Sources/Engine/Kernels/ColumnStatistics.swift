/// Statistics of the columns of a matrix (rows, columns): of the channels of images, of the
/// features of a batch.
///
/// Rows are cut into a fixed number of parts, whose sums are combined in order.
enum ColumnStatistics {
  private static let parts = 16

  /// `result` (columns) ← the sum of each column.
  static func sums(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, into result: UnsafeMutablePointer<Float>
  ) {
    let partial = PartialSums(parts: parts, count: columns)
    Parallel.forEachRange(of: rows, parts: parts) { part, range in
      let sum = partial[part]
      for row in range {
        let x = x + row * columns
        for c in 0..<columns { sum[c] += x[c] }
      }
    }
    partial.sum(into: result)
  }

  /// `sums` (columns) ← Σ a over the rows, and `products` ← Σ a·(b − centre).
  static func sumsAndProducts(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, around centre: UnsafePointer<Float>,
    rows: Int, columns: Int,
    sums: UnsafeMutablePointer<Float>, products: UnsafeMutablePointer<Float>
  ) {
    let sum = PartialSums(parts: parts, count: columns)
    let product = PartialSums(parts: parts, count: columns)
    Parallel.forEachRange(of: rows, parts: parts) { part, range in
      let (sum, product) = (sum[part], product[part])
      for row in range {
        let (a, b) = (a + row * columns, b + row * columns)
        for c in 0..<columns {
          sum[c] += a[c]
          product[c].addProduct(a[c], b[c] - centre[c])
        }
      }
    }
    sum.sum(into: sums)
    product.sum(into: products)
  }

  /// `mean` and `variance` (columns) ← those of each column; the variance is divided by the number
  /// of rows.
  ///
  /// Each part takes its own mean first and squares the distances from it, so that nothing is lost
  /// where the mean is large beside the deviation; the parts are combined by Chan, Golub and LeVeque
  /// (1979), in Double.
  static func moments(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int,
    mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>
  ) {
    let means = PartialSums(parts: parts, count: columns)
    let squares = PartialSums(parts: parts, count: columns)
    Parallel.forEachRange(of: rows, parts: parts) { part, range in
      partMoments(
        x + range.lowerBound * columns, rows: range.count, columns: columns,
        mean: means[part], squares: squares[part])
    }
    for c in 0..<columns {
      var (count, total, square) = (0.0, 0.0, 0.0)
      for part in 0..<parts {
        let partRows = Double(rows * (part + 1) / parts - rows * part / parts)
        guard partRows > 0 else { continue }
        let distance = Double(means[part][c]) - total
        count += partRows
        total += distance * partRows / count
        square +=
          Double(squares[part][c]) + distance * distance * partRows * (count - partRows) / count
      }
      mean[c] = Float(total)
      variance[c] = Float(square / count)
    }
  }

  /// `mean` ← the mean of each column, `squares` ← the sum of squared distances from it; both hold
  /// zeros before.
  private static func partMoments(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int,
    mean: UnsafeMutablePointer<Float>, squares: UnsafeMutablePointer<Float>
  ) {
    guard rows > 0 else { return }
    for row in 0..<rows {
      let x = x + row * columns
      for c in 0..<columns { mean[c] += x[c] }
    }
    for c in 0..<columns { mean[c] /= Float(rows) }
    for row in 0..<rows {
      let x = x + row * columns
      for c in 0..<columns {
        let distance = x[c] - mean[c]
        squares[c].addProduct(distance, distance)
      }
    }
  }
}

/// Calls `body` for every row of a matrix with `rows` rows, shared among threads where it is worth it.
@inline(__always)
func forEachRow(_ rows: Int, columns: Int, _ body: (_ row: Int) -> Void) {
  Parallel.forEachRange(of: rows, parts: rows * columns < 1 << 15 ? 1 : 16) { _, range in
    for row in range { body(row) }
  }
}
