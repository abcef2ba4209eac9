import Engine

/// AdaMixUp (Guo, Mao and Zhang 2019, arXiv:1809.02499) from labelled images alone: mixup that
/// learns, for each pair of images, the interval from which λ is drawn.
///
///     (a, Δ, rest) = policy(x₁, x₂),  λ = a + ρ·Δ,  ρ ~ U(0, 1)
///     L = ½ (L_X + L_X′) + L_intr
///     L_intr = cross-entropy of discriminator(x), which tells mixtures X′ from images X
///
/// Policy network, discriminator and classifier are trained together on the sum. A mixture that
/// looks like a real image may contradict its label, which the paper calls manifold intrusion. The
/// discriminator's loss is then large, and its gradient moves the interval. The gradient of L_X′
/// reaches the policy network too, through the mixed images; the mixed labels count as constants.
/// This and the discriminator on the classifier's features are as in the authors' code.
public struct AdaMixUp: SemiSupervisedMethod {
  /// Whether the policy network proposes the intervals. If false, every pair has the interval [⅓,
  /// ⅔], near which the policy network starts, and all else is the same: a control that isolates the
  /// effect of learning the intervals.
  public var learnsIntervals = true

  /// The method as in the paper, which needs no α.
  public init() {}

  /// The number of versions of each unlabelled image: 0, because the method uses none.
  public var versions: Int { 0 }

  /// A policy network for these images, and a discriminator of the features that `network` has
  /// before its last stage.
  ///
  /// - Throws: ``TrainingError`` if the input of the network's last stage has another shape than (N, C), such as that
  ///   of a network with a single stage.
  public func makeAuxiliary(
    for network: any Layer, images: Tensor, random: inout RandomStream
  ) throws -> (any Module)? {
    let shape = withoutGradients {
      network.run(0..<network.stageCount - 1, on: HiddenState(images), .evaluation)
    }.values.shape
    try TrainingError.unless(
      shape.count == 2, "network",
      found: "inputs of the shape \(shape) for the last of its stages (\(network.stageCount))",
      expected: "features (N, C) as the input of the last stage, which AdaMixUp discriminates")
    return AdaMixUpNetworks(channels: images.shape[3], features: shape[1], random: &random)
  }

  /// The cross-entropies of the classifier, on images and mixtures, and of the discriminator.
  public func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  )
    -> Loss
  {
    guard let learned = networks.auxiliary as? AdaMixUpNetworks else {
      fatalError("AdaMixUp needs the networks of makeAuxiliary(for:images:random:).")
    }
    let X = batch.labelled
    let partners = random.permutation(of: X.count)
    let intervals =
      learnsIntervals
      ? learned.policy(X.images, partners: partners, .training) : .middleThird(pairs: X.count)
    let mixed = mixup(X, X.gathered(partners), lambda: intervals.draw(random: &random))
    let (classification, intrusion) = losses(
      of: mixed, and: X, by: networks.model, learned.discriminator)
    return Loss(
      labelled: classification, penalty: intrusion,
      mixing: LearnedMixing(intervals, partners: partners, labels: X.labels))
  }

  /// The losses of classifier and discriminator.
  ///
  /// One forward pass gives the features of mixtures and images, for both tasks.
  ///
  /// - Parameters:
  ///   - mixed: Mixtures X′.
  ///   - X: Labelled images.
  ///   - model: The classifier.
  ///   - discriminator: Maps the input of the classifier's last stage to the logits of "mixture" and
  ///     "image".
  package func losses(
    of mixed: Examples, and X: Examples, by model: any Layer, _ discriminator: any Layer
  ) -> (classification: Tensor, intrusion: Tensor) {
    let all = Examples(concatenating: [mixed, X])
    let last = model.stageCount - 1
    let features = model.run(0..<last, on: HiddenState(all.images), .training)
    let logits = model.run(last..<last + 1, on: features, .training).values
    let kinds = (0..<all.count).map { $0 < mixed.count ? 0 : 1 }
    return (
      crossEntropy(logits, all.labels),
      crossEntropy(discriminator(features.values, .training), labels: kinds)
    )
  }
}

/// The networks that AdaMixUp trains beside the classifier.
package final class AdaMixUpNetworks: Module {
  package let policy: MixingPolicy
  /// Features (N, C) → logits of "mixture" and "image" (N, 2).
  package let discriminator: Linear

  package init(channels: Int, features: Int, random: inout RandomStream) {
    policy = MixingPolicy(channels: channels, random: &random)
    discriminator = Linear(inputs: features, outputs: 2, random: &random)
  }

  package var parameters: [NamedParameter] {
    policy.parameters(under: "policy") + discriminator.parameters(under: "discriminator")
  }

  package var buffers: [NamedBuffer] { policy.buffers(under: "policy") }
}

/// The intervals of λ that AdaMixUp used in one step.
public struct LearnedMixing: Sendable {
  /// A pair of two different images.
  public struct Pair: Sendable {
    /// The interval that λ is drawn from.
    public let interval: ClosedRange<Float>
    /// The classes of the two images; λ is the share of the first.
    public let classes: [Int]
    /// Whether both images have the same class.
    public var hasSameClass: Bool { classes[0] == classes[1] }
  }

  /// The pairs of the step, without images that are their own partners.
  public let pairs: [Pair]

  package init(_ intervals: MixingIntervals, partners: [Int], labels: Tensor) {
    let classes = labels.rowMaxima().map(\.index)
    pairs = intervals.bounds.enumerated().compactMap { image, interval in
      let partner = partners[image]
      return image == partner
        ? nil : Pair(interval: interval, classes: [classes[image], classes[partner]])
    }
  }
}
