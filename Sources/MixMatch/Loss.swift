import Engine

/// The terms of a semi-supervised loss, each a scalar tensor.
public struct Loss: Sendable {
  /// Lₓ, the loss on labelled images.
  public let labelled: Tensor
  /// Lᵤ, the loss on unlabelled images; nil for a method that has none.
  public let unlabelled: Tensor?
  /// The weight of Lᵤ in this step, λᵤ·ramp; 0 for a method that has no Lᵤ.
  public let weight: Float
  /// A further term that already has its weight, such as an entropy or the loss of
  /// a discriminator; nil for a method that has none.
  public let penalty: Tensor?
  /// The labels guessed for the unlabelled images, in each step; nil for a method that guesses none. The learning curve
  /// has their means over the steps between two evaluations.
  public let guesses: Guesses?
  /// The learned intervals of λ; nil for every method but ``AdaMixUp``.
  public let mixing: LearnedMixing?

  /// Lₓ + weight·Lᵤ + penalty, without the terms that the method does not have.
  public var total: Tensor {
    [unlabelled.map { weight * $0 }, penalty].compactMap { $0 }.reduce(labelled, +)
  }

  /// A loss with an unlabelled term, which needs a weight.
  ///
  /// - Parameters:
  ///   - labelled: Lₓ, a scalar.
  ///   - unlabelled: Lᵤ, a scalar, without its weight.
  ///   - weight: The weight of Lᵤ in this step.
  ///   - penalty: A further term, a scalar that already has its weight; nil for none.
  ///   - guesses: The labels guessed for the unlabelled images, for the learning curve; nil for none.
  ///   - mixing: The learned intervals of λ, for the learning curve; nil for none.
  public init(
    labelled: Tensor, unlabelled: Tensor, weight: Float, penalty: Tensor? = nil,
    guesses: Guesses? = nil, mixing: LearnedMixing? = nil
  ) {
    self.labelled = labelled
    self.unlabelled = unlabelled
    (self.weight, self.penalty) = (weight, penalty)
    (self.guesses, self.mixing) = (guesses, mixing)
  }

  /// A loss without an unlabelled term.
  ///
  /// - Parameters:
  ///   - labelled: Lₓ, a scalar.
  ///   - penalty: A further term, a scalar that already has its weight; nil for none.
  ///   - guesses: The labels guessed for the unlabelled images, for the learning curve; nil for none.
  ///   - mixing: The learned intervals of λ, for the learning curve; nil for none.
  public init(
    labelled: Tensor, penalty: Tensor? = nil, guesses: Guesses? = nil,
    mixing: LearnedMixing? = nil
  ) {
    self.labelled = labelled
    unlabelled = nil
    weight = 0
    self.penalty = penalty
    (self.guesses, self.mixing) = (guesses, mixing)
  }
}

/// Guessed labels of unlabelled images before and after sharpening, each (N, classes).
public struct Guesses: Sendable {
  /// q̄, the guesses before sharpening.
  public let raw: Tensor
  /// q, the guesses after sharpening; a row of zeros where the method reports no guess for an image. ``PseudoLabel``
  /// reports its predictions for all images, also those below its threshold.
  public let sharpened: Tensor

  /// Guesses for the same images, before and after sharpening.
  public init(raw: Tensor, sharpened: Tensor) { (self.raw, self.sharpened) = (raw, sharpened) }
}
