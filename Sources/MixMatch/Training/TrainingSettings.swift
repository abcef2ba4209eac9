import Datasets
import Engine

/// The hyperparameters of a semi-supervised training run that do not depend on its method.
///
/// The defaults are those of the original article (Rubinstein 2019), but for ``evaluatesTest``.
public struct TrainingSettings: Sendable, Encodable {
  /// The number of iterations.
  public var steps = 200 * 386  // ⌊49,500 / 128⌋ batches an epoch
  /// The number of labelled images in a batch.
  public var labelledBatch = 64
  /// The number of unlabelled images in a batch; each is augmented K times.
  public var unlabelledBatch = 128
  /// The random transforms that each image goes through.
  public var augmentation = Augmentation.fastai
  /// The highest learning rate of the one-cycle schedule.
  public var peakLearningRate: Float = 2e-3
  /// The weight decay of `AdamW`.
  public var weightDecay: Float = 0.02
  /// The parameters that weight decay acts on.
  public var decayScope = WeightDecayScope.all
  /// The decay, in [0, 1), of an exponential moving average of the weights, which is then evaluated in place of
  /// the weights; nil for no average.
  public var emaDecay: Float?
  /// Image sizes to train at, one after the other; empty to train at the images' own size.
  public var phases: [Phase] = []
  /// The number of evaluations during the run.
  public var evaluationCount = 200
  /// Whether the test images are evaluated each time too, as in the article, and not only at the end.
  public var evaluatesTest = false

  /// Creates the default settings.
  public init() {}

  /// A part of a training run in which images have one size.
  ///
  /// Small images cost less per step, and are enough for the first epochs.
  public struct Phase: Sendable, Codable {
    /// The fraction of the run's steps, from 0 to 1.
    public var share: Double
    /// The height and width of the images in pixels.
    public var size: Int

    /// A phase that takes `share` of the steps at `size`×`size` pixels.
    public init(share: Double, size: Int) { (self.share, self.size) = (share, size) }
  }

  /// The image size of step `step`, counted from 0, for images whose own size is `original`.
  public func imageSize(at step: Int, original: ImageSize) -> ImageSize {
    guard let last = phases.last else { return original }
    var end = 0.0
    let phase = phases.first { phase in
      end += phase.share * Double(steps)
      return Double(step) < end
    }
    let length = (phase ?? last).size
    return ImageSize(height: length, width: length)
  }

  /// The fraction of the run's computing time that its first `count` steps take, assuming that a step
  /// costs as much as its images have pixels.
  public func fractionOfWork(ofSteps count: Int) -> Double {
    guard !phases.isEmpty else { return Double(count) / Double(steps) }
    var (done, all, start) = (0.0, 0.0, 0.0)
    for phase in phases {
      let (length, cost) = (phase.share * Double(steps), Double(phase.size) * Double(phase.size))
      done += cost * min(max(Double(count) - start, 0), length)
      all += cost * length
      start += length
    }
    return done / all
  }

  /// Whether the network is evaluated after step `step`, counted from 0: at even intervals, and always
  /// after the last step.
  public func isEvaluationDue(after step: Int) -> Bool {
    // There is at most one after each step.
    let count = min(evaluationCount, steps)
    return (step + 1) * count / steps > step * count / steps
  }
}

extension TrainingSettings {
  /// Checks the settings against each other, the method and the data, before any work is done.
  ///
  /// - Throws: ``TrainingError``, which names the setting, the value found and the values expected; an error
  ///   that the method's own check throws.
  public func check(for method: some SemiSupervisedMethod, on data: TrainingData) throws {
    let (labelled, unlabelled) = (data.split.labelled.count, data.split.unlabelled.count)
    try data.check()
    try TrainingError.unlessPositive(steps, "steps")
    try TrainingError.unlessPositive(evaluationCount, "evaluations")
    try TrainingError.unlessPositive(labelledBatch, "labelled images in a batch")
    if method.versions > 0 {
      try TrainingError.unlessPositive(unlabelledBatch, "unlabelled images in a batch")
    }
    try TrainingError.unless(
      peakLearningRate > 0 && peakLearningRate.isFinite, "highest learning rate",
      found: "\(peakLearningRate)", expected: "a finite number above 0")
    try TrainingError.unlessWeight(weightDecay, "weight decay")
    try method.check()
    try TrainingError.unless(
      labelled >= labelledBatch, "labelled images", found: "\(labelled)",
      expected: "at least \(labelledBatch), the number in a batch")
    try TrainingError.unless(
      method.versions == 0 || unlabelled >= unlabelledBatch,
      "unlabelled images",
      found: "\(unlabelled) besides \(labelled) labelled and \(data.split.validation.count) "
        + "validation images",
      expected: "at least \(unlabelledBatch), the number in a batch")
    try TrainingError.unless(
      emaDecay.map { (0..<1).contains($0) } ?? true, "decay of the weights' EMA",
      found: "\(emaDecay ?? 0)", expected: "a number from 0 to below 1")
    try TrainingError.unless(
      emaDecay != nil || !method.needsTeacher, "decay of the weights' EMA", found: "none",
      expected: "a number from 0 to below 1, because the teacher is the EMA of the weights")
    let shares = phases.map(\.share).reduce(0, +)
    try TrainingError.unless(
      phases.isEmpty
        || (abs(shares - 1) < 1e-9
          && phases.allSatisfy { (2...largestImageSize).contains($0.size) && $0.share > 0 }),
      "phases",
      found: "sizes \(phases.map(\.size)) for the shares \(phases.map(\.share)) of the steps",
      expected:
        "sizes from 2 to \(largestImageSize) pixels, and shares above 0 that sum to 1")
  }
}

/// The largest size of training images in pixels: a bound below which numbers of elements do not overflow.
private let largestImageSize = 4096
