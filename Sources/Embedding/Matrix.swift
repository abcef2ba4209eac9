import Engine

/// Points in a space of many dimensions, one a row.
public struct Matrix: Sendable {
  /// The number of points.
  public let rows: Int
  /// The number of dimensions.
  public let columns: Int
  /// The numbers, row after row: (rows, columns).
  public let values: [Float]

  /// A matrix of the given numbers, row after row.
  public init(rows: Int, columns: Int, values: [Float]) {
    require(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "A matrix of \(rows) × \(columns) cannot hold \(values.count) numbers.")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// The mean of each column, (columns), of at least one row.
  package func columnMeans() -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    values.withUnsafeBufferPointer { values in
      for row in 0..<rows {
        for column in 0..<columns { sums[column] += Double(values[row * columns + column]) }
      }
    }
    return sums.map { $0 / Double(rows) }
  }

  /// Writes the given rows less `means` (columns) to `target`: (range, columns).
  package func copy(
    rows range: Range<Int>, less means: [Float], to target: UnsafeMutablePointer<Float>
  ) {
    values.withUnsafeBufferPointer { values in
      for (place, row) in range.enumerated() {
        for column in 0..<columns {
          target[place * columns + column] = values[row * columns + column] - means[column]
        }
      }
    }
  }
}
