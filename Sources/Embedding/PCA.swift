import Engine

/// Principal components: the directions in which points vary most.
///
/// With the centred rows X (n, d), the axes are the eigenvectors of the covariance XᵀX / (n − 1)
/// that belong to its largest eigenvalues. The covariance is summed in Double and its eigenvectors
/// are LAPACK's; each axis has the sign that makes its largest entry positive.
public struct PCA: Sendable {
  /// The mean of the rows fitted: (columns).
  public let mean: [Float]
  /// Unit vectors, one a row, by falling variance: (components, columns).
  public let axes: Matrix
  /// The variance along each axis, with divisor n − 1: (components).
  public let explainedVariance: [Double]
  /// The share of the whole variance along each axis: (components). Zeros where all rows are equal.
  public let explainedVarianceRatio: [Double]

  /// Finds the first principal components.
  ///
  /// - Parameters:
  ///   - rows: At least two, of finite numbers.
  ///   - components: How many, in 1 ... `rows.columns`.
  public init(fitting rows: Matrix, components: Int) {
    require(rows.rows >= 2, "Principal components need at least two rows.")
    require(
      (1...rows.columns).contains(components),
      "Rows of \(rows.columns) numbers have no \(components) principal components.")
    let size = rows.columns
    mean = rows.columnMeans().map(Float.init)
    let covariance = PCA.covariance(of: rows, mean: mean)
    let total = (0..<size).reduce(0.0) { $0 + covariance[$1 * size + $1] }
    require(total.isFinite, "Principal components need finite numbers of moderate size.")

    let (values, vectors) = BLAS.largestEigenpairs(of: covariance, size: size, count: components)
    explainedVariance = values.reversed().map { max($0, 0) }
    explainedVarianceRatio = explainedVariance.map { total > 0 ? $0 / total : 0 }
    axes = Matrix(
      rows: components, columns: size,
      values: (0..<components).reversed().flatMap { component in
        signed(vectors[(component * size)..<((component + 1) * size)])
      })
  }

  /// The coordinates of rows along the axes: (rows, columns) to (rows, components).
  public func transform(_ rows: Matrix) -> Matrix {
    require(
      rows.columns == axes.columns,
      "Rows of \(rows.columns) numbers do not fit axes of \(axes.columns).")
    let components = axes.rows
    let values = [Float](unsafeUninitializedCapacity: rows.rows * components) { target, count in
      let target = target.baseAddress!
      Parallel.forEachRange(of: rows.rows, parts: 64) { _, range in
        let centred = UnsafeMutablePointer<Float>.allocate(capacity: range.count * rows.columns)
        defer { centred.deallocate() }
        rows.copy(rows: range, less: mean, to: centred)
        axes.values.withUnsafeBufferPointer { axes in
          BLAS.multiply(
            .plain(centred), .transposed(axes.baseAddress!),
            into: target + range.lowerBound * components,
            rows: range.count, inner: rows.columns, columns: components)
        }
      }
      count = rows.rows * components
    }
    return Matrix(rows: rows.rows, columns: components, values: values)
  }

  /// XᵀX / (n − 1): (columns, columns). Products of 1,024 rows at a time are taken in Float and
  /// summed in Double.
  private static func covariance(of rows: Matrix, mean: [Float]) -> [Double] {
    let (size, chunkLength) = (rows.columns, 1024)
    let centred = UncheckedArray(count: chunkLength * size, repeating: Float(0))
    let product = UncheckedArray(count: size * size, repeating: Float(0))
    let sums = UncheckedArray(count: size * size, repeating: 0.0)
    for start in stride(from: 0, to: rows.rows, by: chunkLength) {
      let chunk = start..<min(start + chunkLength, rows.rows)
      Parallel.forEachRange(of: chunk.count) { _, range in
        rows.copy(
          rows: (start + range.lowerBound)..<(start + range.upperBound), less: mean,
          to: centred.base + range.lowerBound * size)
      }
      Parallel.forEachRange(of: size) { _, range in
        BLAS.multiply(
          .transposed(centred.base + range.lowerBound, leading: size), .plain(centred.base),
          into: product.base + range.lowerBound * size,
          rows: range.count, inner: chunk.count, columns: size)
        for place in (range.lowerBound * size)..<(range.upperBound * size) {
          sums[place] += Double(product[place])
        }
      }
    }
    return (0..<sums.count).map { sums[$0] / Double(rows.rows - 1) }
  }
}

/// A vector or its negative, whichever has its entry of largest magnitude positive.
private func signed(_ vector: ArraySlice<Double>) -> [Float] {
  let largest = vector.max { abs($0) < abs($1) } ?? 0
  return vector.map { Float(largest < 0 ? -$0 : $0) }
}
