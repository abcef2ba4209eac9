/// How far single-precision results may lie from exact ones, and why.
enum Tolerance {
  /// Half the distance from 1 to the next number: the relative error of one rounding.
  static let rounding = 0x1p-24

  /// For a sum of `terms` products, in units of the root mean square of such sums.
  ///
  /// A sum of n random terms of size s is about s·√n; each of its n partial sums is rounded, with
  /// an error of at most `rounding`·s·√n, and n random errors of that size add up to
  /// `rounding`·s·n: √n times `rounding` of the result. The factor covers the largest of many
  /// results.
  static func sum(of terms: Int) -> Double { 8 * rounding * Double(terms).squareRoot() }

  /// How many times larger the tolerance for Winograd's convolution F(4×4, 3×3) is: its transforms add
  /// and take away numbers up to eight times as large as the result.
  static let winograd = 4.0
}
