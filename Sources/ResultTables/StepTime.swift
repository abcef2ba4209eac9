import ChapterKit
import Datasets
import Experiments
import Files
import Foundation
import MixMatch

extension Run {
  /// The time of a training step in seconds, the mean over the image sizes of a whole run, measured in a short run.
  ///
  /// The measurement is a stage of its own for each combination of data set, settings and method. A run with other
  /// settings keeps the earlier measurements, so that the number of steps that follows from one of them stays the same,
  /// and a training run with this number resumes.
  ///
  /// - Parameters:
  ///   - experiment: The settings; the number of steps and evaluations has no effect.
  ///   - method: The method.
  ///   - dataset: The data set.
  ///   - count: The number of steps that are timed.
  /// - Throws: An error for settings that do not fit the data set, or a loss that is not finite.
  public func secondsPerStep(
    of experiment: Experiment, by method: any SemiSupervisedMethod, on dataset: ImageDataset,
    timing count: Int = 60
  ) throws -> Double {
    var trial = experiment
    trial.training.steps = count
    trial.training.evaluationCount = 1
    trial.training.evaluatesTest = false
    let inputs: [String: any Encodable] = ["experiment": trial, "method": method]
    let hash = try shortHash(of: inputs, dataset)
    return try stage(
      "speed \(hash)", on: dataset, inputs: inputs,
      counting: .images(perStep: TrainingSpec("", trial, by: method).imagesPerStep)
    ) { progress in
      let training = try trial.makeTraining(by: method, on: dataset, seed: seeds[0])
      var times: [(size: ImageSize, seconds: Double)] = []
      // This clock stands still while the computer sleeps.
      var last = SuspendingClock.now
      try training.run { report in
        let now = SuspendingClock.now
        let size = trial.training.imageSize(at: report.step, original: dataset.train.size)
        times.append((size, (now - last) / .seconds(1)))
        last = now
        progress.update(report.step + 1, of: count, [])
      }
      return meanOfMedians(times)
    }
  }
}

/// Eight hexadecimal digits that differ for other inputs or another data set.
private func shortHash(of inputs: [String: any Encodable], _ dataset: ImageDataset) throws
  -> Substring
{
  let described = try inputs.mapValues { try JSONValue(describing: $0) }
  return sha256Hex(try JSON.encode(described), Data(dataset.sha256.utf8)).prefix(8)
}

/// The mean time of a step, in seconds, where each step counts with the median time of the steps at its image size.
///
/// Steps at one size cost the same, and larger images cost more. A mean of the times themselves would include pauses,
/// such as one after Ctrl-Z, and the first step at a size, which allocates storages.
package func meanOfMedians(_ times: [(size: ImageSize, seconds: Double)]) -> Double {
  let groups = Dictionary(grouping: times) { $0.size }
  let total = groups.values.map { steps -> Double in
    let sorted = steps.map(\.seconds).sorted()
    let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    return Double(steps.count) * median
  }.reduce(0, +)
  return total / Double(times.count)
}
