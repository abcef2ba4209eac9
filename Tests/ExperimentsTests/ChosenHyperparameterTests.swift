import ChapterKit
import Experiments
import Foundation
import Testing

@Suite struct ChosenHyperparameterTests {
  private static let results = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "results")

  /// The values are those of the best trials for all methods, or the usual ones for all methods: a comparison of
  /// both would not be fair.
  @Test func allMethodsTrainWithTheirBestValuesOrAllWithTheUsualOnes() throws {
    let record = try #require(try RunRecord.load(chapter: "search", from: Self.results))
    let best = ComparedMethod.allCases.map { method in
      let trials = method.candidates.map { Trial(method, $0, at: .short) }
      let accuracies = trials.compactMap { record.metrics[$0.metric]?.mean }
      return accuracies.count == trials.count
        ? zip(trials, accuracies).max { $0.1 < $1.1 }!.0.factors : nil
    }
    let chosen = ComparedMethod.allCases.map { $0.chosen(at: .short) }
    #expect(chosen.allSatisfy { $0 == .default } || chosen == best)
    #expect(ComparedMethod.allCases.allSatisfy { $0.chosen(at: .article) == .default })
    #expect(ComparedMethod.allCases.map { $0.chosen(at: .smoke) } == chosen)
    for method in ComparedMethod.allCases where method != .allLabels {
      #expect(method.chosen(at: .overnight) == method.chosen(at: .short))
    }
  }

  /// A better value could lie outside a range whose end is best.
  @Test(arguments: ComparedMethod.allCases)
  func bestValuesLieInsideTheRange(_ method: ComparedMethod) {
    let best = method.chosen(at: .short)
    func isInside(_ factor: KeyPath<ComparedMethod.Factors, Float>) -> Bool {
      let tried = Set(method.candidates.map { $0[keyPath: factor] })
      return tried == [1]
        || (tried.min()! < best[keyPath: factor] && best[keyPath: factor] < tried.max()!)
    }
    #expect(isInside(\.weight))
    #expect(isInside(\.learningRate))
  }
}
