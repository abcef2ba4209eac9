/// Means and variances of the columns of a matrix (rows, columns), of the channels of images,
/// collected block by block.
///
/// Each block takes its own mean first and squares the distances from it, whose sum then corrects
/// the rounding errors of both, so that nothing is lost where the mean is large beside the
/// deviation; blocks are combined by Chan, Golub and LeVeque (1979), and parts in their order.
struct ColumnMoments {
  private let means: PartialSums
  private let squares: PartialSums
  private let counts: PartialSums
  private let columns: Int

  init(parts: Int, columns: Int) {
    means = PartialSums(parts: parts, count: columns)
    squares = PartialSums(parts: parts, count: columns)
    counts = PartialSums(parts: parts, count: 1)
    self.columns = columns
  }

  /// Adds a block of `rows` rows to a part.
  func add(_ x: UnsafePointer<Float>, rows: Int, to part: Int) {
    guard rows > 0 else { return }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * columns) { scratch in
      let mean = scratch.baseAddress!
      let (rest, square) = (mean + columns, mean + 2 * columns)
      scratch.update(repeating: 0)
      addColumnSums(x, rows: rows, columns: columns, to: mean)
      for c in 0..<columns { mean[c] /= Float(rows) }
      for row in 0..<rows {
        let x = x + row * columns
        for c in 0..<columns {
          let distance = x[c] - mean[c]
          rest[c] += distance
          square[c].addProduct(distance, distance)
        }
      }
      for c in 0..<columns {
        mean[c] += rest[c] / Float(rows)
        square[c] -= rest[c] * rest[c] / Float(rows)
      }
      merge(mean, square, rows: Float(rows), into: part)
    }
  }

  private func merge(
    _ mean: UnsafePointer<Float>, _ square: UnsafePointer<Float>, rows: Float, into part: Int
  ) {
    let (partMean, partSquare) = (means[part], squares[part])
    let before = counts[part][0]
    let after = before + rows
    for c in 0..<columns {
      let distance = mean[c] - partMean[c]
      partMean[c] += distance * (rows / after)
      partSquare[c] += square[c] + distance * distance * (before * rows / after)
    }
    counts[part][0] = after
  }

  /// `mean` and `variance` (columns) ← those of all rows; the variance is divided by their number.
  func result(mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>) {
    for c in 0..<columns {
      var (count, total, square) = (0.0, 0.0, 0.0)
      for part in 0..<means.parts {
        let rows = Double(counts[part][0])
        guard rows > 0 else { continue }
        let distance = Double(means[part][c]) - total
        count += rows
        total += distance * rows / count
        square += Double(squares[part][c]) + distance * distance * rows * (count - rows) / count
      }
      mean[c] = Float(total)
      variance[c] = Float(square / count)
    }
  }
}

/// `result` (columns) ← the sum of each column of a matrix (rows, columns).
func columnSums(
  _ x: UnsafePointer<Float>, rows: Int, columns: Int, into result: UnsafeMutablePointer<Float>
) {
  let partial = PartialSums(parts: 16, count: columns)
  Parallel.forEachRange(of: rows) { part, range in
    addColumnSums(
      x + range.lowerBound * columns, rows: range.count, columns: columns, to: partial[part])
  }
  partial.sum(into: result)
}

/// Adds each column's sum over the rows to `sums` (columns).
func addColumnSums(
  _ x: UnsafePointer<Float>, rows: Int, columns: Int, to sums: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let x = x + row * columns
    for c in 0..<columns { sums[c] += x[c] }
  }
}

/// Calls `body` for every row of a matrix, shared among threads where it is worth it.
@inline(__always)
func forEachRow(_ rows: Int, columns: Int, _ body: (_ row: Int) -> Void) {
  Parallel.forEachRange(of: rows, parts: rows * columns < 1 << 15 ? 1 : 16) { _, range in
    for row in range { body(row) }
  }
}
