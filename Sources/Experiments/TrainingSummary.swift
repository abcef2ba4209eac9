import ChapterKit
import Datasets
import Engine
import MixMatch

/// The result of a training run that tables and curves need; small enough to be recorded.
public struct TrainingSummary: Codable, Sendable, Validated {
  /// Losses and accuracies during the run.
  public let curve: LearningCurve
  /// The accuracy on the validation images after the last step; nil where none are held out.
  public let validationAccuracy: Double?
  /// The accuracy on the test images after the last step.
  public let testAccuracy: Double
  /// The recall of the class that is recognised least often among the test images after the last step;
  /// nil in records from before it was measured.
  public let smallestRecall: Double?
  /// The number of steps in an epoch.
  public let stepsPerEpoch: Double
  /// Fingerprints of the weights after 1, 10, 100 … steps and at the end, to compare a repetition with
  /// the record; nil in records from before they were taken.
  public let fingerprints: WeightFingerprints?

  /// The result of a run of `spec` on `dataset`.
  public init(_ outcome: TrainingOutcome, of spec: TrainingSpec, on dataset: ImageDataset) {
    curve = outcome.curve
    validationAccuracy = outcome.validation?.accuracy
    testAccuracy = outcome.test.accuracy
    let matrix = outcome.test.confusion(onTestImagesOf: dataset)
    smallestRecall = dataset.classNames.indices.compactMap(matrix.recall).min()
    stepsPerEpoch = spec.stepsPerEpoch(ofTrainingImages: dataset.train.count)
    fingerprints = outcome.fingerprints
  }

  /// Throws for an accuracy or a recall outside 0…1, an epoch without steps, or a learning curve out of order.
  package func validate() throws {
    try curve.validate()
    for accuracy in [testAccuracy, validationAccuracy, smallestRecall].compactMap({ $0 }) {
      try InvalidValue.unless((0...1).contains(accuracy), "the accuracy \(accuracy)")
    }
    try InvalidValue.unless(
      stepsPerEpoch > 0 && stepsPerEpoch < 1e12, "epochs of \(stepsPerEpoch) steps")
  }
}

extension Evaluation {
  /// The confusion matrix of the predictions for all test images of `dataset`.
  package func confusion(onTestImagesOf dataset: ImageDataset) -> ConfusionMatrix {
    ConfusionMatrix(
      labels: dataset.test.labels.map(Int.init), predictions: classes,
      classes: dataset.classNames.count)
  }
}

extension LearningCurve {
  /// Throws unless the steps of the points, and those of the learned intervals, ascend; lists are empty or nil where
  /// there are none.
  package func validate() throws {
    let lists = [points.map(\.step), mixing?.map(\.step) ?? []]
    try InvalidValue.unless(
      lists.allSatisfy { steps in
        steps.allSatisfy { $0 > 0 } && zip(steps, steps.dropFirst()).allSatisfy(<)
      },
      "a learning curve whose steps do not ascend")
    try InvalidValue.unless(
      mixing?.isEmpty != true, "a learning curve with an empty list of intervals")
  }
}
