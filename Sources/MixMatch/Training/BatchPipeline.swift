import Datasets
import Engine

/// The batches of a training run: images drawn from a split and augmented.
///
/// A batch is a pure function of the seed and the step, so a run that is resumed gets the same
/// batches.
public struct BatchPipeline: Sendable {
  private let data: TrainingData
  private let settings: TrainingSettings
  private let versions: Int
  private let seed: UInt64
  private var labelledOrder: ShuffledBatches
  /// Nil for a method that uses no unlabelled images.
  private var unlabelledOrder: ShuffledBatches?

  /// A pipeline that augments each unlabelled image `versions` times; 0 for batches without unlabelled
  /// images.
  ///
  /// The settings must have passed ``TrainingSettings/check(for:on:)``.
  public init(_ data: TrainingData, settings: TrainingSettings, versions: Int, seed: UInt64) {
    (self.data, self.settings, self.versions, self.seed) = (data, settings, versions, seed)
    labelledOrder = ShuffledBatches(
      of: data.split.labelled.count, size: settings.labelledBatch, seed: seed, name: "labelled")
    guard versions > 0 else { return }
    unlabelledOrder = ShuffledBatches(
      of: data.split.unlabelled.count, size: settings.unlabelledBatch, seed: seed,
      name: "unlabelled")
  }

  /// The batch of step `step`, counted from 0, and the true classes of its unlabelled images, which
  /// the method must not see; −1 for an image whose class is not known.
  public mutating func callAsFunction(_ step: Int) -> (batch: Batch, hiddenLabels: [Int]) {
    require(step >= 0, "Steps are counted from 0; found \(step).")
    let images = data.dataset.train
    let labelled = labelledOrder(step).map { data.split.labelled[$0] }
    let x = augmented(labelled, versions: 1, "labelled", step, labelledOrder)
    let p = oneHot(images.labels(at: labelled), classes: data.classes)
    let X = Examples(images: x, labels: p)
    guard let indices = unlabelledOrder?(step), let order = unlabelledOrder else {
      return (Batch(labelled: X, unlabelled: nil), [])
    }
    let unlabelled = indices.map { data.split.unlabelled[$0] }
    let u = augmented(unlabelled, versions: versions, "unlabelled", step, order)
    let hidden = zip(unlabelled, images.labels(at: unlabelled)).map { index, label in
      index < data.dataset.knownLabels ? label : -1
    }
    return (Batch(labelled: X, unlabelled: u), hidden)
  }

  private func augmented(
    _ indices: [Int], versions: Int, _ name: String, _ step: Int, _ order: ShuffledBatches
  ) -> Tensor {
    let images = data.dataset.train
    let augmented = AugmentedImages(
      images, by: settings.augmentation, versions: versions,
      size: settings.imageSize(at: step, original: images.size), scaling: data.scaling, seed: seed,
      name: name)
    return augmented(indices, epoch: step / order.batchesPerEpoch)
  }
}
