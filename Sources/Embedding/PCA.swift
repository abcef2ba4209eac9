import Engine

/// Principal components: the directions in which points vary most.
///
/// With the centred rows X (n, d), the axes are the eigenvectors of the covariance XᵀX / (n − 1)
/// that belong to its largest eigenvalues, rounded to multiples of 2⁻²⁰; each axis has the sign that
/// makes its largest entry positive.
///
/// The eigenvectors are LAPACK's, whose last bits depend on the BLAS below it and on the processor.
/// All else is computed in a fixed order, and rounding the axes makes those bits disappear but where
/// an entry lies on the edge between two multiples. On the 10,000 test images of MNIST, with 50
/// components and five of OpenBLAS's kernels, entries differed by 8·10⁻¹⁷ in the mean and by
/// 2·10⁻¹⁵ at most; the odds that one of 39,200 entries is rounded differently are then 39,200 ·
/// 8·10⁻¹⁷ / 2⁻²⁰, some 3 in a million. An eigenvector's error is LAPACK's rounding, some 10⁻¹⁵ of the
/// largest eigenvalue, divided by the gap to the next eigenvalue: there the smallest was 3·10⁻⁴ of
/// the largest. Where a gap is below 10⁻⁹ of it, as among directions of no variance, the axes are
/// not determined that well and may differ between two machines.
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

    let eigenvectors = BLAS.largestEigenvectors(of: covariance, size: size, count: components)
    axes = Matrix(
      rows: components, columns: size,
      values: (0..<components).reversed().flatMap { component in
        rounded(eigenvectors[(component * size)..<((component + 1) * size)])
      })
    explainedVariance = PCA.variances(along: axes, of: covariance)
    explainedVarianceRatio = explainedVariance.map { total > 0 ? $0 / total : 0 }
  }

  /// The coordinates of rows along the axes: (rows, columns) to (rows, components).
  public func transform(_ rows: Matrix) -> Matrix {
    require(
      rows.columns == axes.columns,
      "Rows of \(rows.columns) numbers do not fit axes of \(axes.columns).")
    let components = axes.rows
    let packedAxes = axes.values.withUnsafeBufferPointer {
      PackedMatrix(transposing: $0.baseAddress!, rows: axes.columns, columns: components)
    }
    let values = [Float](unsafeUninitializedCapacity: rows.rows * components) { target, count in
      let target = target.baseAddress!
      Parallel.forEachRange(of: rows.rows, parts: 64) { _, range in
        let centred = UnsafeMutablePointer<Float>.allocate(capacity: range.count * rows.columns)
        defer { centred.deallocate() }
        rows.copy(rows: range, less: mean, to: centred)
        packedAxes.multiplied(
          byRowsOf: centred, range.count, into: target + range.lowerBound * components)
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
        // Some columns of XᵀX, in memory of their own: (size, range).
        let columns = PackedMatrix(rows: chunk.count, columns: range.count) {
          centred[$0 * size + range.lowerBound + $1]
        }
        let part = product.base + range.lowerBound * size
        columns.multiplied(byColumnsOf: centred.base, size, into: part)
        for row in 0..<size {
          for column in range {
            sums[row * size + column] += Double(part[row * range.count + column - range.lowerBound])
          }
        }
      }
    }
    return (0..<sums.count).map { sums[$0] / Double(rows.rows - 1) }
  }

  /// aᵀ·C·a of each axis a and the covariance C: (components).
  private static func variances(along axes: Matrix, of covariance: [Double]) -> [Double] {
    let size = axes.columns
    return (0..<axes.rows).map { component in
      let axis = axes.values[(component * size)..<((component + 1) * size)].map(Double.init)
      var variance = 0.0
      for row in 0..<size {
        var product = 0.0
        for column in 0..<size { product += covariance[row * size + column] * axis[column] }
        variance += axis[row] * product
      }
      return max(variance, 0)
    }
  }
}

/// A vector in multiples of 2⁻²⁰, or its negative, whichever has its entry of largest magnitude (the
/// first of several) positive.
private func rounded(_ vector: ArraySlice<Double>) -> [Float] {
  let multiples = vector.map { ($0 * 0x1p20).rounded() }
  let largest = multiples.max { abs($0) < abs($1) } ?? 0
  return multiples.map { Float(largest < 0 ? -$0 : $0) * 0x1p-20 }
}
