import Engine

/// A way to learn from labelled and unlabelled images: what the loss of a step is. All else,
/// network, schedule, augmentation, is the same for all of them.
public protocol SemiSupervisedMethod: Sendable, Encodable {
  /// How many augmented versions of each unlabelled image it takes; 0 for a method that takes none.
  var versions: Int { get }

  /// The loss of step `step`, counted from 0.
  ///
  /// `random` is for this step alone.
  func loss(_ batch: Batch, by learner: Learner, step: Int, random: inout RandomStream) -> Loss
}

/// What learns by a method.
public struct Learner {
  /// The network.
  public let model: any Layer
  /// The logits of a network with the average of all weights that the model has had; no gradient
  /// flows through them.
  public let teacher: (_ images: Tensor) -> Tensor

  /// A network and its average; where the training keeps none, its own teacher.
  public init(_ model: any Layer, teacher: ((_ images: Tensor) -> Tensor)? = nil) {
    self.model = model
    self.teacher =
      teacher ?? { images in withoutGradients { model(images, .trainingFrozenStatistics) } }
  }
}

/// What a method gets in each step: augmented images.
public struct Batch: Sendable {
  /// Each labelled image once, with its label.
  public let labelled: Examples
  /// All versions of the unlabelled images, (K·N, H, W, C): the first of each, then the second of
  /// each, and so on; nil for a method that takes none.
  public let unlabelled: Tensor?

  /// Labelled images, and versions of unlabelled ones.
  public init(labelled: Examples, unlabelled: Tensor?) {
    (self.labelled, self.unlabelled) = (labelled, unlabelled)
  }

  /// The unlabelled images, which a method gets that asks for versions of them.
  public var versions: Tensor {
    guard let unlabelled else { fatalError("The batch has no unlabelled images.") }
    return unlabelled
  }
}

/// The terms of a semi-supervised loss, each a single number.
public struct Loss: Sendable {
  /// Lₓ.
  public let labelled: Tensor
  /// Lᵤ, if there is one.
  public let unlabelled: Tensor?
  /// What Lᵤ is multiplied by in this step: λᵤ·ramp.
  public let weight: Float
  /// What was guessed for the unlabelled images, if anything.
  public let guesses: Guesses?

  /// Lₓ + weight·Lᵤ.
  public var total: Tensor { unlabelled.map { labelled + weight * $0 } ?? labelled }

  /// A loss of up to two terms.
  public init(
    labelled: Tensor, unlabelled: Tensor? = nil, weight: Float = 0, guesses: Guesses? = nil
  ) {
    (self.labelled, self.unlabelled) = (labelled, unlabelled)
    (self.weight, self.guesses) = (weight, guesses)
  }
}

/// What was guessed for the unlabelled images, before and after sharpening, both (N, classes).
public struct Guesses: Sendable {
  /// q̄.
  public let raw: Tensor
  /// q.
  public let sharpened: Tensor

  /// Guesses for the same images.
  public init(raw: Tensor, sharpened: Tensor) { (self.raw, self.sharpened) = (raw, sharpened) }
}

/// Learning from the labels alone: cross-entropy, and nothing else.
public struct LabelsOnly: SemiSupervisedMethod {
  /// None.
  public let versions = 0

  /// Takes no choices.
  public init() {}

  /// Lₓ alone.
  public func loss(_ batch: Batch, by learner: Learner, step: Int, random: inout RandomStream)
    -> Loss
  {
    Loss(
      labelled: crossEntropy(learner.model(batch.labelled.images, .training), batch.labelled.labels)
    )
  }
}
