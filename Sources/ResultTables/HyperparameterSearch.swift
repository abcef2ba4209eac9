import ChapterKit
import Engine
import Experiments
import MixMatch

/// A training run of the search: a method with one choice of its hyperparameters.
public struct Trial {
  /// The method.
  public let method: ComparedMethod
  /// The factors of its hyperparameters.
  public let factors: ComparedMethod.Factors
  /// The specification of the training.
  public let spec: TrainingSpec
  /// The results, one for each seed; empty until `Run.search(_:)` has filled the table.
  public fileprivate(set) var results: [TrialResult] = []
  /// The seeds of the results, in their order.
  fileprivate var seeds: [Int] = []

  /// The steps of chapter 4 are divided by this number for a trial.
  public static let stepDivisor = 8

  /// A trial of `method` at a preset, without results.
  public init(_ method: ComparedMethod, _ factors: ComparedMethod.Factors, at preset: Preset) {
    (self.method, self.factors) = (method, factors)
    let (experiment, configured) = method.training(
      preset, stepsDividedBy: Trial.stepDivisor, factors: factors)
    let name = "search \(method.rawValue) weight \(factors.weight) rate \(factors.learningRate)"
    spec = TrainingSpec(name, experiment, by: configured)
  }

  /// The name of the validation accuracy in the record.
  public var metric: String {
    "validation.\(method.rawValue).weight-\(factors.weight).rate-\(factors.learningRate)"
  }

  /// The validation accuracy over the seeds; nil without results.
  public var accuracy: Metric? {
    results.isEmpty ? nil : Metric(of: results.map(\.validationAccuracy))
  }
}

/// The result of a trial. The test images are not evaluated.
public struct TrialResult: Codable, Sendable, Validated {
  /// The accuracy on the validation images after the last step.
  public let validationAccuracy: Double
  /// Losses and validation accuracies during the run.
  public let curve: LearningCurve
  /// Fingerprints of the weights after 1, 10, 100 … steps and at the end; nil in older records.
  public let fingerprints: WeightFingerprints?

  /// Throws for an accuracy outside 0…1, or a learning curve out of order.
  package func validate() throws {
    try curve.validate()
    try InvalidValue.unless(
      (0...1).contains(validationAccuracy), "the accuracy \(validationAccuracy)")
  }
}

extension Run {
  /// Fills the trials: loads or computes the run of each with every seed, and records settings and
  /// validation accuracies.
  ///
  /// - Throws: An error where settings do not fit the data, or ``onlyRecorded`` finds no run.
  public func search(_ trials: [Trial]) throws -> [Trial] {
    let runs = try results(of: trials.map(\.spec)) { training, _, _ in
      guard let validation = try training.evaluateValidation() else {
        throw Failure("search: found no validation images, expected some to compare trials by")
      }
      return TrialResult(
        validationAccuracy: validation.accuracy, curve: training.curve,
        fingerprints: training.trainer.fingerprints)
    }
    let filled = zip(trials, runs).map { trial, runs in
      var trial = trial
      (trial.results, trial.seeds) = (runs.runs.map(\.value), runs.runs.map(\.seed))
      return trial
    }
    for trial in filled where !trial.results.isEmpty {
      record(
        metric: trial.metric, values: trial.results.map(\.validationAccuracy),
        ofSeeds: trial.seeds)
    }
    return filled
  }
}

extension [Trial] {
  /// The trial of `method` with the highest mean validation accuracy; the first one of equal trials, and
  /// nil if one of its trials has no result.
  public func best(of method: ComparedMethod) -> Trial? {
    let candidates = filter { $0.method == method }
    guard candidates.allSatisfy({ $0.accuracy != nil }) else { return nil }
    return candidates.reduce(nil) { best, trial in
      best.map { trial.accuracy!.mean > $0.accuracy!.mean ? trial : $0 } ?? trial
    }
  }
}
