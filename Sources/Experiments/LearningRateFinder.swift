import ChapterKit
import Datasets
import Engine
import MixMatch

/// The loss at each of some rising learning rates.
public struct LearningRateCurve: Codable, Sendable {
  /// Rising by the same factor from step to step.
  public var learningRates: [Float] = []
  /// The loss of the batch that a step then learned from.
  public var losses: [Float] = []
}

extension Experiment {
  /// Trains with a learning rate that rises until the loss does too, to find out which rates the
  /// training bears (Smith 2017, arXiv:1506.01186); as fastai's `lr_find`, it ends where the loss is
  /// four times its best.
  ///
  /// - Throws: An error in one line for sizes that the data set does not allow.
  public func findLearningRate(
    for method: some SemiSupervisedMethod, on dataset: ImageDataset, seed: Int, steps: Int,
    progress: StageProgress
  ) throws -> LearningRateCurve {
    try check(for: method, on: dataset)
    let trainer = Trainer(
      network.make(seed: seed),
      schedule: ExponentialRise(steps: steps, from: 1e-5, to: 1), weightDecay: weightDecay)
    var pipeline = try pipeline(for: method, on: dataset.train, seed: seed)
    var curve = LearningRateCurve()
    for step in 0..<steps {
      let loss = method.loss(pipeline(step).batch, by: trainer, step: step, seed: seed)
      let value = loss.total.scalar
      progress.update(step + 1, of: steps, [.loss(value)])
      guard value <= 4 * (curve.losses.min() ?? .infinity) else { break }
      curve.learningRates.append(trainer.schedule(step).learningRate)
      curve.losses.append(value)
      try trainer.step(loss.total, at: step)
    }
    guard curve.losses.count > 1 else {
      throw Failure(
        "learning rates: found a loss that is not finite in the first steps, expected it to fall "
          + "at first; change the settings")
    }
    return curve
  }
}
