import COpenBLAS

/// The one place where the project calls OpenBLAS: single-threaded products, run side by side by
/// ``Parallel``.
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
}
