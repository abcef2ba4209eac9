import ChapterKit
import Datasets
import Engine
import Foundation
import MixMatch

/// The specification of a training run apart from its seed: settings, method, and a name.
public struct TrainingSpec {
  /// The name in stages and files; specifications of one preset have different names.
  public let name: String
  /// The network, the data and the hyperparameters.
  public let experiment: Experiment
  /// The method and its hyperparameters.
  public let method: any SemiSupervisedMethod
  /// Whether all training images with a known class are labelled, however many a data set has.
  ///
  /// It is not encoded: `experiment` has the number of labels.
  private let usesAllLabels: Bool
  /// The number of epochs of a run with all labels, from which the number of steps on a data set follows; nil if
  /// the number of steps is fixed.
  private let epochs: Int?

  /// The specification of runs of `method` under `experiment`.
  ///
  /// - Parameters:
  ///   - name: The name in stages and files.
  ///   - experiment: The settings.
  ///   - method: The method.
  ///   - usesAllLabels: Whether all training images with a known class are labelled, however many a data set has.
  ///   - epochs: The number of epochs of a run with all labels, from which the number of steps on another data set
  ///     follows; nil if the number of steps is fixed.
  public init(
    _ name: String, _ experiment: Experiment, by method: any SemiSupervisedMethod,
    usesAllLabels: Bool = false, epochs: Int? = nil
  ) {
    (self.name, self.experiment, self.method) = (name, experiment, method)
    (self.usesAllLabels, self.epochs) = (usesAllLabels, epochs)
  }

  /// The name in `--training`, where it is that of the specification before it is fitted to a data set.
  package var nameOnCommandLine: String { fileNamePart(of: name) }

  /// The number of images in a step, counting each version of an unlabelled image.
  public var imagesPerStep: Int {
    experiment.training.labelledBatch + method.versions * experiment.training.unlabelledBatch
  }

  /// The number of steps in an epoch, which is one pass over the unlabelled images in whole batches; for a method
  /// that uses none, over the labelled images.
  ///
  /// - Parameter count: The number of training images in the data set.
  package func stepsPerEpoch(ofTrainingImages count: Int) -> Double {
    let (labels, training) = (experiment.labels, experiment.training)
    let steps =
      method.versions == 0
      ? labels / training.labelledBatch
      : (count - labels - experiment.validation) / training.unlabelledBatch
    return Double(max(1, steps))
  }

  /// The key under which chapters share the result of the run with `seed`.
  public func key(_ preset: Preset, seed: Int) -> TrainingKey {
    TrainingKey(
      "\(name), \(preset.rawValue), seed \(seed)",
      inputs: ["experiment": experiment, "method": method, "seed": seed],
      code: ["Sources/Experiments"])
  }

  /// Trains a network with `seed`, and shows progress and keeps checkpoints in a stage.
  ///
  /// - Returns: The finished run.
  /// - Throws: An error for settings that do not fit the data set, a loss that is not finite, or an
  ///   interruption.
  public func train(on dataset: ImageDataset, seed: Int, progress: StageProgress) throws
    -> SemiSupervisedTraining
  {
    let training = try experiment.makeTraining(by: method, on: dataset, seed: seed)
    let steps = experiment.training.steps
    let checkpoints = progress.checkpoints(
      steps, of: ["training": training], describedBy: description(of: training, on: dataset))
    try checkpoints.resume()
    try training.run { report in
      let accuracy = report.curve.points.last.flatMap { $0.validationAccuracy ?? $0.testAccuracy }
      progress.update(
        report.step + 1, of: steps,
        [.loss(report.loss.total.scalar)] + (accuracy.map { [.accuracy($0)] } ?? []),
        workDone: report.workDone)
      try checkpoints.saveIfDue(after: report.step)
    }
    return training
  }
}

// MARK: - Other data sets

extension TrainingSpec {
  /// This specification for the data set that a run has chosen with `--dataset`: unchanged for CIFAR-10,
  /// otherwise under another name and with settings that fit the data set.
  public func fitted(to dataset: ImageDataset, from source: DatasetSource) -> TrainingSpec {
    guard !source.isCIFAR10 else { return self }
    var experiment = experiment
    experiment.fit(to: dataset)
    if usesAllLabels {
      experiment.labels = dataset.knownLabels - experiment.validation
      if let epochs { experiment.setSteps(epochs: epochs) }
    }
    return TrainingSpec(
      "\(name) \(source.key)", experiment, by: method, usesAllLabels: usesAllLabels,
      epochs: epochs)
  }
}

// MARK: - Weights for predictions

extension TrainingSpec {
  /// The content of a file, in the safetensors format, with the network of a finished run and everything that
  /// predictions need; the network has the EMA of the weights if there is one.
  ///
  /// - Parameters:
  ///   - training: A run of this specification.
  ///   - dataset: Its data set.
  /// - Throws: An error in one line if a weight is not finite.
  public func weightsFile(of training: SemiSupervisedTraining, on dataset: ImageDataset) throws
    -> Data
  {
    guard let network = training.trainer.network as? WideResNet else {
      fatalError("The training \(name) has another network than its settings describe.")
    }
    let description = description(of: training, on: dataset)
    return try training.trainer.withEvaluationWeights {
      Data(try Classifier(network, description).content.encoded())
    }
  }

  /// Everything that predictions with the network of a run need besides its weights.
  private func description(of training: SemiSupervisedTraining, on dataset: ImageDataset)
    -> Classifier.Description
  {
    Classifier.Description(
      classes: dataset.classNames, size: dataset.train.height, scaling: training.scaling,
      network: experiment.network,
      origin: "\(name), \(dataset.name), \(experiment.labels) labels")
  }
}

extension TrainingSpec: Encodable {
  private enum Keys: String, CodingKey { case name, experiment, method }

  /// Encodes name, experiment and method.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(name, forKey: .name)
    try container.encode(experiment, forKey: .experiment)
    try container.encode(method, forKey: .method)
  }
}
