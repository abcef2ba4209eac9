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

  /// Processor time of the training in seconds; nil where it was not recorded, or was too short to be measured.
  public var cpuSeconds: Double? { origin.cpuSeconds.flatMap { $0 > 0 ? $0 : nil } }

  /// Training speed in images per second of processor time, counting each version of an unlabelled image; the time
  /// includes evaluation. It is nil where there is no processor time.
  public var imagesPerCPUSecond: Double? {
    cpuSeconds.map {
      Double(spec.experiment.training.steps * spec.imagesPerStep) / $0
    }
  }

  /// Processor time per epoch in seconds; nil where there is none.
  public var cpuSecondsPerEpoch: Double? {
    cpuSeconds.map {
      $0 * result.stepsPerEpoch / Double(spec.experiment.training.steps)
    }
  }
}

/// The results of the training runs of a specification, with their origins and seeds.
struct SpecResults<Value> {
  /// The specification, with settings that fit the data set.
  let spec: TrainingSpec
  let runs: [(value: Value, origin: StageRecord, seed: Int)]
}

extension Run {
  /// Loads or computes the run of each specification with every seed, on the data set of
  /// ``datasetOption``, and records the settings.
  ///
  /// With ``onlyRecorded``, seeds without any recorded run are left out. With ``listTrainings`` the commands of the runs
  /// are printed and there are no results; with ``onlyTraining`` there are those of one specification.
  ///
  /// - Parameters:
  ///   - specs: The specifications.
  ///   - summary: The result of a finished run.
  /// - Returns: For each specification its results.
  /// - Throws: An error where settings do not fit the data, ``onlyRecorded`` finds no run, or
  ///   ``onlyTraining`` names none.
  func results<Value: Codable & Sendable>(
    of specs: [TrainingSpec],
    summary: (SemiSupervisedTraining, TrainingSpec, ImageDataset) throws -> Value
  ) throws -> [SpecResults<Value>] {
    try checkTableOptions()
    if self[listTrainings] {
      try printCommands(of: specs)
      return specs.map { SpecResults(spec: $0, runs: []) }
    }
    let chosen = try chosen(of: specs)
    let source = self[datasetOption]
    // The settings for CIFAR-10 are known without the images.
    let dataset =
      self[onlyRecorded] && source.isCIFAR10
      ? nil : try dataset(source, minimumTrain: 10, minimumTest: 10)
    let specs =
      dataset.map { dataset in specs.map { $0.fitted(to: dataset, from: source) } } ?? specs
    try record(settings: specs)
    if let dataset {
      for spec in chosen.map({ specs[$0] }) {
        try spec.experiment.check(for: spec.method, on: dataset)
      }
    }
    let results = try specs.enumerated().map { index, spec in
      let runs = try (chosen.contains(index) ? seeds : []).compactMap { seed in
        try result(of: spec, seed: seed, on: dataset) { try summary($0, spec, $1) }
          .map { (value: $0, origin: $1, seed: seed) }
      }
      return SpecResults(spec: spec, runs: runs)
    }
    let known = Set(results.flatMap(\.runs).map(\.seed))
    guard !known.isEmpty else {
      throw Failure(
        "--recorded: found none of this chapter's training runs, expected at least one with "
          + "--only-recorded")
    }
    leaveOutSeeds(unless: known.contains)
    // Without these options the command would train what is missing.
    if self[onlyRecorded], results.contains(where: { $0.runs.count < known.count }) {
      record(effectOf: [recordedTrainings.declaration, onlyRecorded.declaration])
    }
    return results
  }

  /// The result of the run of `spec` with one seed and its origin: shared by another chapter in OUT,
  /// recorded, or, without ``onlyRecorded``, computed now.
  ///
  /// - Parameters:
  ///   - spec: The specification.
  ///   - seed: The seed.
  ///   - dataset: The data set; nil if it is not needed to find the recorded run.
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
    guard !self[onlyRecorded], let dataset else {
      return try recorded().map { ($0, record(of: key)!) }
    }
    let value = try sharedStage(
      key, on: dataset, counting: .images(perStep: spec.imagesPerStep), recorded: recorded
    ) { progress in
      try summary(spec.train(on: dataset, seed: seed, progress: progress), dataset)
    }
    return (value, record(of: key)!)
  }
}
