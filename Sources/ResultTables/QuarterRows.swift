import ChapterKit
import Experiments
import MixMatch

/// Rows of the ablations and of the appendices on mixing and on the number of labels, whose trainings have a quarter of
/// chapter 4's steps.
extension ResultRow {
  /// The steps of chapter 4 are divided by this number.
  private static let stepDivisor = 4

  /// A row whose training is named after its key.
  private init(
    _ title: String, key: String, _ experiment: Experiment, by method: any SemiSupervisedMethod,
    published: Double?
  ) {
    self.init(
      title, key: key, spec: TrainingSpec("quarter \(key)", experiment, by: method),
      published: published)
  }

  /// A row of MixMatch with a change.
  ///
  /// - Parameters:
  ///   - title: The title of the row.
  ///   - key: The name of its numbers in the record; rows with the same key are the same training.
  ///   - preset: The scale.
  ///   - published: The published accuracy, from 0 to 1; nil if there is none.
  ///   - change: Changes the settings or the method.
  public static func quarterMixMatch(
    _ title: String, key: String, _ preset: Preset, published: Double? = nil,
    change: (inout Experiment, inout MixMatchStep) -> Void = { _, _ in }
  ) -> ResultRow {
    var (experiment, method) = Experiment.mixMatch(preset, stepsDividedBy: stepDivisor)
    change(&experiment, &method)
    return ResultRow(title, key: key, experiment, by: method, published: published)
  }

  /// MixMatch with manifold mixup in place of its mixup.
  public static func quarterManifoldMixMatch(_ preset: Preset) -> ResultRow {
    quarterMixMatch("manifold mixup in MixMatch", key: "manifold-mixup", preset) {
      $1.mixupStages = 3
    }
  }

  /// A row of a method with the hyperparameters of ``ComparedMethod/chosen(at:)``.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - preset: The scale.
  ///   - labels: The number of labelled images.
  ///   - published: The published accuracy, from 0 to 1; nil if there is none.
  public static func quarterRun(
    of method: ComparedMethod, _ preset: Preset, labels: Int = 500, published: Double? = nil
  ) -> ResultRow {
    var (experiment, configured) = training(of: method, preset)
    // 500 is left out, so that this training is the same as that of the other tables.
    let suffix = labels == 500 ? "" : "-\(labels)-labels"
    experiment.labels = labels
    return ResultRow(
      method.title, key: method.rawValue + suffix, experiment, by: configured, published: published)
  }

  /// A row of a variant of another method, which is trained as that method is.
  ///
  /// - Parameters:
  ///   - method: The method with whose settings the variant is trained.
  ///   - title: The title of the row.
  ///   - key: The name of its numbers in the record.
  ///   - preset: The scale.
  ///   - variant: The variant.
  public static func quarterVariant(
    of method: ComparedMethod, _ title: String, key: String, _ preset: Preset,
    by variant: any SemiSupervisedMethod
  ) -> ResultRow {
    ResultRow(title, key: key, training(of: method, preset).experiment, by: variant, published: nil)
  }

  private static func training(of method: ComparedMethod, _ preset: Preset)
    -> (experiment: Experiment, method: any SemiSupervisedMethod)
  {
    method.training(preset, stepsDividedBy: stepDivisor, factors: method.chosen(at: preset))
  }
}
