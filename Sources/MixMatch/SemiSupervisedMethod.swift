import Engine

/// A semi-supervised method: the loss of one training step on labelled and unlabelled images.
///
/// A method does not choose network, schedule or augmentation; these are settings of the training run.
///
/// A method is `Encodable` because its encoding is part of the run record and of the key of cached training runs. The
/// encoding must contain every hyperparameter, or a run with another value would get the cached result. It does not
/// contain the name of the type; the key has the name of the training run.
public protocol SemiSupervisedMethod: Sendable, Encodable {
  /// K, the number of augmented versions of each unlabelled image in a batch; 0 for a method that
  /// uses no unlabelled images.
  var versions: Int { get }

  /// Whether the method needs ``MethodNetworks/teacher``, and the training run therefore an EMA of the
  /// weights.
  var needsTeacher: Bool { get }

  /// Checks the method's hyperparameters, before any work is done; nothing to check by default.
  ///
  /// - Throws: An error in one line that names the hyperparameter, the value found and the values expected.
  func check() throws

  /// Creates the additional networks that the method trains; nil if it has none.
  ///
  /// They are trained together with `network`, such as the policy network of ``AdaMixUp``, and saved with it.
  ///
  /// - Parameters:
  ///   - network: The network that the method will train.
  ///   - images: One image, training image 0, (1, H, W, C): not augmented, but with the size and the normalisation of
  ///     the images in the first step.
  ///   - random: Draws the initial weights.
  /// - Throws: An error in one line if the method cannot train `network`.
  func makeAuxiliary(
    for network: any Layer, images: Tensor, random: inout RandomStream
  ) throws -> (any Module)?

  /// The loss of step `step`, counted from 0.
  ///
  /// - Parameters:
  ///   - batch: Augmented images with ``versions`` versions of each unlabelled image.
  ///   - networks: The network to be trained, its teacher, and the method's auxiliary network.
  ///   - step: The step, for weights that grow over the training run.
  ///   - random: The random numbers of this step alone.
  func loss(_ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream)
    -> Loss
}

extension SemiSupervisedMethod {
  /// Whether the method needs an EMA of the weights as its teacher: most methods do not.
  public var needsTeacher: Bool { false }

  /// Accepts all hyperparameters.
  public func check() throws {}

  /// The additional networks of the method: nil, because most methods have none.
  public func makeAuxiliary(for network: any Layer, images: Tensor, random: inout RandomStream)
    -> (any Module)?
  { nil }

  /// A trainer of `network` and of the method's additional networks, whose initial weights are drawn with `seed`.
  ///
  /// - Throws: ``TrainingError`` if the network has another number of outputs than there are classes; the error of
  ///   ``makeAuxiliary(for:images:random:)``.
  func trainer(
    of network: any Layer, on data: TrainingData, schedule: any Schedule,
    settings: TrainingSettings, seed: UInt64
  ) throws -> Trainer {
    var random = RandomStream(seed: seed, "auxiliary weights")
    let train = data.dataset.train
    let images = train.tensor(
      [0], size: settings.imageSize(at: 0, original: train.size), scaling: data.scaling)
    try checkOutputs(of: network, for: images, classes: data.classes)
    let auxiliary = try makeAuxiliary(for: network, images: images, random: &random)
    return Trainer(
      network, auxiliary: auxiliary, schedule: schedule, weightDecay: settings.weightDecay,
      decayScope: settings.decayScope, emaDecay: settings.emaDecay)
  }

  /// The stream of random numbers of step `step`, counted from 0, in a training run with `seed`.
  public static func random(ofStep step: Int, seed: UInt64) -> RandomStream {
    RandomStream(seed: seed, "method", step)
  }

  /// The loss of step `step`, counted from 0, with the random numbers that a training run with `seed`
  /// uses in that step.
  public func loss(_ batch: Batch, by networks: MethodNetworks, step: Int, seed: UInt64 = 0)
    -> Loss
  {
    var random = Self.random(ofStep: step, seed: seed)
    return loss(batch, by: networks, step: step, random: &random)
  }
}

/// Throws a ``TrainingError`` unless `network` maps one image (1, H, W, C) to logits (1, `classes`).
///
/// Otherwise the process would end in the first loss, with a message about shapes. The network runs in evaluation mode,
/// which changes nothing in it.
private func checkOutputs(of network: any Layer, for image: Tensor, classes: Int) throws {
  let shape = withoutGradients { network(image, .evaluation) }.shape
  try TrainingError.unless(
    shape == [1, classes], "network",
    found: shape.count == 2 && shape[0] == 1
      ? "\(shape[1]) outputs" : "outputs of the shape \(shape) for one image",
    expected: "\(classes), the number of classes")
}

/// The network that a method trains, with its teacher and the method's additional networks if there are any.
public struct MethodNetworks {
  /// The network, which maps images (N, H, W, C) to logits (N, classes).
  public let model: any Layer
  /// The logits of the network with the EMA of its weights; no gradient flows through them. Nil where
  /// the training run keeps no EMA.
  public let teacher: ((_ images: Tensor) -> Tensor)?
  /// The additional networks from ``SemiSupervisedMethod/makeAuxiliary(for:images:random:)``; nil if the method has
  /// none.
  public let auxiliary: (any Module)?

  /// A network, with a teacher and auxiliary networks if the method needs them.
  public init(
    _ model: any Layer, auxiliary: (any Module)? = nil,
    teacher: ((_ images: Tensor) -> Tensor)? = nil
  ) {
    (self.model, self.auxiliary, self.teacher) = (model, auxiliary, teacher)
  }

  /// The network of `trainer`, with the EMA of its weights as the teacher if it keeps one.
  ///
  /// The teacher normalises by the statistics of its batch, like the network.
  public init(_ trainer: Trainer) {
    let network = trainer.network
    guard trainer.keepsEMA else {
      self.init(network, auxiliary: trainer.auxiliary)
      return
    }
    self.init(network, auxiliary: trainer.auxiliary) { images in
      trainer.withEvaluationWeights {
        withoutGradients { network(images, .trainingWithFrozenStatistics) }
      }
    }
  }
}
