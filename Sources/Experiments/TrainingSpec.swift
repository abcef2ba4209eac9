import ChapterKit
import Datasets
import Engine
import MixMatch

/// A training with a name: a line of a table.
public struct TrainingSpec {
  /// What the line is called; no two plans of one preset share it.
  public let name: String
  /// What is trained, on what.
  public let experiment: Experiment
  /// How.
  public let method: any SemiSupervisedMethod

  /// A training by its parts.
  public init(_ name: String, _ experiment: Experiment, by method: any SemiSupervisedMethod) {
    (self.name, self.experiment, self.method) = (name, experiment, method)
  }

  /// Images that the network learns from in a step, all versions counted.
  public var imagesPerStep: Int {
    experiment.labelledBatch + method.versions * experiment.unlabelledBatch
  }

  /// Iterations in a pass over the unlabelled images, which is what the article calls an epoch; for
  /// a method without any, in a pass over the labelled ones.
  ///
  /// - Parameter count: How many training images the data set has.
  package func stepsPerEpoch(ofTrainingImages count: Int) -> Double {
    method.versions == 0
      ? Double(experiment.labels) / Double(experiment.labelledBatch)
      : Double(count - experiment.labels - experiment.validation)
        / Double(experiment.unlabelledBatch)
  }

  /// The training with one seed as a stage, whose result chapters share.
  public func stage(_ preset: Preset, seed: Int) -> TrainingKey {
    TrainingKey(
      "\(name), \(preset.rawValue), seed \(seed)",
      inputs: ["experiment": experiment, "method": method, "seed": seed],
      sources: ["Engine", "Datasets", "MixMatch", "Experiments"].map { "Sources/\($0)" })
  }
}

extension TrainingSpec: Encodable {
  private enum Keys: String, CodingKey { case name, experiment, method }

  /// Writes name, experiment and method.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(name, forKey: .name)
    try container.encode(experiment, forKey: .experiment)
    try container.encode(method, forKey: .method)
  }
}

/// What tables and curves need of a training, small enough to be kept.
public struct TrainingResult: Codable, Sendable, Validated {
  /// What was seen on the way.
  public let curve: LearningCurve
  /// The share of right answers at the end on the validation images, if there are any.
  public let validationAccuracy: Double?
  /// The same on the test images.
  public let testAccuracy: Double
  /// Iterations in an epoch.
  public let stepsPerEpoch: Double
  /// Fingerprints of the weights after 1, 10, 100 … steps and at the end, by which a repetition can
  /// be compared with the record; records from before they were taken have none.
  public let fingerprints: WeightFingerprints?

  /// What `training`, which was planned as `plan`, came to on `dataset`.
  public init(_ training: Training, of plan: TrainingSpec, on dataset: ImageDataset) {
    curve = training.curve
    validationAccuracy = training.validation?.accuracy
    testAccuracy = training.test.accuracy
    stepsPerEpoch = plan.stepsPerEpoch(ofTrainingImages: dataset.train.count)
    fingerprints = training.fingerprints
  }

  /// Throws where an accuracy is none or an epoch has no steps.
  package func validate() throws {
    for accuracy in [testAccuracy, validationAccuracy].compactMap({ $0 }) {
      try InvalidValue.unless((0...1).contains(accuracy), "the accuracy \(accuracy)")
    }
    try InvalidValue.unless(
      stepsPerEpoch > 0 && stepsPerEpoch < 1e12, "epochs of \(stepsPerEpoch) steps")
  }

  /// The validation accuracy after a share of the steps, as a share of the last one; nil where no
  /// images are held out or none were judged so early.
  public func shareOfAccuracy(afterShareOfSteps share: Double) -> Double? {
    guard let last = curve.points.last, let final = validationAccuracy else { return nil }
    let early = curve.points.last { Double($0.step) <= share * Double(last.step) }
    return early?.validationAccuracy.map { $0 / final }
  }

  /// The curve as rows of a data file for figures/learning-curves.gp.
  ///
  /// Test images are judged at the end, and only if the experiment says so on the way too.
  public static func curves(_ file: String, of runs: [(name: String, result: TrainingResult)])
    -> DataFile
  {
    let points = runs.flatMap { name, result in
      let last = result.curve.points.count - 1
      return result.curve.points.enumerated().map { index, point in
        (
          name: name, epoch: Double(point.step) / result.stepsPerEpoch, point: point,
          test: index == last ? result.testAccuracy : point.testAccuracy ?? .nan
        )
      }
    }
    return DataFile(
      name: file,
      columns: [
        DataColumn("run", points.map(\.name)),
        DataColumn("epoch", points.map(\.epoch)),
        DataColumn("validation", points.map { $0.point.validationAccuracy ?? .nan }),
        DataColumn("test", points.map(\.test)),
        DataColumn("labelledLoss", points.map(\.point.labelledLoss)),
        DataColumn("unlabelledLoss", points.map(\.point.unlabelledLoss)),
      ])
  }
}
