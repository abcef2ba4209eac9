import ChapterKit
import Experiments
import Foundation
import Testing

@Suite struct ChosenHyperparameterTests {
  private static let results = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "results")

  /// The values change for all methods at once, when the search is complete.
  @Test func methodsTrainWithTheValuesOfTheirBestRecordedTrials() throws {
    let record = try #require(try RunRecord.load(chapter: "search", from: Self.results))
    var best: [ComparedMethod: ComparedMethod.Factors] = [:]
    for method in ComparedMethod.allCases {
      let trials = method.candidates.map { Trial(method, $0, at: .short) }
      let accuracies = trials.compactMap { record.metrics[$0.metric]?.mean }
      guard accuracies.count == trials.count else { continue }
      best[method] = zip(trials, accuracies).max { $0.1 < $1.1 }!.0.factors
    }
    let isComplete = best.count == ComparedMethod.allCases.count
    for method in ComparedMethod.allCases {
      #expect(method.chosen(at: .short) == (isComplete ? best[method] : .usual), "\(method)")
      #expect(method.chosen(at: .article) == .usual)
    }
  }
}
