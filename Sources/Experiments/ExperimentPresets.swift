import ChapterKit
import MixMatch

extension Experiment {
  /// The settings of MixMatch at a preset: for chapter 4, for chapter 5's table, and, with a quarter of
  /// the steps, for the ablations.
  ///
  /// - Parameters:
  ///   - preset: The scale.
  ///   - steps: The number of steps, if not the preset's.
  ///   - divisor: The steps and the evaluations of the preset are divided by it.
  ///   - factors: The factors of the searched hyperparameters; those that the search has chosen if not given.
  public static func mixMatch(
    _ preset: Preset, steps: Int? = nil, stepsDividedBy divisor: Int = 1,
    factors: ComparedMethod.Factors? = nil
  ) -> (experiment: Experiment, method: MixMatchStep) {
    var experiment = scale(preset)
    experiment.divideSteps(by: divisor)
    if let steps { experiment.training.steps = steps }
    var method = MixMatchStep()
    if preset != .article {
      // The weight reaches a third of λᵤ. In early runs, which are not recorded, a ramp as long as the training was worse;
      // the recorded runs are less clear (chapter 4).
      method.rampSteps = 3 * experiment.training.steps
      // With one λ′ per example, as in the paper's code, the loss varies less from step to step.
      method.sharing = .perExample
      // The recorded training runs at `short` guessed all versions as one batch; `smoke` does what `short` does.
      if preset != .overnight { method.batchNorm = .whole }
    }
    let factors = factors ?? ComparedMethod.mixMatch.chosen(at: preset)
    experiment.training.peakLearningRate *= factors.learningRate
    method.unlabelledWeight *= factors.weight
    return (experiment, method)
  }

  /// The settings of full supervision at a preset, with all labels of CIFAR-10: no images are held out, and the test
  /// images are evaluated during the run.
  static func allLabels(_ preset: Preset, factors: ComparedMethod.Factors) -> Experiment {
    var experiment = scale(preset)
    experiment.labels = 50_000
    experiment.validation = 0
    experiment.training.evaluatesTest = true
    experiment.training.labelledBatch = 64
    if preset == .article {
      experiment.training.labelledBatch = 128
      experiment.training.evaluationCount = 100
      experiment.training.peakLearningRate = 2e-2
      experiment.training.weightDecay = 1e-4
    }
    experiment.training.peakLearningRate *= factors.learningRate
    // An epoch has ⌊50,000 / 128⌋ = 390 batches, at the smaller scales ⌊50,000 / 64⌋ = 781.
    if let epochs = epochsWithAllLabels(preset) { experiment.setSteps(epochs: epochs) }
    return experiment
  }

  /// The epochs of full supervision at a preset; nil for a fixed number of steps.
  static func epochsWithAllLabels(_ preset: Preset) -> Int? {
    switch preset {
    case .article: 100
    case .overnight: 60
    case .short: 30
    case .smoke: nil
    }
  }

  /// Full supervision with fewer steps, for the search: as many images are held out for validation as in the runs of
  /// MixMatch, and the test images are not evaluated.
  static func allButValidationLabels(
    _ preset: Preset, stepsDividedBy divisor: Int, factors: ComparedMethod.Factors
  ) -> Experiment {
    var experiment = allLabels(preset, factors: factors)
    experiment.validation = scale(preset).validation
    experiment.labels -= experiment.validation
    experiment.training.evaluatesTest = false
    experiment.divideSteps(by: divisor)
    return experiment
  }

  /// Divides the steps and the evaluations; at least one of each stays.
  private mutating func divideSteps(by divisor: Int) {
    training.steps = max(1, training.steps / divisor)
    training.evaluationCount = max(1, training.evaluationCount / divisor)
  }

  private static func scale(_ preset: Preset) -> Experiment {
    switch preset {
    case .article: .article
    case .overnight: .overnight
    case .short: .short
    case .smoke: .smoke
    }
  }

  /// The article's scale. Its own run ended after 187 epochs, when its machine was preempted.
  static let article = Experiment()

  /// A run of a night: WRN-28-2 in fastai's form, for fewer epochs.
  static var overnight: Experiment {
    var experiment = Experiment()
    experiment.network.startChannels = 16
    experiment.training.augmentation = .mirrorAndShift
    experiment.training.unlabelledBatch = 64
    experiment.training.steps = 36_000
    experiment.training.weightDecay = 0.1
    experiment.training.phases = [.init(share: 0.5, size: 24), .init(share: 0.5, size: 32)]
    experiment.training.evaluationCount = 60
    return experiment
  }

  /// A run of half an hour to an hour and a half: a network of 16 layers instead of 28, smaller batches,
  /// fewer steps, and images that start small.
  static var short: Experiment {
    var experiment = Experiment.overnight
    experiment.network.depth = 16
    experiment.training.labelledBatch = 32
    experiment.training.unlabelledBatch = 32
    experiment.training.steps = 24_000
    experiment.training.peakLearningRate = 4e-3
    experiment.training.phases = [
      .init(share: 0.4, size: 16), .init(share: 0.35, size: 24), .init(share: 0.25, size: 32),
    ]
    experiment.training.evaluationCount = 30
    return experiment
  }

  /// A run of seconds that exercises all code; its results mean nothing.
  static var smoke: Experiment {
    var experiment = Experiment.short
    experiment.network.depth = 10
    experiment.validation = 200
    experiment.training.labelledBatch = 16
    experiment.training.unlabelledBatch = 16
    experiment.training.steps = 40
    experiment.training.phases = [.init(share: 0.5, size: 16), .init(share: 0.5, size: 32)]
    experiment.training.evaluationCount = 4
    return experiment
  }
}
