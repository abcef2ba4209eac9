import CSLEEF

// All elementary functions of the project are computed here, by SLEEF. The system's functions differ
// in their last bits between versions, and choose their code by processor. SLEEF's "finz" functions
// are the same sequence of additions, multiplications and fused multiply-adds everywhere (Shibata and
// Petrogalli 2020, arXiv:2001.09258), so one version of SLEEF gives the same bits on every processor
// with fused multiply-add. (The "cinz" functions, without it, give other bits.)
//
// They are public for operations and layers outside of this package. RealModule of swift-numerics has functions of the
// same names for Double and Float: a call is ambiguous in a file that sees both modules.

extension Double {
  /// e to the power `x`, with an error of at most one unit in the last place.
  public static func exp(_ x: Double) -> Double { Sleef_finz_expd1_u10purecfma(x) }

  /// exp(`x`) − 1, without cancellation near 0, and with an error of at most one unit in the last place.
  public static func expMinusOne(_ x: Double) -> Double { Sleef_finz_expm1d1_u10purecfma(x) }

  /// The natural logarithm of `x`, with an error of at most one unit in the last place.
  public static func log(_ x: Double) -> Double { Sleef_finz_logd1_u10purecfma(x) }

  /// log(1 + `x`), without cancellation near 0, and with an error of at most one unit in the last place.
  public static func log(onePlus x: Double) -> Double { Sleef_finz_log1pd1_u10purecfma(x) }

  /// `x` to the power `y`, with an error of at most one unit in the last place.
  public static func pow(_ x: Double, _ y: Double) -> Double {
    Sleef_finz_powd1_u10purecfma(x, y)
  }

  /// The sine of `x` in radians, with an error of at most one unit in the last place.
  public static func sin(_ x: Double) -> Double { Sleef_finz_sind1_u10purecfma(x) }

  /// The cosine of `x` in radians, with an error of at most one unit in the last place.
  public static func cos(_ x: Double) -> Double { Sleef_finz_cosd1_u10purecfma(x) }

  /// The angle of the point (`x`, `y`), in radians from −π to π.
  ///
  /// Its error is at most one unit in the last place.
  public static func atan2(y: Double, x: Double) -> Double {
    Sleef_finz_atan2d1_u10purecfma(y, x)
  }

  /// The logarithm of the absolute value of Γ(`x`); for `x` > 0 its error is at most one unit in the last place.
  public static func logGamma(_ x: Double) -> Double { Sleef_finz_lgammad1_u10purecfma(x) }
}

/// Elementary functions of Floats, computed in double precision and rounded once.
///
/// Even another version of SLEEF therefore rarely changes a Float: the results of both versions lie
/// within one double-precision unit in the last place of the true value, and round to different Floats
/// only if the midpoint of two neighbouring Floats lies between them. Midpoints are 2²⁹ such units
/// apart and the results at most 2, so for random arguments the probability is below 2⁻²⁸ even if
/// every double differed.
extension Float {
  /// e to the power `x`, computed in double precision and rounded once.
  public static func exp(_ x: Float) -> Float { Float(Double.exp(Double(x))) }

  /// The natural logarithm of `x`, computed in double precision and rounded once.
  public static func log(_ x: Float) -> Float { Float(Double.log(Double(x))) }

  /// `x` to the power `y`, computed in double precision and rounded once.
  public static func pow(_ x: Float, _ y: Float) -> Float {
    Float(Double.pow(Double(x), Double(y)))
  }

  /// The sine of `x` in radians, computed in double precision and rounded once.
  public static func sin(_ x: Float) -> Float { Float(Double.sin(Double(x))) }

  /// The cosine of `x` in radians, computed in double precision and rounded once.
  public static func cos(_ x: Float) -> Float { Float(Double.cos(Double(x))) }

  /// The angle of the point (`x`, `y`), in radians from −π to π, computed in double precision and rounded once.
  public static func atan2(y: Float, x: Float) -> Float {
    Float(Double.atan2(y: Double(y), x: Double(x)))
  }
}
