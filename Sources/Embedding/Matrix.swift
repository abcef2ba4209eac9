import Engine

/// A matrix of points, one per row.
public struct Matrix: Sendable {
  /// The number of rows, one per point.
  public let rows: Int
  /// The number of columns, one per dimension.
  public let columns: Int
  /// The entries in row-major order: (rows, columns).
  public let values: [Float]

  /// Creates a matrix from its entries in row-major order.
  public init(rows: Int, columns: Int, values: [Float]) {
    require(
      values.count == elementCount(of: [rows, columns]),
      "A matrix of \(rows) × \(columns) cannot hold \(values.count) numbers.")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Returns the mean of each column: (columns). The matrix must have at least one row.
  package func columnMeans() -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    unsafe values.withUnsafeBufferPointer { values in
      for row in 0..<rows {
        for column in 0..<columns { unsafe sums[column] += Double(values[row * columns + column]) }
      }
    }
    return sums.map { $0 / Double(rows) }
  }

  /// Writes the given rows minus `means` (columns) to `target` (range, columns).
  package func copy(
    rows range: Range<Int>, less means: [Float], to target: UnsafeMutablePointer<Float>
  ) {
    unsafe values.withUnsafeBufferPointer { values in
      for (place, row) in range.enumerated() {
        for column in 0..<columns {
          unsafe target[place * columns + column] = values[row * columns + column] - means[column]
        }
      }
    }
  }
}
