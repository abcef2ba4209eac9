import ChapterKit
import MixMatch

extension Experiment {
  /// What MixMatch is run with at a preset: in chapter 4, as a line of chapter 5's table, and, at a
  /// quarter of the steps, in the ablations.
  ///
  /// - Parameters:
  ///   - preset: The scale.
  ///   - steps: How many iterations there are, if not as many as the preset has.
  public static func mixMatch(_ preset: Preset, steps: Int? = nil)
    -> (experiment: Experiment, method: MixMatchStep)
  {
    var experiment = scale(preset)
    if let steps { experiment.steps = steps }
    var method = MixMatchStep()
    if preset == .article { return (experiment, method) }
    // λᵤ reaches a third of its value. Guesses that count before they are good run away to a few classes,
    // and do so sooner the fewer iterations there are: over a ramp of 800 all of them became one class.
    method.rampSteps = 3 * experiment.steps
    // What the paper's code draws for each example varies less from step to step.
    method.sharing = .perExample
    return (experiment, method)
  }

  private static func scale(_ preset: Preset) -> Experiment {
    switch preset {
    case .article: .article
    case .overnight: .overnight
    case .short: .short
    case .smoke: .smoke
    }
  }

  /// The article's own. It stopped at 187 epochs, when its machine was taken away.
  static let article = Experiment()

  /// A night: WRN-28-2 as the paper has it, for fewer epochs.
  static var overnight: Experiment {
    var experiment = Experiment()
    experiment.network.startChannels = 16
    experiment.augmentation = .mirrorAndShift
    experiment.unlabelledBatch = 64
    experiment.steps = 36_000
    experiment.weightDecay = 0.1
    experiment.phases = [Phase(share: 0.5, size: 24), Phase(share: 0.5, size: 32)]
    experiment.evaluationCount = 60
    return experiment
  }

  /// Half an hour to an hour and a half: a network of 16 layers instead of 28, batches that take more steps, and images
  /// that start small.
  static var short: Experiment {
    var experiment = Experiment.overnight
    experiment.network.depth = 16
    experiment.labelledBatch = 32
    experiment.unlabelledBatch = 32
    experiment.steps = 24_000
    experiment.peakLearningRate = 4e-3
    experiment.phases = [
      Phase(share: 0.4, size: 16), Phase(share: 0.35, size: 24), Phase(share: 0.25, size: 32),
    ]
    experiment.evaluationCount = 30
    return experiment
  }

  /// Every path; what comes out means nothing.
  static var smoke: Experiment {
    var experiment = Experiment.short
    experiment.network.depth = 10
    experiment.validation = 200
    experiment.labelledBatch = 16
    experiment.unlabelledBatch = 16
    experiment.steps = 40
    experiment.phases = [Phase(share: 0.5, size: 16), Phase(share: 0.5, size: 32)]
    experiment.evaluationCount = 4
    return experiment
  }
}
