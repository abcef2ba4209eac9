import Engine

/// The 95 % confidence interval of a difference of two means, or of a mean and a number.
///
/// For two means it is Welch's (1947), which allows different variances and numbers of seeds. It
/// assumes that the values of the seeds are independent and normally distributed.
public struct ConfidenceInterval: Sendable {
  /// The difference of the means.
  public let difference: Double
  /// Half the length of the interval.
  public let halfLength: Double
  /// The variances of a value, of one or two metrics.
  private let variances: [Double]

  /// The smallest number of seeds for an interval.
  public static let minimumSeeds = 3

  /// The interval of the mean of `a` minus that of `b`; nil if one has fewer than
  /// ``minimumSeeds`` seeds, or no deviation.
  public init?(_ a: Metric, minus b: Metric) {
    self.init([a, b], difference: a.mean - b.mean)
  }

  /// The interval of the mean of `a` minus `number`; nil if `a` has fewer than ``minimumSeeds`` seeds, or no deviation.
  public init?(_ a: Metric, minus number: Double) {
    self.init([a], difference: a.mean - number)
  }

  private init?(_ metrics: [Metric], difference: Double) {
    let deviations = metrics.compactMap(\.sd)
    guard metrics.allSatisfy({ $0.n >= Self.minimumSeeds }), deviations.count == metrics.count
    else { return nil }
    variances = deviations.map { $0 * $0 }
    self.difference = difference
    halfLength = Self.halfLength(variances, seeds: metrics.map(\.n))
  }

  /// The lower end of the interval.
  public var lower: Double { difference - halfLength }
  /// The upper end of the interval.
  public var upper: Double { difference + halfLength }

  /// The number of seeds of each metric at which the interval would no longer contain `margin`, if the
  /// difference and the variances stayed the same; nil if there is none below 1,000.
  public func seedsToExclude(_ margin: Double) -> Int? {
    (Self.minimumSeeds..<1000).first { seeds in
      let length = Self.halfLength(variances, seeds: variances.map { _ in seeds })
      return length < abs(difference - margin)
    }
  }

  /// The quantile of Student's distribution times the standard error.
  private static func halfLength(_ variances: [Double], seeds: [Int]) -> Double {
    let squares = zip(variances, seeds).map { $0 / Double($1) }
    let total = squares.reduce(0, +)
    guard total > 0 else { return 0 }
    // The Welch–Satterthwaite equation, with shares of the total, whose squares cannot all be rounded to 0.
    let degrees =
      1
      / zip(squares, seeds).reduce(0) { sum, metric in
        let share = metric.0 / total
        return sum + share * share / Double(metric.1 - 1)
      }
    return studentQuantile(0.975, degreesOfFreedom: degrees) * total.squareRoot()
  }
}

/// The quantile of Student's t distribution at `probability`, which lies in [0.5, 1).
///
/// It bisects the distribution function until the interval no longer shrinks.
package func studentQuantile(_ probability: Double, degreesOfFreedom: Double) -> Double {
  require(
    (0.5..<1).contains(probability) && degreesOfFreedom > 0,
    "There is no quantile at \(probability) for \(degreesOfFreedom) degrees of freedom here.")
  var (low, high) = (0.0, 1.0)
  while studentUpperTail(high, degreesOfFreedom) > 1 - probability { high *= 2 }
  while true {
    let middle = low + (high - low) / 2
    guard middle > low, middle < high else { return middle }
    if studentUpperTail(middle, degreesOfFreedom) > 1 - probability {
      low = middle
    } else {
      high = middle
    }
  }
}

/// The probability that Student's t with `degrees` degrees of freedom exceeds `t`, at least 0:
/// ½·I(degrees/(degrees + t²); degrees/2, ½) (Abramowitz and Stegun 26.7.1).
private func studentUpperTail(_ t: Double, _ degrees: Double) -> Double {
  regularisedBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
}

/// The regularised incomplete Beta function I(x; a, b), by its continued fraction (DLMF 8.17.22),
/// evaluated by Lentz's method.
private func regularisedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  let factor = Double.exp(
    a * .log(x) + b * .log(1 - x) + .logGamma(a + b) - .logGamma(a) - .logGamma(b))
  // The fraction converges fast below the mean; above it, I(x; a, b) = 1 − I(1 − x; b, a).
  return x < (a + 1) / (a + b + 2)
    ? factor / a / betaFraction(x, a, b) : 1 - factor / b / betaFraction(1 - x, b, a)
}

/// The continued fraction 1 + d₁/(1 + d₂/(1 + …)) of the incomplete Beta function.
private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  var (value, c, d) = (1.0, 1.0, 0.0)
  for n in 1...1000 {
    let m = Double(n / 2)
    let term =
      n.isMultiple(of: 2)
      ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / (1 + term * d)
    c = 1 + term / c
    value *= c * d
    if abs(c * d - 1) < 1e-15 { break }
  }
  return value
}
