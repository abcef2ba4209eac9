import ChapterKit
import Experiments
import Foundation
import ResultTables
import Testing

@Suite struct ChosenHyperparameterTests {
  private static let results = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "results")

  /// The factors of the best trial of `method`.
  private func best(of method: ComparedMethod) throws -> ComparedMethod.Factors {
    let record = try #require(try RunRecord.load(chapter: "search", from: Self.results))
    let trials = try method.candidates.map { factors in
      let metric = Trial(method, factors, at: .short).metric
      return (factors, try #require(record.metrics[metric], "\(metric)").mean)
    }
    return trials.max { $0.1 < $1.1 }!.0
  }

  /// A rate above four times the default needs to be confirmed by long training runs, which are not complete.
  @Test(arguments: ComparedMethod.allCases)
  func methodsTrainWithTheirBestValues(_ method: ComparedMethod) throws {
    let (chosen, best) = (method.chosen(at: .short), try best(of: method))
    #expect(chosen.weight == best.weight)
    #expect(chosen.learningRate == min(4, best.learningRate))
  }

  @Test(arguments: ComparedMethod.allCases)
  func otherPresetsHaveTheSameValues(_ method: ComparedMethod) {
    #expect(method.chosen(at: .article) == .default)
    #expect(method.chosen(at: .smoke) == method.chosen(at: .short))
    let overnight = method == .allLabels ? .default : method.chosen(at: .short)
    #expect(method.chosen(at: .overnight) == overnight)
  }

  /// A better value could lie outside a range whose end is best.
  @Test(arguments: ComparedMethod.allCases)
  func bestValuesLieInsideTheRange(_ method: ComparedMethod) throws {
    let best = try best(of: method)
    func isInside(_ factor: KeyPath<ComparedMethod.Factors, Float>) -> Bool {
      let tried = Set(method.candidates.map { $0[keyPath: factor] })
      return tried == [1]
        || (tried.min()! < best[keyPath: factor] && best[keyPath: factor] < tried.max()!)
    }
    #expect(isInside(\.weight))
    #expect(isInside(\.learningRate))
  }
}
