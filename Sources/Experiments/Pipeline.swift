import Datasets
import Engine
import MixMatch

/// The batches of a training: drawn from a split, augmented, each a pure function of the seed and
/// the step.
package struct Pipeline {
  /// Which images have labels, and which are held out.
  let split: LabelSplit
  private let images: LabelledImages
  private let experiment: Experiment
  private let versions: Int
  private let seed: UInt64
  private var labelledOrder: ShuffledBatches
  /// For a method that takes any.
  private var unlabelledOrder: ShuffledBatches?

  /// Batches with `versions` versions of each unlabelled image, or without any for 0.
  init(
    _ images: LabelledImages, _ split: LabelSplit, _ experiment: Experiment, versions: Int,
    seed: Int
  ) {
    (self.images, self.split, self.experiment) = (images, split, experiment)
    (self.versions, self.seed) = (versions, UInt64(seed))
    labelledOrder = ShuffledBatches(
      of: split.labelled.count, size: experiment.labelledBatch, seed: self.seed, name: "labelled")
    guard versions > 0 else { return }
    unlabelledOrder = ShuffledBatches(
      of: split.unlabelled.count, size: experiment.unlabelledBatch, seed: self.seed,
      name: "unlabelled")
  }

  /// The batch of a step, and the true classes of its unlabelled images, which only an onlooker
  /// knows.
  package mutating func callAsFunction(_ step: Int) -> (batch: Batch, truth: [Int]) {
    let labelled = labelledOrder(step).map { split.labelled[$0] }
    let x = augmented(labelled, versions: 1, "labelled", step, labelledOrder)
    let p = oneHot(images.classes(labelled), classes: 10)
    let X = Examples(images: x, labels: p)
    guard let indices = unlabelledOrder?(step), let order = unlabelledOrder else {
      return (Batch(labelled: X, unlabelled: nil), [])
    }
    let unlabelled = indices.map { split.unlabelled[$0] }
    let u = augmented(unlabelled, versions: versions, "unlabelled", step, order)
    return (Batch(labelled: X, unlabelled: u), images.classes(unlabelled))
  }

  private func augmented(
    _ indices: [Int], versions: Int, _ name: String, _ step: Int, _ order: ShuffledBatches
  ) -> Tensor {
    let images = AugmentedImages(
      images, by: experiment.augmentation.augmentation, versions: versions,
      size: experiment.imageSize(at: step), scaling: .cifar, seed: seed, name: name)
    return images(indices, epoch: step / order.batchesPerEpoch)
  }
}
