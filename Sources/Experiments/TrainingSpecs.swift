import ChapterKit
import MixMatch

// The training runs that several chapters use.

extension TrainingSpec {
  /// MixMatch: the training of chapter 4.
  public static func mixMatch(_ preset: Preset) -> TrainingSpec {
    let (experiment, method) = Experiment.mixMatch(preset)
    return TrainingSpec("MixMatch", experiment, by: method)
  }

  /// Supervised training on the labelled images, for as many steps as MixMatch.
  public static func labelsAlone(_ preset: Preset) -> TrainingSpec {
    let (experiment, _) = Experiment.mixMatch(
      preset, factors: ComparedMethod.supervised.chosen(at: preset))
    return TrainingSpec("labels alone, as many steps", experiment, by: Supervised())
  }

  /// Supervised training on the labelled images with mixup, for as many steps as MixMatch.
  public static func labelsWithMixup(_ preset: Preset) -> TrainingSpec {
    let (experiment, mixMatch) = Experiment.mixMatch(
      preset, factors: ComparedMethod.labelsMixup.chosen(at: preset))
    return TrainingSpec(
      "labels with mixup, as many steps", experiment,
      by: ManifoldMixup.ofImages(alpha: mixMatch.alpha))
  }

  /// Supervised training with all labels: those of CIFAR-10's 50,000 images, or of another data set that the
  /// specification is fitted to.
  public static func allLabels(_ preset: Preset) -> TrainingSpec {
    TrainingSpec(
      "all labels",
      Experiment.allLabels(preset, factors: ComparedMethod.allLabels.chosen(at: preset)),
      by: Supervised(), usesAllLabels: true, epochs: Experiment.epochsWithAllLabels(preset))
  }
}
