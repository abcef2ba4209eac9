import ChapterKit
import Datasets
import Engine
import MixMatch

/// What comes of a training.
public struct Training: Codable, Sendable {
  /// What was seen on the way.
  public let curve: LearningCurve
  /// The trained network's answers for the validation images, if there are any.
  public let validation: Evaluation?
  /// Those for the test images, after the last step: the rule is fixed, nothing is picked.
  public let test: Evaluation
  /// Fingerprints of the weights after 1, 10, 100 … steps and at the end.
  public let fingerprints: WeightFingerprints
}

extension SemiSupervisedMethod {
  /// The loss of step `step` of a training with `seed`.
  package func loss(_ batch: Batch, by trainer: Trainer, step: Int, seed: Int) -> Loss {
    var random = RandomStream(seed: UInt64(seed), "method", step)
    return loss(batch, by: Learner(trainer), step: step, random: &random)
  }
}

extension Learner {
  /// What `trainer` trains.
  fileprivate init(_ trainer: Trainer) {
    self.init(trainer.network) { images in
      trainer.withEvaluationWeights {
        withoutGradients { trainer.network(images, .trainingFrozenStatistics) }
      }
    }
  }
}

extension Experiment {
  /// Trains a network by `method`, judges it, and hands it to `inspect` at the end.
  ///
  /// - Throws: An error in one line for sizes that the data set does not allow, a loss that is not
  ///   finite, or an interruption.
  public func train<Result>(
    by method: some SemiSupervisedMethod, on dataset: ImageDataset, seed: Int,
    progress: StageProgress,
    inspect: (Training, Trainer) throws -> Result
  ) throws -> Result {
    try check(for: method, on: dataset)
    let trainer = trainer(seed: seed)
    var pipeline = try pipeline(for: method, on: dataset.train, seed: seed)
    let heldOut = pipeline.split.validation
    let batches = Prefetcher(count: steps) { pipeline($0) }
    let curve = Checkpointed(LearningCurve())

    let checkpoints = progress.checkpoints(steps, of: ["trainer": trainer, "curve": curve])
    for step in try checkpoints.resume() {
      // Images of another size need buffers of other sizes.
      if step > 0, imageSize(at: step) != imageSize(at: step - 1) { Buffer.releaseUnused() }
      let (batch, truth) = try batches(step)
      let loss = method.loss(batch, by: trainer, step: step, seed: seed)
      try trainer.step(loss.total, at: step)

      curve.value.add(loss, truth: truth)
      if evaluates(after: step) {
        let validation = judge(dataset.train, heldOut, after: step, by: trainer)
        let test = evaluatesTest ? judge(dataset.test, nil, after: step, by: trainer) : nil
        curve.value.close(
          after: step + 1, validation: validation?.accuracy, test: test?.accuracy)
      }
      progress.update(
        step + 1, of: steps, readings(curve.value, loss), workDone: shareOfWork(ofSteps: step + 1))
      try checkpoints.saveIfDue(after: step)
    }
    let training = Training(
      curve: curve.value,
      validation: judge(dataset.train, heldOut, after: steps - 1, by: trainer),
      test: judge(dataset.test, nil, after: steps - 1, by: trainer)!,
      fingerprints: trainer.fingerprints)
    return try inspect(training, trainer)
  }

  /// The batch that step `step` of a training by `method` gets.
  ///
  /// - Throws: ``Datasets/DatasetError`` for sizes that the images do not allow.
  public func batch(
    at step: Int, for method: some SemiSupervisedMethod, on images: LabelledImages, seed: Int
  )
    throws -> Batch
  {
    var pipeline = try pipeline(for: method, on: images, seed: seed)
    return pipeline(step).batch
  }

  /// What trains the network that is drawn for `seed`.
  package func trainer(seed: Int) -> Trainer {
    Trainer(
      network.make(seed: seed), schedule: OneCycle(steps: steps, peak: peakLearningRate),
      weightDecay: weightDecay, emaDecay: emaDecay)
  }

  /// The batches of a training by `method`.
  package func pipeline(for method: some SemiSupervisedMethod, on images: LabelledImages, seed: Int)
    throws
    -> Pipeline
  {
    let split = try LabelSplit(
      labels: images.labels, labelled: labels, balanced: isBalanced, validation: validation,
      seed: UInt64(seed))
    return Pipeline(images, split, self, versions: method.versions, seed: seed)
  }

  /// The network's answers for the images at `indices`, or all, in the size that it is trained with
  /// at step `step`; nil for no images.
  private func judge(
    _ images: LabelledImages, _ indices: [Int]?, after step: Int, by trainer: Trainer
  ) -> Evaluation? {
    let indices = indices ?? Array(0..<images.count)
    guard !indices.isEmpty else { return nil }
    return trainer.withEvaluationWeights {
      Evaluation(images, indices, size: imageSize(at: step), by: trainer.network)
    }
  }

  private func readings(_ curve: LearningCurve, _ loss: Loss) -> [ProgressMetric] {
    let accuracy = curve.points.last.flatMap { $0.validationAccuracy ?? $0.testAccuracy }
    return [.loss(loss.total.scalar)] + (accuracy.map { [.accuracy($0)] } ?? [])
  }
}
