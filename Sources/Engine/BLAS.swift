import COpenBLAS

/// The one place where the project calls OpenBLAS, single-threaded: for LAPACK's eigenvectors, and
/// for the products that `make bench` compares the engine's own with. Its results have other last
/// bits on other processors.
package enum BLAS {
  /// Tells OpenBLAS to use no threads of its own, once per process.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// The kernel set that OpenBLAS chose for this processor, such as "SkylakeX" or "Haswell".
  package static var coreName: String { String(cString: openblas_get_corename()) }

  /// A row-major matrix as it goes into a product: as stored, or transposed.
  package struct Operand {
    fileprivate let pointer: UnsafePointer<Float>
    fileprivate let isTransposed: Bool
    fileprivate let leading: Int?

    /// As stored; `leading` is the distance between rows, if not their length.
    package static func plain(_ pointer: UnsafePointer<Float>, leading: Int? = nil) -> Operand {
      Operand(pointer: pointer, isTransposed: false, leading: leading)
    }

    /// Transposed; `leading` is the distance between rows as stored, if not their length.
    package static func transposed(_ pointer: UnsafePointer<Float>, leading: Int? = nil)
      -> Operand
    {
      Operand(pointer: pointer, isTransposed: true, leading: leading)
    }

    fileprivate var flag: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
  }

  /// `c` ← `a`·`b` + `beta`·`c`.
  ///
  /// `a` is (rows, inner), `b` (inner, columns) and `c` (rows, columns), row-major; rows of `c` are
  /// `leading` apart, if not `columns`.
  package static func multiply(
    _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Float>, leading: Int? = nil,
    rows: Int, inner: Int, columns: Int, beta: Float = 0
  ) {
    _ = singleThreaded
    guard rows > 0, columns > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, a.flag, b.flag, blasint(rows), blasint(columns), blasint(inner), 1,
      a.pointer, blasint(a.leading ?? (a.isTransposed ? rows : inner)),
      b.pointer, blasint(b.leading ?? (b.isTransposed ? inner : columns)),
      beta, c, blasint(leading ?? columns))
  }

  /// The eigenvectors of a symmetric matrix that belong to its largest eigenvalues (LAPACK's
  /// `dsyevr`). Their last bits depend on the processor and on the version of OpenBLAS.
  ///
  /// - Parameters:
  ///   - matrix: (size, size), finite; only one triangle is read.
  ///   - count: How many eigenvectors, in 1 ... `size`.
  /// - Returns: Unit vectors, one a row, by ascending eigenvalue, each with the sign that LAPACK
  ///   happened to give it: (count, size).
  package static func largestEigenvectors(
    of matrix: [Double], size: Int, count: Int
  ) -> [Double] {
    require(
      matrix.count == size * size && (1...size).contains(count),
      "\(count) eigenvectors of a matrix of \(matrix.count) values for size \(size) cannot be found."
    )
    _ = singleThreaded
    var matrix = matrix
    var values = [Double](repeating: 0, count: size)
    var vectors = [Double](repeating: 0, count: count * size)
    var work = [0.0]
    var integerWork: [blasint] = [0]
    /// Asks for the sizes of the work arrays when they are of length one, as LAPACK has it.
    func solve() {
      var order = blasint(size)
      var (unusedBound, tolerance) = (0.0, 0.0)
      var (first, last, found) = (blasint(size - count + 1), blasint(size), blasint(0))
      var support = [blasint](repeating: 0, count: 2 * count)
      var workLength = blasint(work.count == 1 ? -1 : work.count)
      var integerWorkLength = blasint(work.count == 1 ? -1 : integerWork.count)
      var info = blasint(0)
      dsyevr_(
        "V", "I", "U", &order, &matrix, &order, &unusedBound, &unusedBound, &first, &last,
        &tolerance, &found, &values, &vectors, &order, &support, &work, &workLength,
        &integerWork, &integerWorkLength, &info, 1, 1, 1)
      require(info == 0, "LAPACK's dsyevr failed with code \(info).")
    }
    solve()
    work = [Double](repeating: 0, count: max(2, Int(work[0])))
    integerWork = [blasint](repeating: 0, count: Int(integerWork[0]))
    solve()
    return vectors
  }
}
