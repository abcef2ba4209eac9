/// Means and variances of the columns of a matrix (rows, columns), of the channels of images,
/// collected chunk by chunk.
///
/// Distances are taken from the mean of what a part has seen so far, of a part's first chunk from
/// its own mean, and squared; their sum corrects both, so that nothing is lost where the mean is
/// large beside the deviation. Chunks are combined by Chan, Golub and LeVeque (1979), and parts in
/// their order.
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

  /// Adds `rows` rows to a part.
  func add(_ x: UnsafePointer<Float>, rows: Int, to part: Int) {
    let sums = Buffer(count: columns)
    let squaredSums = Buffer(count: columns)
    for start in stride(from: 0, to: rows, by: Self.chunk) {
      addChunk(
        x + start * columns, rows: min(Self.chunk, rows - start), to: part,
        sums.pointer, squaredSums.pointer)
    }
  }

  /// Rows whose squared distances are summed before they are combined with those of others.
  private static let chunk = 64

  private func addChunk(
    _ x: UnsafePointer<Float>, rows: Int, to part: Int,
    _ sums: UnsafeMutablePointer<Float>, _ squaredSums: UnsafeMutablePointer<Float>
  ) {
    let (means, squares) = (means[part], squares[part])
    let before = counts[part][0]
    let count = Float(rows)
    if before == 0 {
      addColumnSums(x, rows: rows, columns: columns, to: means)
      forEachColumnVector(columns) { $0.store($0.load(means) / count, to: means) }
    }
    sums.update(repeating: 0, count: columns)
    squaredSums.update(repeating: 0, count: columns)
    for row in 0..<rows {
      forEachColumnVector(columns) { c in
        let distance = c.load(x + row * columns) - c.load(means)
        c.store(c.load(sums) + distance, to: sums)
        c.store(c.load(squaredSums).addingProduct(distance, distance), to: squaredSums)
      }
    }
    let after = before + count
    forEachColumnVector(columns) { c in
      let distance = c.load(sums) / count
      let square = c.load(squaredSums) - c.load(sums) * distance
      c.store(c.load(means) + distance * (count / after), to: means)
      c.store(
        c.load(squares) + square + distance * distance * (before * count / after), to: squares)
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
    forEachColumnVector(columns) { c in
      c.store(c.load(sums) + c.load(x + row * columns), to: sums)
    }
  }
}

/// Calls `body` for every row of a matrix, shared among threads where it is worth it.
@inline(__always)
func forEachRow(_ rows: Int, columns: Int, _ body: (_ row: Int) -> Void) {
  Parallel.forEachRange(of: rows, parts: rows * columns < 1 << 15 ? 1 : 16) { _, range in
    for row in range { body(row) }
  }
}
