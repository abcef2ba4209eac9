import CSLEEF

// The one place where the project computes elementary functions. The system's differ in their last
// bits from version to version and choose their code by processor. SLEEF's "finz" functions are the
// same sequence of additions, multiplications and fused multiply-adds everywhere (Shibata and
// Petrogalli 2020, arXiv:2001.09258), so one version of SLEEF gives the same bits on every processor
// that has fused multiply-add. ("cinz", SLEEF's family without it, gives other bits.)

extension Double {
  /// e to the power `x`, within one unit in the last place, as all functions here.
  package static func exp(_ x: Double) -> Double { Sleef_finz_expd1_u10purecfma(x) }

  /// exp(`x`) − 1, without cancellation near 0.
  package static func expMinusOne(_ x: Double) -> Double { Sleef_finz_expm1d1_u10purecfma(x) }

  /// The natural logarithm of `x`.
  package static func log(_ x: Double) -> Double { Sleef_finz_logd1_u10purecfma(x) }

  /// log(1 + `x`), without cancellation near 0.
  package static func log(onePlus x: Double) -> Double { Sleef_finz_log1pd1_u10purecfma(x) }

  /// `x` to the power `y`.
  package static func pow(_ x: Double, _ y: Double) -> Double {
    Sleef_finz_powd1_u10purecfma(x, y)
  }

  /// The sine of `x` in radians.
  package static func sin(_ x: Double) -> Double { Sleef_finz_sind1_u10purecfma(x) }

  /// The cosine of `x` in radians.
  package static func cos(_ x: Double) -> Double { Sleef_finz_cosd1_u10purecfma(x) }

  /// The angle of the point (`x`, `y`), in radians from −π to π.
  package static func atan2(y: Double, x: Double) -> Double {
    Sleef_finz_atan2d1_u10purecfma(y, x)
  }

  /// The logarithm of the absolute value of Γ(`x`).
  package static func logGamma(_ x: Double) -> Double { Sleef_finz_lgammad1_u10purecfma(x) }
}

/// The functions of a Float are computed in double precision and rounded once.
///
/// So even another version of SLEEF rarely changes a Float. Both versions' results lie within one
/// unit in the last place of the true value in double precision, and therefore round to different
/// Floats only where the midpoint of two neighbouring Floats lies between them. Midpoints are 2²⁹
/// such units apart, the results at most 2: for arguments as they come, the odds are below 2⁻²⁸,
/// one in 268 million, even if every double differed.
extension Float {
  /// e to the power `x`.
  package static func exp(_ x: Float) -> Float { Float(Double.exp(Double(x))) }

  /// The natural logarithm of `x`.
  package static func log(_ x: Float) -> Float { Float(Double.log(Double(x))) }

  /// `x` to the power `y`.
  package static func pow(_ x: Float, _ y: Float) -> Float {
    Float(Double.pow(Double(x), Double(y)))
  }

  /// The sine of `x` in radians.
  package static func sin(_ x: Float) -> Float { Float(Double.sin(Double(x))) }

  /// The cosine of `x` in radians.
  package static func cos(_ x: Float) -> Float { Float(Double.cos(Double(x))) }

  /// The angle of the point (`x`, `y`), in radians from −π to π.
  package static func atan2(y: Float, x: Float) -> Float {
    Float(Double.atan2(y: Double(y), x: Double(x)))
  }
}
