import Engine
import Foundation
import MixMatch
import Testing

/// What `Fixtures/make_beta.py` has from SciPy.
struct BetaFixture: Decodable, Sendable, CustomTestStringConvertible {
  let alpha: Double
  let points: [Double]
  /// At each point the probability of what lies at or below it.
  let cumulative: [Double]
  let density: [Double]
  let variance: Double
  let meanDeviation: Double

  var testDescription: String { "α = \(alpha)" }

  static func all() throws -> [BetaFixture] {
    let file = Bundle.module.bundleURL.appending(path: "Fixtures/beta.json")
    return try JSONDecoder().decode([BetaFixture].self, from: Data(contentsOf: file))
  }
}

@Suite struct BetaTests {
  /// Kolmogorov–Smirnov: the share of 100,000 draws at or below each point, beside the probability.
  /// One sampler in a thousand that is right has a largest distance above 1.95/√n.
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

  /// At the ends of what Double holds nothing becomes not-a-number: all draws lie at 0 and 1, evenly
  /// within five standard errors, or at ½.
  @Test func extremes() {
    var random = RandomStream(seed: 12, "draws of Beta")
    let small = (0..<1000).map { _ in SymmetricBeta(alpha: 1e-300).draw(random: &random) }
    #expect(small.allSatisfy { $0 == 0 || $0 == 1 })
    #expect(abs(small.reduce(0, +) - 500) < 5 * 15.8)
    let large = (0..<1000).map { _ in SymmetricBeta(alpha: 1e300).draw(random: &random) }
    #expect(large.allSatisfy { $0 == 0.5 })
  }

  /// What is drawn after a draw does not depend on it: each takes four words.
  @Test func aDrawTakesFourWords() {
    var (drawn, counted) = (RandomStream(seed: 1, "words"), RandomStream(seed: 1, "words"))
    for _ in 0..<10 {
      _ = SymmetricBeta(alpha: 0.05).draw(random: &drawn)
      for _ in 0..<4 { _ = counted.nextWord() }
    }
    #expect(drawn.next() == counted.next())
  }

  /// The logarithms that cancel in the normaliser grow up to 15,000, whose rounding is 15,000·2⁻⁵³
  /// of the density.
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

  @Test func densityAtAndBeyondTheEnds() {
    #expect([0, 0.5, 1].map { SymmetricBeta(alpha: 1).density(at: $0) } == [1, 1, 1])
    #expect([0, 1].map { SymmetricBeta(alpha: 0.75).density(at: $0) } == [.infinity, .infinity])
    #expect([0, 1].map { SymmetricBeta(alpha: 10).density(at: $0) } == [0, 0])
    #expect([-0.1, 1.1].map { SymmetricBeta(alpha: 0.75).density(at: $0) } == [0, 0])
  }

  @Test func alphaIsAFiniteNumberAboveZero() async {
    await #expect(processExitsWith: .failure) { _ = SymmetricBeta(alpha: 0) }
    await #expect(processExitsWith: .failure) { _ = SymmetricBeta(alpha: -1) }
    await #expect(processExitsWith: .failure) { _ = SymmetricBeta(alpha: .nan) }
    await #expect(processExitsWith: .failure) { _ = SymmetricBeta(alpha: .infinity) }
  }
}
