/// The means and variances of the columns of a matrix (rows, columns), such as the channels of images,
/// accumulated chunk by chunk.
///
/// Each part subtracts the mean of its first chunk, the origin, which keeps the precision if the mean
/// is large compared with the standard deviation. The means and sums of squared deviations of chunks
/// are combined by the formula of Chan, Golub and LeVeque (1979), and so are those of pairs of parts, of pairs
/// of these, and so on, like ``PartialSums``.
struct ColumnMoments {
  /// The origin of each part (columns).
  private let origins: PartialSums
  /// The mean distance of each part's rows from its origin (columns).
  private let means: PartialSums
  /// The sums of the squared deviations of each part's rows from their mean (columns).
  private let squares: PartialSums
  /// The number of each part's rows (1).
  private let counts: PartialSums
  private let columns: Int

  init(parts: BatchParts, columns: Int) {
    origins = PartialSums(parts: parts, count: columns)
    means = PartialSums(parts: parts, count: columns)
    squares = PartialSums(parts: parts, count: columns)
    counts = PartialSums(parts: parts, count: 1)
    self.columns = columns
  }

  /// Adds the rows of `x` (rows, columns) to the moments of a part.
  func add(_ x: UnsafePointer<Float>, rows: Int, to part: Int) {
    let (sums, squares) = (Storage(count: columns), Storage(count: columns))
    for start in stride(from: 0, to: rows, by: chunkLength) {
      let chunk = unsafe x + start * columns
      let count = min(chunkLength, rows - start)
      if unsafe counts[part][0] == 0 { unsafe setOrigin(of: part, to: chunk, rows: count) }
      unsafe sumDistances(
        chunk, rows: count, from: origins[part], into: sums.pointer, squares.pointer)
      unsafe merge(sums.pointer, squares.pointer, rows: Float(count), into: part)
    }
    // Without this the storages might be released before their last use, because only their addresses are used.
    withExtendedLifetime((sums, squares)) {}
  }

  /// Sets the origin of a part to the mean of the rows of `x` (rows, columns).
  private func setOrigin(of part: Int, to x: UnsafePointer<Float>, rows: Int) {
    let origin = unsafe origins[part]
    unsafe addColumnSums(x, rows: rows, columns: columns, to: origin)
    forEachColumnVector(columns) { c in unsafe c.store(c.load(origin) / Float(rows), to: origin) }
  }

  /// Sums the distances of rows from an origin, and their squares, column by column.
  ///
  /// `x` is (rows, columns), `origin` (columns); `sums` and `squares` (columns) are overwritten.
  private func sumDistances(
    _ x: UnsafePointer<Float>, rows: Int, from origin: UnsafePointer<Float>,
    into sums: UnsafeMutablePointer<Float>, _ squares: UnsafeMutablePointer<Float>
  ) {
    unsafe sums.update(repeating: 0, count: columns)
    unsafe squares.update(repeating: 0, count: columns)
    for row in 0..<rows {
      forEachColumnVector(columns) { c in
        let distance = unsafe c.load(x + row * columns) - c.load(origin)
        unsafe c.store(c.load(sums) + distance, to: sums)
        unsafe c.store(c.load(squares).addingProduct(distance, distance), to: squares)
      }
    }
  }

  /// Merges the moments of `rows` rows with those of a part.
  ///
  /// `sums` and `squares` (columns) are the sums of the rows' distances from the part's origin, and of
  /// their squares.
  private func merge(
    _ sums: UnsafePointer<Float>, _ squares: UnsafePointer<Float>, rows: Float, into part: Int
  ) {
    let (partMean, partSquare) = unsafe (means[part], self.squares[part])
    let before = unsafe counts[part][0]
    let after = before + rows
    forEachColumnVector(columns) { c in
      let mean = unsafe c.load(sums) / rows
      let square = unsafe c.load(squares) - c.load(sums) * mean
      let distance = unsafe mean - c.load(partMean)
      unsafe c.store(c.load(partMean) + distance * (rows / after), to: partMean)
      unsafe c.store(
        c.load(partSquare) + square + distance * distance * (before * rows / after),
        to: partSquare)
    }
    unsafe counts[part][0] = after
  }

  /// Writes the means and the biased variances over all rows of all processes, both (columns).
  func result(mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>) {
    var moments = (0..<columns).map(moments)
    means.parts.mergeOthers(&moments) { $0.merged(with: $1) }
    require(
      moments.allSatisfy { $0.rows > 0 }, "The moments of a batch without images are undefined.")
    for c in 0..<columns {
      unsafe mean[c] = Float(moments[c].mean)
      unsafe variance[c] = Float(moments[c].square / moments[c].rows)
    }
  }

  /// The moments of a column over this process's rows.
  private func moments(of column: Int) -> Moments {
    var parts = (0..<means.parts.count).map { part in
      unsafe Moments(
        rows: Double(counts[part][0]),
        mean: Double(origins[part][column]) + Double(means[part][column]),
        square: Double(squares[part][column]))
    }
    while parts.count > 1 {
      parts = stride(from: 0, to: parts.count, by: 2).map { parts[$0].merged(with: parts[$0 + 1]) }
    }
    return parts[0]
  }
}

/// The number of rows of a column, their mean, and the sum of their squared deviations from it.
private struct Moments {
  var rows = 0.0
  var mean = 0.0
  var square = 0.0

  /// The moments of these rows and those of `other`.
  func merged(with other: Moments) -> Moments {
    guard other.rows > 0 else { return self }
    let distance = other.mean - mean
    let total = rows + other.rows
    return Moments(
      rows: total, mean: mean + distance * other.rows / total,
      square: square + other.square + distance * distance * rows * other.rows / total)
  }
}

/// The number of rows whose squared deviations are summed before they are combined with others.
private let chunkLength = 64

/// Writes the sums of the columns of a matrix (rows, columns) to `result` (columns).
func columnSums(
  _ x: UnsafePointer<Float>, rows: Int, columns: Int, into result: UnsafeMutablePointer<Float>
) {
  let parts = BatchParts(ofImages: rows, share: nil)
  let partial = PartialSums(parts: parts, count: columns)
  parts.forEach { part, range in
    unsafe addColumnSums(
      x + range.lowerBound * columns, rows: range.count, columns: columns, to: partial[part])
  }
  unsafe partial.sum(into: result)
}

/// Adds the sums of the columns of a matrix (rows, columns) to `sums` (columns).
func addColumnSums(
  _ x: UnsafePointer<Float>, rows: Int, columns: Int, to sums: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    forEachColumnVector(columns) { c in
      unsafe c.store(c.load(sums) + c.load(x + row * columns), to: sums)
    }
  }
}
