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

  /// The validation accuracy of the longest training run of `method`, of the first seed, with a factor of the learning
  /// rate: that of the tables, or another one in results/learning-rates. Nil if there is none.
  private func longRun(of method: ComparedMethod, rate: Float) throws -> Double? {
    struct Training: Decodable {
      let value: TrainingSummary
      let inputs: Inputs
      struct Inputs: Decodable { let experiment: Experiment }
      struct Experiment: Decodable { let training: Settings }
      struct Settings: Decodable { let peakLearningRate: Float }
    }
    let long = method == .supervised ? "labels-alone-as-many-steps" : "quarter-\(method.rawValue)"
    let name = "\(long)-short-seed-0"
    let paths = ["trainings/\(name).json", "learning-rates/\(name)-rate-\(Int(rate)).json"]
    let trainings = try paths.map { Self.results.appending(path: $0) }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
      .map { try JSONDecoder().decode(Training.self, from: Data(contentsOf: $0)) }
    return trainings.first { $0.inputs.experiment.training.peakLearningRate == rate * 4e-3 }?
      .value.validationAccuracy
  }

  /// Methods have the values of their best trial. A rate above four times the default is used only where the longest
  /// run is better with it than with half of it; otherwise half of it is compared in the same way.
  @Test(arguments: ComparedMethod.allCases)
  func methodsTrainWithTheirBestValues(_ method: ComparedMethod) throws {
    let (chosen, best) = (method.chosen(at: .short), try best(of: method))
    #expect(chosen.weight == best.weight)
    var rate = best.learningRate
    while rate > 4 {
      let accuracy = try #require(try longRun(of: method, rate: rate))
      if accuracy > (try #require(try longRun(of: method, rate: rate / 2))) { break }
      rate /= 2
    }
    #expect(chosen.learningRate == rate)
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
