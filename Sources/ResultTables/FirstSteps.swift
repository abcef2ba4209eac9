import ChapterKit
import Datasets
import Engine
import Experiments
import MixMatch

/// The option to repeat only the first steps of recorded training runs, for `make verify`.
public let firstSteps = CommandLineOption(
  "first-steps", .wholeNumber(in: 1...1_000_000),
  "take only this many steps of the training runs in --recorded, for their fingerprints")

extension Run {
  /// With ``firstSteps``, takes these steps of each training run of `specs` that is recorded, and records the
  /// fingerprints of the weights and, under the name of the training run, its inputs.
  ///
  /// - Returns: Whether the option is given; then there is nothing else to do.
  /// - Throws: An error if the options name no folder of recorded training runs, or settings do not fit
  ///   the data.
  public func runFirstStepsIfRequested(of specs: [TrainingSpec]) throws -> Bool {
    guard let count = self[firstSteps] else { return false }
    try checkTableOptions()
    let folder = self[recordedTrainings]!
    let dataset = try dataset(self[datasetOption], minimumTrain: 10, minimumTest: 10)
    var inputs: [String: JSONValue] = [:]
    for spec in specs.map({ $0.fitted(to: dataset, from: self[datasetOption]) }) {
      for seed in seeds {
        let key = spec.key(preset, seed: seed)
        guard key.isRecorded(in: folder) else { continue }
        // A stage with the name of the training run would remove the checkpoints of the whole one.
        let name = nameOfFirstSteps(of: key.name)
        let taken = try stage(
          name, on: dataset, inputs: key.inputs.merging(["steps": count]) { old, _ in old },
          counting: .images(perStep: spec.imagesPerStep)
        ) { progress in
          try fingerprints(afterSteps: count, of: spec, seed: seed, on: dataset, progress: progress)
        }
        record(taken, ofStage: name)
        inputs[key.name] = try key.encodedInputs
      }
    }
    try record(settings: inputs)
    return true
  }

  private func fingerprints(
    afterSteps count: Int, of spec: TrainingSpec, seed: Int, on dataset: ImageDataset,
    progress: StageProgress
  ) throws -> WeightFingerprints {
    let training = try spec.experiment.makeTraining(by: spec.method, on: dataset, seed: seed)
    let steps = min(count, spec.experiment.training.steps)
    try training.run(until: steps) { report in
      progress.update(report.step + 1, of: steps, [.loss(report.loss.total.scalar)])
    }
    return training.trainer.fingerprints
  }
}
