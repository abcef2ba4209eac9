// Examples of a mixed batch. They are computed together with the training run, whose result is stored with them;
// an edit of this file therefore repeats the training.

import Datasets
import Engine
import Experiments
import Foundation
import MixMatch

/// The outcome of a training run, the file of its weights, and examples from a mixed batch.
struct Outcome: Codable {
  var training: TrainingOutcome
  var weights: Data
  var mixed: [MixedExample]
}

/// Examples from the last batch of a finished training run, mixed once more.
func mixedBatch(
  of training: SemiSupervisedTraining, _ method: MixMatchStep, _ scaling: PixelScaling, seed: Int,
  steps: Int
) -> [MixedExample] {
  var batches = training.batches
  var random = RandomStream(seed: UInt64(seed), "shown batch")
  let (batch, _) = batches(steps - 1)
  let trainer = training.trainer
  return trainer.withEvaluationWeights {
    let mixed = method.mix(
      batch, by: trainer.network, frequencies: trainer.auxiliary as? ClassFrequencies,
      random: &random)
    return firstExamples(of: mixed, scaling: scaling)
  }
}

/// An example of X′ or U′, with the two images that it is a mixture of.
struct MixedExample: Codable {
  /// Whether the example belongs to X′.
  var isLabelled: Bool
  /// The height and width of the three pictures.
  var side: Int
  /// Pictures (side, side, 3): an augmented image, its partner, and their mixture.
  var image, partner, mixture: [UInt8]
  /// λ′, the share of the image in the mixture.
  var lambda: Float
  /// The label of the mixture, (classes).
  var label: [Float]
}

/// The first six examples of X′ and of U′, with pixel values that `scaling` normalised.
func firstExamples(of mixed: MixMatchStep.Mixed, scaling: PixelScaling) -> [MixedExample] {
  let labelled = mixed.X.count
  let indices =
    Array(0..<min(6, labelled)) + Array(labelled..<min(labelled + 6, mixed.unmixed.count))
  let mixtures = Examples(concatenating: [mixed.X, mixed.U]).gathered(indices)
  let pictures = [
    mixed.unmixed.gathered(indices), mixed.unmixed.gathered(indices.map { mixed.partners[$0] }),
    mixtures,
  ].map { scaling.bytes($0.images) }
  let (classes, labels) = (mixtures.labels.shape[1], mixtures.labels.scalars)
  return indices.enumerated().map { row, index in
    MixedExample(
      isLabelled: index < labelled, side: mixtures.images.shape[1], image: pictures[0][row],
      partner: pictures[1][row], mixture: pictures[2][row],
      lambda: mixed.lambda.values[index],
      label: Array(labels[row * classes..<(row + 1) * classes]))
  }
}
