import ChapterKit
import Datasets
import Foundation

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

/// The option that names a folder of recorded training runs.
public let recordedTrainings = CommandLineOption(
  "recorded", .existingDirectory, "folder of recorded training runs, which are not run again"
).withoutEffectOnResults()

/// The option to use recorded training runs only.
public let onlyRecorded = CommandLineOption(
  flag: "only-recorded", "start no training; rows without a recorded run stay empty"
).withoutEffectOnResults()

/// A row of a results table: a training specification, its runs, and a published accuracy.
public struct ResultRow {
  /// The title of the row.
  public let title: String
  /// The name of its numbers in the record: "accuracy.KEY".
  public let key: String
  /// What is trained.
  public let spec: TrainingSpec
  /// The published accuracy, from 0 to 1.
  public let published: Double?
  /// The runs, one for each seed; empty until `Run.train(_:)` has filled the table.
  public fileprivate(set) var runs: [TrainingRun] = []

  /// A row without runs.
  public init(_ title: String, key: String, spec: TrainingSpec, published: Double?) {
    (self.title, self.key, self.spec, self.published) = (title, key, spec, published)
  }

  /// The test accuracy over the seeds; nil without runs.
  public var accuracy: Metric? {
    runs.isEmpty ? nil : Metric(of: runs.map(\.result.testAccuracy))
  }

  /// The cells "69.4 ± 2.4 %", which cites the record of `chapter`, and "3" (the number of runs), or "not
  /// run yet" and an empty one.
  public func accuracyCells(of chapter: ChapterName) -> [String] {
    accuracy.map {
      [cell(NumberStyle.percent.text($0), citing: "accuracy.\(key)", of: chapter), "\($0.n)"]
    } ?? ["not run yet", ""]
  }
}

extension Run {
  /// Fills the rows of a table: loads or computes the run of each row with every seed, on CIFAR-10, and
  /// records the settings and the test accuracies.
  ///
  /// With ``onlyRecorded``, seeds without any recorded run are left out.
  ///
  /// - Throws: An error where settings do not fit the data, or ``onlyRecorded`` finds no run.
  public func train(_ rows: [ResultRow]) throws -> [ResultRow] {
    try record(settings: rows.map(\.spec))
    let dataset = self[onlyRecorded] ? nil : try dataset(.cifar10, train: 10, test: 10)
    if let dataset {
      for row in rows { try row.spec.experiment.check(for: row.spec.method, on: dataset) }
    }
    let filled = try rows.map { row in
      var row = row
      row.runs = try seeds.compactMap { try trainingRun(row.spec, seed: $0, on: dataset) }
      return row
    }
    let known = Set(filled.flatMap(\.runs).map(\.seed))
    guard !known.isEmpty else {
      throw Failure(
        "--recorded: found none of this chapter's training runs, expected at least one with "
          + "--only-recorded")
    }
    leaveOutSeeds(unless: known.contains)
    for row in filled where !row.runs.isEmpty {
      record(metric: "accuracy.\(row.key)", values: row.runs.map(\.result.testAccuracy))
    }
    return filled
  }

  /// The run of `spec` with one seed: shared by another chapter in OUT, recorded, or computed now if
  /// there is a data set.
  private func trainingRun(_ spec: TrainingSpec, seed: Int, on dataset: ImageDataset?) throws
    -> TrainingRun?
  {
    let key = spec.key(preset, seed: seed)
    let known =
      try dataset.flatMap { try shared(TrainingSummary.self, key, on: $0) }
      ?? self[recordedTrainings].flatMap {
        try recorded(TrainingSummary.self, key, in: $0, on: dataset)
      }
    let result = try known ?? dataset.map { try compute(spec, key, seed: seed, on: $0) }
    return result.map {
      TrainingRun(result: $0, origin: record(of: key)!, spec: spec, seed: seed)
    }
  }

  private func compute(
    _ spec: TrainingSpec, _ key: TrainingKey, seed: Int, on dataset: ImageDataset
  )
    throws -> TrainingSummary
  {
    let result = try stage(
      key.name, on: dataset, inputs: key.inputs, counting: .images(perStep: spec.imagesPerStep)
    ) { progress in
      let training = try spec.train(on: dataset, seed: seed, progress: progress)
      return TrainingSummary(training.outcome(), of: spec, on: dataset)
    }
    try share(result, of: key, on: dataset)
    return result
  }
}
