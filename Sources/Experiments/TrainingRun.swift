import ChapterKit
import Datasets
import MixMatch

/// A finished training run: its specification, its result, and where the result comes from.
public struct TrainingRun {
  /// The result.
  public let result: TrainingSummary
  /// When, by which commit and how fast the result was computed.
  public let origin: StageRecord
  /// The specification.
  public let spec: TrainingSpec
  /// The seed.
  public let seed: Int

  /// Training speed in images a second, counting each version of an unlabelled image; the time includes
  /// evaluation.
  public var imagesPerSecond: Double {
    Double(spec.experiment.training.steps * spec.imagesPerStep) / origin.seconds
  }

  /// Seconds per epoch.
  public var secondsPerEpoch: Double {
    origin.seconds * result.stepsPerEpoch / Double(spec.experiment.training.steps)
  }
}

extension Run {
  /// Loads or computes the run of each specification with every seed, on the data set of
  /// ``datasetOption``, and records the settings.
  ///
  /// With ``onlyRecorded``, seeds without any recorded run are left out. With ``listTrainings`` the commands of the runs
  /// are printed and there are no results; with ``onlyTraining`` there are those of one specification.
  ///
  /// - Parameters:
  ///   - specs: What is trained.
  ///   - summary: The result of a finished run.
  /// - Returns: For each specification the results with their origins and seeds.
  /// - Throws: An error where settings do not fit the data, ``onlyRecorded`` finds no run, or
  ///   ``onlyTraining`` names none.
  func results<Value: Codable & Sendable>(
    of specs: [TrainingSpec],
    summary: (SemiSupervisedTraining, TrainingSpec, ImageDataset) throws -> Value
  ) throws -> [[(value: Value, origin: StageRecord, seed: Int)]] {
    try checkTableOptions()
    if self[listTrainings] {
      try printCommands(of: specs)
      return specs.map { _ in [] }
    }
    let chosen = try chosen(of: specs)
    let source = self[datasetOption]
    let dataset = self[onlyRecorded] ? nil : try dataset(source, train: 10, test: 10)
    let specs =
      dataset.map { dataset in specs.map { $0.fitted(to: dataset, from: source) } } ?? specs
    try record(settings: specs)
    if let dataset {
      for spec in chosen.map({ specs[$0] }) {
        try spec.experiment.check(for: spec.method, on: dataset)
      }
    }
    let results = try specs.indices.map { index in
      try (chosen.contains(index) ? seeds : []).compactMap { seed in
        try result(of: specs[index], seed: seed, on: dataset) { try summary($0, specs[index], $1) }
          .map { (value: $0, origin: $1, seed: seed) }
      }
    }
    let known = Set(results.joined().map(\.seed))
    guard !known.isEmpty else {
      throw Failure(
        "--recorded: found none of this chapter's training runs, expected at least one with "
          + "--only-recorded")
    }
    leaveOutSeeds(unless: known.contains)
    // Without these options the command would train what is missing.
    if self[onlyRecorded], results.contains(where: { $0.count < known.count }) {
      record(effectOf: [recordedTrainings.declaration, onlyRecorded.declaration])
    }
    return results
  }

  /// The result of the run of `spec` with one seed and its origin: shared by another chapter in OUT,
  /// recorded, or computed now if there is a data set.
  ///
  /// - Parameters:
  ///   - spec: What is trained.
  ///   - seed: The seed.
  ///   - dataset: The data set; nil if no training may be started.
  ///   - summary: The result of a finished run.
  private func result<Value: Codable & Sendable>(
    of spec: TrainingSpec, seed: Int, on dataset: ImageDataset?,
    summary: (SemiSupervisedTraining, ImageDataset) throws -> Value
  ) throws -> (value: Value, origin: StageRecord)? {
    let key = spec.key(preset, seed: seed)
    func recorded() throws -> Value? {
      try self[recordedTrainings].flatMap {
        try self.recorded(Value.self, key, in: $0, on: dataset)
      }
    }
    let value =
      try dataset.map { dataset in
        try sharedStage(
          key, on: dataset, counting: .images(perStep: spec.imagesPerStep), recorded: recorded
        ) { progress in
          try summary(spec.train(on: dataset, seed: seed, progress: progress), dataset)
        }
      } ?? recorded()
    return value.map { ($0, record(of: key)!) }
  }
}
