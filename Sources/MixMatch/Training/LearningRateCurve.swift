import Datasets
import Engine

/// The loss at each of a series of increasing learning rates.
public struct LearningRateCurve: Codable, Sendable {
  /// The learning rates, each the same factor above the one before.
  public private(set) var learningRates: [Float] = []
  /// The loss of each step's batch, before the step.
  public private(set) var losses: [Float] = []

  /// Trains `network` with a learning rate that grows from 10⁻⁵ to 1 over `steps` steps, to find the
  /// rates that the training tolerates (Smith 2017, arXiv:1506.01186).
  ///
  /// It stops where the loss of one batch exceeds four times its minimum. fastai's `lr_find` has the same
  /// rule for the smoothed loss, an exponential moving average over the batches, and so may stop later.
  ///
  /// - Parameters:
  ///   - network: Maps images to logits (N, classes); the run changes its weights.
  ///   - method: The loss of a step.
  ///   - data: The images and which of them are labelled.
  ///   - settings: The hyperparameters; those of the schedule are not used.
  ///   - steps: The number of steps, at least 2.
  ///   - seed: The seed of all random numbers but the network's initial weights.
  ///   - body: Called before the update of each step, counted from 0, with the loss of its batch; last with the
  ///     loss that ends the curve.
  /// - Throws: ``TrainingError`` for settings that do not fit the method or the data, for a network that has another
  ///   number of outputs than there are classes, and for a loss that diverges before the second step; an error that the
  ///   method's own check, its ``SemiSupervisedMethod/makeAuxiliary(for:images:random:)`` or `body` throws.
  public init(
    of network: any Layer, by method: some SemiSupervisedMethod, on data: TrainingData,
    settings: TrainingSettings, steps: Int, seed: UInt64,
    inEachStep body: (_ step: Int, _ loss: Float) throws -> Void = { _, _ in }
  ) throws {
    try TrainingError.unless(
      steps >= 2, "steps of the learning-rate curve", found: "\(steps)", expected: "at least 2")
    try settings.check(for: method, on: data)
    let trainer = try method.trainer(
      of: network, on: data, schedule: ExponentialSchedule(steps: steps, from: 1e-5, to: 1),
      settings: settings, seed: seed)
    var pipeline = BatchPipeline(data, settings: settings, versions: method.versions, seed: seed)
    for step in 0..<steps {
      let loss = method.loss(
        pipeline(step).batch, by: MethodNetworks(trainer), step: step, seed: seed)
      let value = loss.total.scalar
      try body(step, value)
      guard value.isFinite, value <= 4 * (losses.min() ?? .infinity) else { break }
      learningRates.append(trainer.schedule(step).learningRate)
      losses.append(value)
      try trainer.step(loss.total)
    }
    try TrainingError.unless(
      losses.count > 1, "learning rates", found: "a loss that diverges in the first steps",
      expected: "it to decrease at first; change the settings")
  }
}
