import Engine

/// The difference of the accuracies of two networks on the same images, with its 95 % confidence interval.
///
/// The interval is method 10 of Newcombe 1998, *Improved confidence intervals for the difference between binomial
/// proportions based on paired data*: it combines the Wilson intervals of both accuracies, holds for few images too,
/// and never leaves −1 to 1. It covers the choice of test images, not that of the seed.
public struct PairedDifference: Sendable, Equatable {
  /// The accuracy of the first minus that of the second.
  public let difference: Double
  /// The lower end of the interval.
  public let lower: Double
  /// The upper end of the interval.
  public let upper: Double

  /// The difference of two networks.
  ///
  /// - Parameters:
  ///   - first: Whether the first network is right, for each image; at least one.
  ///   - second: Whether the second network is right, for the same images.
  public init(_ first: [Bool], minus second: [Bool]) {
    require(
      !first.isEmpty && first.count == second.count,
      "The networks need the same images, at least one, not \(first.count) and \(second.count).")
    let pairs = Array(zip(first, second))
    func count(_ a: Bool, _ b: Bool) -> Double { Double(pairs.count { $0.0 == a && $0.1 == b }) }
    let (both, gains) = (count(true, true), count(true, false))
    let (losses, neither) = (count(false, true), count(false, false))
    let images = both + gains + losses + neither
    difference = (gains - losses) / images

    let (p, q) = ((both + gains) / images, (both + losses) / images)
    let (a, b) = (Self.wilson(p, of: images), Self.wilson(q, of: images))
    // The correlation φ of both, with Newcombe's correction for continuity where it is positive.
    let covariance = both * neither - gains * losses
    let corrected = covariance > 0 ? max(covariance - images / 2, 0) : covariance
    let spread = (p * (1 - p) * q * (1 - q)).squareRoot() * images * images
    let correlation = spread > 0 ? corrected / spread : 0
    func length(_ x: Double, _ y: Double) -> Double {
      (x * x - 2 * correlation * x * y + y * y).squareRoot()
    }
    lower = max(-1, difference - length(p - a.lower, b.upper - q))
    upper = min(1, difference + length(a.upper - p, q - b.lower))
  }

  /// Wilson's 95 % interval for a proportion `p` of `count` observations.
  private static func wilson(_ p: Double, of count: Double) -> (lower: Double, upper: Double) {
    let z = 1.959964
    let centre = (p + z * z / (2 * count)) / (1 + z * z / count)
    let half =
      z * (p * (1 - p) / count + z * z / (4 * count * count)).squareRoot() / (1 + z * z / count)
    return (max(0, centre - half), min(1, centre + half))
  }
}
