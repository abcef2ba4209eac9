import COpenBLAS

/// The one place where the project calls OpenBLAS: single-threaded products, run side by side by
/// ``Parallel``.
package enum BLAS {
  /// Tells OpenBLAS to use no threads of its own, once per process.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// The kernel set that OpenBLAS chose for this processor, such as "SkylakeX" or "Haswell".
  package static var coreName: String { String(cString: openblas_get_corename()) }

  /// Whether a matrix is used as stored or transposed.
  package enum Form {
    case plain, transposed

    fileprivate var flag: CBLAS_TRANSPOSE { self == .plain ? CblasNoTrans : CblasTrans }
  }

  /// `c` ← `a`·`b` + `beta`·`c`, all row-major: `c` is (rows, columns), the product runs over
  /// `inner`.
  ///
  /// `a` is (rows, inner), or (inner, rows) when transposed; `b` likewise (inner, columns). The
  /// leading dimensions default to contiguous rows.
  package static func multiply(
    _ a: UnsafePointer<Float>, _ formA: Form = .plain, leadingA: Int? = nil,
    _ b: UnsafePointer<Float>, _ formB: Form = .plain, leadingB: Int? = nil,
    into c: UnsafeMutablePointer<Float>, leadingC: Int? = nil,
    rows: Int, inner: Int, columns: Int, beta: Float = 0
  ) {
    _ = singleThreaded
    guard rows > 0, columns > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, formA.flag, formB.flag,
      blasint(rows), blasint(columns), blasint(inner), 1,
      a, blasint(leadingA ?? (formA == .plain ? inner : rows)),
      b, blasint(leadingB ?? (formB == .plain ? columns : inner)),
      beta, c, blasint(leadingC ?? columns))
  }
}
