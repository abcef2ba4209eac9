import Engine

/// The Beta(α, α) distribution on [0, 1], symmetric about ½: for α → 0 its mass moves to 0 and 1, for
/// α = 1 it is uniform, and for α → ∞ its mass moves to ½.
public struct SymmetricBeta: Sendable {
  /// α, above 0.
  public let alpha: Double

  /// Beta(α, α) for a finite α above 0.
  public init(alpha α: Double) {
    require(α > 0 && α < .infinity, "Beta(α, α) needs a finite α above 0, not \(α).")
    alpha = α
  }

  /// A random number from the distribution; it uses two uniform numbers of `random`, which take two words each.
  ///
  /// With V₁ uniform on (0, 1] and V₂ on [0, 1), t = √(V₁^(−1/α) − 1)·cos 2πV₂ makes t·√(2α) a draw from Student's
  /// distribution with 2α degrees of freedom (Bailey 1994), and (1 + t / √(1 + t²)) / 2 one from
  /// Beta(α, α) (Devroye 1996, *Random variate generation in one line of code*). The
  /// method never rejects a draw, for any α. Each draw therefore uses the same number of words of `random`, and a
  /// different last bit of an elementary function cannot change the random numbers of later draws.
  public func draw(random: inout RandomStream) -> Double {
    let v1 = 1 - random.uniformDouble()  // in (0, 1]: its logarithm is finite
    let v2 = random.uniformDouble()
    // For small α most draws are close to 0 or 1, and V₁^(−1/α) overflows; t is then infinite, not NaN.
    let t = Double.expMinusOne(-.log(v1) / alpha).squareRoot() * .cos(2 * .pi * v2)
    // (1 − |t| / √(1 + t²)) / 2 without the subtraction, which would cancel the digits of small results.
    let smaller = 0.5 / (1 + t * t + abs(t) * (1 + t * t).squareRoot())
    return t < 0 ? smaller : 1 - smaller
  }

  /// The density at `x`: (x·(1 − x))^(α − 1) / B(α, α); infinite at 0 and 1 for α < 1, 0 outside [0, 1].
  public func density(at x: Double) -> Double {
    guard (0...1).contains(x) else { return 0 }
    // For the uniform distribution the formula would take the logarithm of 0 at both ends.
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
