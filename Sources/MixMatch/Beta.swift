import Engine

/// The distribution Beta(α, α) on [0, 1], symmetric about ½: with α → 0 all of it lies at 0 and 1,
/// α = 1 is uniform, and with α → ∞ it becomes a spike at ½.
public struct SymmetricBeta: Sendable {
  /// α, above 0.
  public let alpha: Double

  /// Beta(α, α) for a finite α above 0.
  public init(alpha α: Double) {
    require(α > 0 && α < .infinity, "Beta(α, α) needs a finite α above 0, not \(α).")
    alpha = α
  }

  /// A number drawn from the distribution; it takes four words of `random`.
  ///
  /// With U and V uniform on [0, 1), t = √(U^(−1/α) − 1)·cos 2πV makes t·√(2α) a draw from Student's
  /// distribution with 2α degrees of freedom (Bailey 1994), and (1 + t / √(1 + t²)) / 2 one from
  /// Beta(α, α) (Devroye 1996, *Random variate generation in one line of code*). Nothing is ever
  /// rejected, whatever α, and so the last bits of the functions decide nothing before the draw is
  /// rounded to the Float that mixes two examples.
  public func draw(random: inout RandomStream) -> Double {
    let u = 1 - random.uniformDouble()  // in (0, 1]: its logarithm is finite
    let v = random.uniformDouble()
    // Near 0, as most draws are where α is small, U^(−1/α) overflows; then t is infinite, not NaN.
    let t = Double.expMinusOne(-.log(u) / alpha).squareRoot() * .cos(2 * .pi * v)
    // (1 − |t| / √(1 + t²)) / 2 without the difference, in which small numbers would drown.
    let smaller = 0.5 / (1 + t * t + abs(t) * (1 + t * t).squareRoot())
    return t < 0 ? smaller : 1 - smaller
  }

  /// The density (x·(1 − x))^(α − 1) / B(α, α); infinite at 0 and 1 where α < 1.
  public func density(at x: Double) -> Double {
    guard (0...1).contains(x) else { return 0 }
    // 0⁰ at the ends of the uniform distribution has no logarithm.
    return alpha == 1 ? 1 : .exp((alpha - 1) * .log(x * (1 - x)) - logNormaliser)
  }

  /// The variance, 1 / (4·(2α + 1)).
  public var variance: Double { 1 / (4 * (2 * alpha + 1)) }

  /// The mean distance from ½, E|λ − ½| = 1 / (α·4^α·B(α, α)).
  public var meanDeviation: Double {
    .exp(-.log(alpha) - alpha * .log(4) - logNormaliser)
  }

  /// log B(α, α) = 2·log Γ(α) − log Γ(2α).
  private var logNormaliser: Double { 2 * .logGamma(alpha) - .logGamma(2 * alpha) }
}
