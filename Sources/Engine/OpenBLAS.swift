import COpenBLAS

/// Calls of OpenBLAS, single-threaded: LAPACK's eigenvectors, and the matrix products that `make
/// bench` compares the engine's own with. The last bits of the results depend on the processor.
package enum OpenBLAS {
  /// Makes OpenBLAS use a single thread, once per process.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// The name of the kernels that OpenBLAS chose for this processor, such as "SkylakeX" or "Haswell".
  package static var coreName: String { unsafe String(cString: openblas_get_corename()) }

  /// Computes the product `a`·`b` of two matrices.
  ///
  /// - Parameters:
  ///   - a: A matrix (rows, inner), row-major.
  ///   - b: A matrix (inner, columns), row-major.
  ///   - c: The memory for the result (rows, columns), row-major.
  @unsafe package static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    rows: Int, inner: Int, columns: Int
  ) {
    _ = singleThreaded
    guard rows > 0, columns > 0 else { return }
    unsafe cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner), 1,
      a, blasint(inner), b, blasint(columns), 0, c, blasint(columns))
  }

  /// Computes the eigenvectors for the largest eigenvalues of a symmetric matrix with LAPACK's
  /// `dsyevr`. The last bits depend on the processor and the version of OpenBLAS.
  ///
  /// - Parameters:
  ///   - matrix: A finite symmetric matrix (size, size); only one triangle is read.
  ///   - size: The number of rows and columns.
  ///   - count: The number of eigenvectors, in 1 ... `size`.
  /// - Returns: Unit vectors (count, size), one per row, by ascending eigenvalue; their signs are
  ///   arbitrary. Nil if LAPACK finds none.
  package static func largestEigenvectors(
    of matrix: [Double], size: Int, count: Int
  ) -> [Double]? {
    require(
      matrix.count == size * size && (1...size).contains(count),
      "Cannot compute \(count) eigenvectors of a matrix of size \(size) with \(matrix.count) elements."
    )
    _ = singleThreaded
    var matrix = matrix
    var values = [Double](repeating: 0, count: size)
    var vectors = [Double](repeating: 0, count: count * size)
    var work = [0.0]
    var integerWork: [blasint] = [0]
    /// Calls dsyevr, and returns whether it succeeded; with work arrays of length one, LAPACK only returns the sizes it
    /// needs.
    func solve() -> Bool {
      var order = blasint(size)
      var (unusedBound, tolerance) = (0.0, 0.0)
      var (first, last, found) = (blasint(size - count + 1), blasint(size), blasint(0))
      var support = [blasint](repeating: 0, count: 2 * count)
      var workLength = blasint(work.count == 1 ? -1 : work.count)
      var integerWorkLength = blasint(work.count == 1 ? -1 : integerWork.count)
      var info = blasint(0)
      unsafe dsyevr_(
        "V", "I", "U", &order, &matrix, &order, &unusedBound, &unusedBound, &first, &last,
        &tolerance, &found, &values, &vectors, &order, &support, &work, &workLength,
        &integerWork, &integerWorkLength, &info, 1, 1, 1)
      return info == 0
    }
    guard solve() else { return nil }
    work = [Double](repeating: 0, count: max(2, Int(work[0])))
    integerWork = [blasint](repeating: 0, count: Int(integerWork[0]))
    return solve() ? vectors : nil
  }
}
