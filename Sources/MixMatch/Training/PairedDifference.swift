/// The difference of the accuracies of two networks on the same images, with its 95 % confidence interval.
///
/// Only images that exactly one of the two predicts right contribute. The interval is Wald's for paired
/// proportions (Agresti 2013, *Categorical Data Analysis*, section 11.1); it covers the choice of test images,
/// not that of the seed.
public struct PairedDifference: Sendable, Equatable {
  /// The accuracy of the first minus that of the second.
  public let difference: Double
  /// Half the length of the interval.
  public let halfLength: Double

  /// The difference of two networks.
  ///
  /// - Parameters:
  ///   - first: Whether the first network is right, for each image; at least one.
  ///   - second: Whether the second network is right, for the same images.
  public init(_ first: [Bool], minus second: [Bool]) {
    let count = Double(first.count)
    let (gains, losses) = zip(first, second).reduce((0.0, 0.0)) { sums, pair in
      (sums.0 + (pair.0 && !pair.1 ? 1 : 0), sums.1 + (pair.1 && !pair.0 ? 1 : 0))
    }
    difference = (gains - losses) / count
    let variance = gains + losses - (gains - losses) * (gains - losses) / count
    halfLength = 1.959964 * variance.squareRoot() / count
  }

  /// The lower end of the interval.
  public var lower: Double { difference - halfLength }
  /// The upper end of the interval.
  public var upper: Double { difference + halfLength }
}
