import Engine
import MixMatch
import Testing

/// Values of SciPy's Beta distribution from `Fixtures/make_beta.py`.
struct BetaFixture: Decodable, Sendable, CustomTestStringConvertible {
  let alpha: Double
  let points: [Double]
  /// The cumulative distribution function at each point.
  let cumulative: [Double]
  let density: [Double]
  let variance: Double
  let meanDeviation: Double

  var testDescription: String { "α = \(alpha)" }

  static func all() throws -> [BetaFixture] { try loadFixture("beta.json") }
}

@Suite struct BetaTests {
  /// The Kolmogorov–Smirnov test on 100,000 draws: a correct sampler exceeds the distance 1.95/√n with
  /// probability 0.001.
  @Test(arguments: try BetaFixture.all())
  func drawsHaveTheDistribution(_ expected: BetaFixture) {
    let count = 100_000
    let beta = SymmetricBeta(alpha: expected.alpha)
    var random = RandomStream(seed: 11, "draws of Beta")
    let draws = (0..<count).map { _ in beta.draw(random: &random) }
    #expect(draws.allSatisfy { (0...1).contains($0) })
    let distances = zip(expected.points, expected.cumulative).map { point, probability in
      abs(Double(draws.count { $0 <= point }) / Double(count) - probability)
    }
    #expect(distances.max()! <= 1.95 / Double(count).squareRoot())
  }

  /// Extreme α give no NaN: all draws are 0 or 1, equally often within five standard errors, or ½.
  @Test func extremes() {
    var random = RandomStream(seed: 12, "draws of Beta")
    let small = (0..<1000).map { _ in SymmetricBeta(alpha: 1e-300).draw(random: &random) }
    #expect(small.allSatisfy { $0 == 0 || $0 == 1 })
    #expect(abs(small.reduce(0, +) - 500) < 5 * 15.8)
    let large = (0..<1000).map { _ in SymmetricBeta(alpha: 1e300).draw(random: &random) }
    #expect(large.allSatisfy { $0 == 0.5 })
  }

  /// Each draw consumes four words of the random stream.
  @Test func aDrawTakesFourWords() {
    var (drawn, counted) = (RandomStream(seed: 1, "words"), RandomStream(seed: 1, "words"))
    for _ in 0..<10 {
      _ = SymmetricBeta(alpha: 0.05).draw(random: &drawn)
      for _ in 0..<4 { _ = counted.nextWord() }
    }
    #expect(drawn.next() == counted.next())
  }

  /// The tolerance covers the rounding of the logarithms in the normaliser, which reach 15,000: 15,000·2⁻⁵³
  /// relative to the density.
  @Test(arguments: try BetaFixture.all())
  func densityAndMoments(_ expected: BetaFixture) {
    let beta = SymmetricBeta(alpha: expected.alpha)
    let tolerance = 5e-12
    #expect(
      zip(expected.points, expected.density).allSatisfy { point, density in
        abs(beta.density(at: point) / density - 1) <= tolerance
      })
    #expect(abs(beta.variance / expected.variance - 1) <= tolerance)
    #expect(abs(beta.meanDeviation / expected.meanDeviation - 1) <= tolerance)
  }

  @Test func densityAtTheEndsAndOutside() {
    #expect([0, 0.5, 1].map { SymmetricBeta(alpha: 1).density(at: $0) } == [1, 1, 1])
    #expect([0, 1].map { SymmetricBeta(alpha: 0.75).density(at: $0) } == [.infinity, .infinity])
    #expect([0, 1].map { SymmetricBeta(alpha: 10).density(at: $0) } == [0, 0])
    #expect([-0.1, 1.1].map { SymmetricBeta(alpha: 0.75).density(at: $0) } == [0, 0])
  }

  @Test func alphaIsAFiniteNumberAboveZero() async {
    // Exit tests encode captured values in JSON, which has no NaN.
    for alpha in ["0.0", "-1.0", "nan", "inf"] {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [alpha = alpha as String] in _ = SymmetricBeta(alpha: Double(alpha)!)
      }
      let message = "Beta(α, α) needs a finite α above 0, not \(alpha)."
      #expect(standardError(of: result).contains(message))
    }
  }
}
