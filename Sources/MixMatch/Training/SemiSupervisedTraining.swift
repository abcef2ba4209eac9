import Datasets
import Engine

/// A training run of a network with a semi-supervised method: batches, steps, evaluation.
///
///     let training = try SemiSupervisedTraining(
///       of: network, by: MixMatchStep(), on: data, settings: settings, seed: 0)
///     try training.run { report in print(report.step, report.loss.total.scalar) }
///     print(try training.evaluateTest().accuracy)
///
/// It is `Resumable`: a snapshot of its ``state`` taken between two steps, restored in a new
/// run with the same arguments, continues with the same bits, unless the network has a `Dropout` layer, whose random
/// stream is not part of the state. A run with another method, data set, split, normalisation of pixel values, seed or
/// other settings refuses the snapshot; so does one whose network has other names or shapes.
public final class SemiSupervisedTraining {
  /// The network with its optimiser, schedule and weight EMA, and the method's additional networks.
  public let trainer: Trainer
  /// Losses, accuracies and the quality of guessed labels so far.
  public var curve: LearningCurve { checkpointedCurve.value }
  /// The normalisation of pixel values.
  public var scaling: PixelScaling { data.scaling }

  private let method: any SemiSupervisedMethod
  private let data: TrainingData
  private let settings: TrainingSettings
  private let seed: UInt64
  private let checkpointedCurve = ResumableValue(LearningCurve())

  /// A run that has not started.
  ///
  /// - Parameters:
  ///   - network: Maps images (N, H, W, C) to logits (N, classes); the run changes its weights.
  ///   - method: The loss of a step.
  ///   - data: The images and which of them are labelled.
  ///   - settings: The hyperparameters.
  ///   - seed: The seed of all random numbers but the network's initial weights.
  /// - Throws: ``TrainingError`` for settings that do not fit the method or the data, and for a network that has
  ///   another number of outputs than there are classes; an error that the method's own check or
  ///   ``SemiSupervisedMethod/makeAuxiliary(for:images:random:)`` throws.
  public init(
    of network: any Layer, by method: any SemiSupervisedMethod, on data: TrainingData,
    settings: TrainingSettings, seed: UInt64
  ) throws {
    try settings.check(for: method, on: data)
    (self.method, self.data, self.settings, self.seed) = (method, data, settings, seed)
    trainer = try method.trainer(
      of: network, on: data,
      schedule: OneCycle(steps: settings.steps, peak: settings.peakLearningRate),
      settings: settings, seed: seed)
  }

  /// The state of the run after a step.
  public struct StepReport {
    /// The step that was taken, counted from 0.
    public let step: Int
    /// The loss of the step, before its update.
    public let loss: Loss
    /// Losses, accuracies and the quality of guessed labels so far.
    public let curve: LearningCurve
    /// The estimated fraction of the run's computing time used so far, from 0 to 1; the cost of a step is
    /// taken as proportional to its pixels.
    public let workDone: Double
  }

  /// The batches of the run, augmented.
  public var batches: BatchPipeline {
    BatchPipeline(data, settings: settings, versions: method.versions, seed: seed)
  }

  /// Trains until `end` steps have been taken, all steps of the settings if not given, and calls `body` after each step.
  ///
  /// It continues after the steps that earlier calls have taken, or that the state had taken when it was saved, if it
  /// was restored.
  ///
  /// - Parameters:
  ///   - end: The number of steps taken at the end, from those taken so far to those of the settings.
  ///   - body: Receives the loss of the step and the learning curve.
  /// - Throws: `NonFiniteLoss`; ``TrainingError`` if a prediction is not a number; or an error that `body` throws.
  public func run(
    until end: Int? = nil, afterEachStep body: (StepReport) throws -> Void = { _ in }
  ) throws {
    let (taken, end) = (trainer.stepCount, end ?? settings.steps)
    require(
      taken <= end && end <= settings.steps,
      "Training has taken \(taken) of \(settings.steps) steps; found \(end) as its end.")
    var pipeline = batches
    let batches = Prefetcher(count: settings.steps) { pipeline($0) }
    for step in taken..<end {
      // Images of another size need storages of other sizes.
      if step > 0, imageSize(at: step) != imageSize(at: step - 1) { Storage.releaseUnused() }
      let (batch, hiddenLabels) = try batches(step)
      let loss = method.loss(batch, by: MethodNetworks(trainer), step: step, seed: seed)
      try trainer.step(loss.total)
      try record(loss, hiddenLabels: hiddenLabels, after: step)
      try body(
        StepReport(
          step: step, loss: loss, curve: curve, workDone: settings.fractionOfWork(ofSteps: step + 1)
        ))
    }
  }

  /// Evaluates the network, or the EMA of its weights, on the held-out training images; nil where
  /// none are held out. Images have the size that they have in the last step.
  ///
  /// - Throws: ``TrainingError`` if a prediction is not a number.
  public func evaluateValidation() throws -> Evaluation? {
    try evaluateValidation(atSizeOf: lastStep)
  }

  /// Evaluates the network, or the EMA of its weights, on the test images, at least one.
  /// Images have the size that they have in the last step.
  ///
  /// - Throws: ``TrainingError`` if a prediction is not a number.
  public func evaluateTest() throws -> Evaluation { try evaluateTest(atSizeOf: lastStep) }

  /// The results after the last step.
  ///
  /// - Throws: ``TrainingError`` if a prediction is not a number.
  public func outcome() throws -> TrainingOutcome {
    try TrainingOutcome(
      curve: curve, validation: evaluateValidation(), test: evaluateTest(),
      fingerprints: trainer.fingerprints)
  }

  private func imageSize(at step: Int) -> ImageSize {
    settings.imageSize(at: step, original: data.dataset.train.size)
  }

  private func record(_ loss: Loss, hiddenLabels: [Int], after step: Int) throws {
    checkpointedCurve.value.add(loss, hiddenLabels: hiddenLabels)
    guard settings.isEvaluationDue(after: step) else { return }
    try checkpointedCurve.value.closePoint(
      after: step + 1, validation: evaluateValidation(atSizeOf: step)?.accuracy,
      test: settings.evaluatesTest ? evaluateTest(atSizeOf: step).accuracy : nil)
  }

  private var lastStep: Int { settings.steps - 1 }

  private func evaluateValidation(atSizeOf step: Int) throws -> Evaluation? {
    try data.split.validation.isEmpty
      ? nil : evaluate(data.dataset.train, data.split.validation, atSizeOf: step)
  }

  private func evaluateTest(atSizeOf step: Int) throws -> Evaluation {
    try evaluate(data.dataset.test, nil, atSizeOf: step)
  }

  /// Evaluates the present weights, at the size that images have in step `step`.
  private func evaluate(_ images: LabelledImages, _ indices: [Int]?, atSizeOf step: Int)
    throws -> Evaluation
  {
    try trainer.withEvaluationWeights {
      try MixMatch.evaluate(
        trainer.network, on: images, indices: indices,
        size: imageSize(at: step), scaling: data.scaling)
    }
  }
}

extension SemiSupervisedTraining: Resumable {
  /// The networks, optimiser, weight EMA and fingerprints under "trainer", the learning curve under
  /// "curve", and what the run was created with, which a restored state must have as well.
  public var state: [NamedState] {
    [
      .constant("method", "\(type(of: method)) \(jsonText(method))"),
      .constant("settings", jsonText(settings)),
      .constant("data", data.identity),
      .constant("seed", "\(seed)"),
    ] + trainer.state(under: "trainer") + checkpointedCurve.state(under: "curve")
  }
}

/// The results of a training run after its last step.
public struct TrainingOutcome: Codable, Sendable {
  /// Losses, accuracies and the quality of guessed labels during the run.
  public let curve: LearningCurve
  /// Predictions for the validation images, if any are held out.
  public let validation: Evaluation?
  /// Predictions for the test images.
  public let test: Evaluation
  /// Fingerprints of the weights after 1, 10, 100 … steps and at the end.
  public let fingerprints: WeightFingerprints
}
