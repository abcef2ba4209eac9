import ChapterKit
import MixMatch

// The training runs that several chapters use.

extension TrainingSpec {
  /// MixMatch: the training of chapter 4, or the same with another number of labels.
  public static func mixMatch(_ preset: Preset, labels: Int = 500) -> TrainingSpec {
    var (experiment, method) = Experiment.mixMatch(preset)
    experiment.labels = labels
    return TrainingSpec("MixMatch" + suffix(labels), experiment, by: method)
  }

  /// Supervised training on the labelled images alone, for as many steps as MixMatch.
  public static func labelsAlone(_ preset: Preset, labels: Int = 500) -> TrainingSpec {
    var (experiment, _) = Experiment.mixMatch(preset)
    experiment.labels = labels
    return TrainingSpec(
      "labels alone, as many steps" + suffix(labels), experiment, by: Supervised())
  }

  /// Supervised training with all labels: those of CIFAR-10's 50,000 images, or of another data set that the
  /// specification is fitted to.
  public static func allLabels(_ preset: Preset) -> TrainingSpec {
    var (experiment, _) = Experiment.mixMatch(preset)
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
    let epochs: Int? =
      switch preset {
      case .article: 100
      case .overnight: 60
      case .short: 30
      case .smoke: nil
      }
    // An epoch has ⌊50,000 / 128⌋ = 390 batches, at the smaller scales ⌊50,000 / 64⌋ = 781.
    if let epochs { experiment.setSteps(epochs: epochs) }
    return TrainingSpec(
      "all labels", experiment, by: Supervised(), usesAllLabels: true, epochs: epochs)
  }

  /// The part of a name for a number of labels that is not the usual one.
  private static func suffix(_ labels: Int) -> String { labels == 500 ? "" : ", \(labels) labels" }
}
