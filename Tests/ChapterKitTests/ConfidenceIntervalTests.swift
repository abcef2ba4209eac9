import ChapterKit
import Foundation
import Testing

/// Values from SciPy: scipy.stats.t.ppf, ttest_ind(equal_var=False) and ttest_1samp.
@Suite struct ConfidenceIntervalTests {
  private struct Fixture: Decodable {
    struct Quantile: Decodable { let probability, degrees, quantile: Double }
    struct Interval: Decodable {
      let a, b, difference, distance: [Double]
      let number: Double
    }
    let quantiles: [Quantile]
    let intervals: [Interval]
  }

  private let fixture: Fixture

  init() throws {
    let file = try #require(
      Bundle.module.url(forResource: "statistics", withExtension: "json", subdirectory: "Fixtures"))
    fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }

  @Test func quantilesOfStudentsDistribution() {
    #expect(fixture.quantiles.count == 40)
    for expected in fixture.quantiles {
      let quantile = studentQuantile(expected.probability, degreesOfFreedom: expected.degrees)
      #expect(abs(quantile - expected.quantile) <= 1e-9 * max(1, expected.quantile), "\(expected)")
    }
  }

  @Test func intervalsOfDifferences() throws {
    #expect(fixture.intervals.count == 4)
    for expected in fixture.intervals {
      let interval = try #require(
        ConfidenceInterval(Metric(of: expected.a), minus: Metric(of: expected.b)))
      #expect(abs(interval.lower - expected.difference[0]) < 1e-9)
      #expect(abs(interval.upper - expected.difference[1]) < 1e-9)
    }
  }

  @Test func intervalsOfOneMean() throws {
    for expected in fixture.intervals {
      let interval = try #require(
        ConfidenceInterval(Metric(of: expected.a), minus: expected.number))
      #expect(abs(interval.lower - expected.distance[0]) < 1e-9)
      #expect(abs(interval.upper - expected.distance[1]) < 1e-9)
    }
  }

  @Test func fewSeedsHaveNoInterval() {
    let (two, three) = (Metric(of: [0.1, 0.2]), Metric(of: [0.1, 0.2, 0.3]))
    #expect(ConfidenceInterval(two, minus: three) == nil)
    #expect(ConfidenceInterval(three, minus: two) == nil)
    #expect(ConfidenceInterval(two, minus: 0.1) == nil)
    #expect(ConfidenceInterval(Metric(of: [0.1]), minus: 0.1) == nil)
  }

  /// Without a deviation the interval would have no length, and any difference would be certain.
  @Test func aMeanWithoutADeviationHasNoInterval() {
    let whole = Metric(of: [0.1, 0.2, 0.3])
    var meanOnly = whole
    (meanOnly.sd, meanOnly.values) = (nil, nil)
    #expect(ConfidenceInterval(meanOnly, minus: whole) == nil)
    #expect(ConfidenceInterval(whole, minus: meanOnly) == nil)
    #expect(ConfidenceInterval(meanOnly, minus: 0.1) == nil)
  }

  @Test func equalValuesHaveAnIntervalWithoutLength() throws {
    let interval = try #require(ConfidenceInterval(Metric(of: [0.5, 0.5, 0.5]), minus: 0.25))
    #expect(interval.lower == 0.25 && interval.upper == 0.25)
  }

  /// The squares of such deviations are rounded to 0.
  @Test func aTinyDeviationHasAnInterval() throws {
    let tiny = Metric(of: [0, 1e-160, 2e-160])
    let interval = try #require(ConfidenceInterval(tiny, minus: tiny))
    #expect(interval.halfLength >= 0 && interval.halfLength < 1e-150)
  }

  /// With so many seeds the interval excludes the margin, with one fewer it does not.
  @Test func theNumberOfSeedsToDecide() throws {
    let metric = Metric(of: [0.50, 0.52, 0.54])
    let interval = try #require(ConfidenceInterval(metric, minus: 0.5))
    let seeds = try #require(interval.seedsToExclude(0.01))
    func length(_ n: Int) -> Double {
      studentQuantile(0.975, degreesOfFreedom: Double(n - 1)) * 0.02 / Double(n).squareRoot()
    }
    #expect(length(seeds) < 0.01 && length(seeds - 1) >= 0.01)
    #expect(interval.seedsToExclude(0.02) == nil)
  }
}
