import ChapterKit
import Datasets
import Foundation

/// A training that has been run, and what is known of the run.
public struct TrainingRun {
  /// What came of it.
  public let result: TrainingResult
  /// Where, when and by what sources.
  public let origin: StageRecord
  /// What was trained.
  public let plan: TrainingSpec
  /// With which seed.
  public let seed: Int

  /// Images a second that the network learned from, all versions counted; judging included in the
  /// time.
  public var imagesPerSecond: Double {
    Double(plan.experiment.steps * plan.imagesPerStep) / origin.seconds
  }

  /// Seconds an epoch.
  public var secondsPerEpoch: Double {
    origin.seconds * result.stepsPerEpoch / Double(plan.experiment.steps)
  }
}

/// Where trainings were recorded.
public let recordedTrainings = CommandLineOption(
  "recorded", .existingDirectory, "where trainings are recorded that need not be run again")

/// Whether to make do with them.
public let onlyRecorded = CommandLineOption(
  flag: "only-recorded", "run no training; what is not recorded stays empty")

extension Run {
  /// Each of the trainings with every seed of the run, on CIFAR-10; with ``onlyRecorded`` those that
  /// are recorded, and seeds of which none is are left out of the run's.
  ///
  /// - Throws: An error in one line, too, where none is.
  public func trainings(_ plans: [TrainingSpec]) throws -> [[TrainingRun]] {
    let dataset = self[onlyRecorded] ? nil : try dataset(.cifar10, train: 10, test: 10)
    if let dataset {
      for plan in plans { try plan.experiment.check(for: plan.method, on: dataset) }
    }
    let trained = try plans.map { plan in
      try seeds.compactMap { try training(plan, seed: $0, on: dataset) }
    }
    let known = Set(trained.joined().map(\.seed))
    guard !known.isEmpty else {
      throw Failure(
        "--recorded: found none of this chapter's trainings, expected one at least where none is run"
      )
    }
    leaveOutSeeds(unless: known.contains)
    return trained
  }

  /// The training `plan` with one seed: as a chapter left it in OUT, as it was
  /// recorded, or else run now, if there is a data set.
  private func training(_ plan: TrainingSpec, seed: Int, on dataset: ImageDataset?) throws
    -> TrainingRun?
  {
    let stage = plan.stage(preset, seed: seed)
    let kept =
      try dataset.flatMap { try shared(TrainingResult.self, stage, on: $0) }
      ?? self[recordedTrainings].flatMap {
        try recorded(TrainingResult.self, stage, in: $0, on: dataset)
      }
    let result = try kept ?? dataset.map { try train(plan, stage, seed: seed, on: $0) }
    return result.map {
      TrainingRun(result: $0, origin: record(of: stage)!, plan: plan, seed: seed)
    }
  }

  private func train(
    _ plan: TrainingSpec, _ stage: TrainingKey, seed: Int, on dataset: ImageDataset
  )
    throws -> TrainingResult
  {
    let result = try self.stage(
      stage.name, on: dataset, inputs: stage.inputs, counting: .images(perStep: plan.imagesPerStep)
    ) { progress in
      try plan.experiment.train(by: plan.method, on: dataset, seed: seed, progress: progress) {
        training, _ in TrainingResult(training, of: plan, on: dataset)
      }
    }
    try share(result, of: stage, on: dataset)
    return result
  }
}
