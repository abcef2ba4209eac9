import ChapterKit
import Datasets
import Experiments
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

  /// The processor; nil in older records.
  var processor: String? { origin.environment?.processor }

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
    let (fitted, dataset) = try specsFittedToData(specs)
    try record(settings: fitted)
    if let dataset {
      for index in chosen {
        try fitted[index].experiment.check(for: fitted[index].method, on: dataset)
      }
    }
    let results = try fitted.enumerated().map { index, spec in
      let runs = try (chosen.contains(index) ? seeds : []).compactMap { seed in
        try result(of: spec, seed: seed, on: dataset) { try summary($0, spec, $1) }
          .map { (value: $0, origin: $1, seed: seed) }
      }
      return SpecResults(spec: spec, runs: runs)
    }
    try leaveOutSeedsWithoutRuns(results.map { $0.runs.map(\.seed) })
    return results
  }

  /// The specifications with settings that fit the data set, and the data set; nil, and the specifications as they are,
  /// where only recorded runs on CIFAR-10 are read, for which the images are not needed.
  private func specsFittedToData(_ specs: [TrainingSpec]) throws -> ([TrainingSpec], ImageDataset?)
  {
    let source = self[datasetOption]
    if self[onlyRecorded] && source.isCIFAR10 { return (specs, nil) }
    let dataset = try dataset(source, minimumTrain: 10, minimumTest: 10)
    return (specs.map { $0.fitted(to: dataset, from: source) }, dataset)
  }

  /// Leaves out the seeds that no specification has a run with.
  ///
  /// - Parameter seedsOfSpecs: For each specification the seeds of its runs.
  /// - Throws: An error if there are no runs.
  private func leaveOutSeedsWithoutRuns(_ seedsOfSpecs: [[Int]]) throws {
    let known = Set(seedsOfSpecs.joined())
    guard !known.isEmpty else {
      throw Failure(
        "--recorded: found none of this chapter's training runs, expected at least one with "
          + "--only-recorded")
    }
    leaveOutSeeds(unless: known.contains)
    // Without these options the command would train what is missing.
    if self[onlyRecorded], seedsOfSpecs.contains(where: { $0.count < known.count }) {
      record(effectOf: [recordedTrainings.declaration, onlyRecorded.declaration])
    }
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
