import Datasets
import Engine
import MixMatch

/// The settings of a training run, apart from its method and its seed.
///
/// The defaults are the article's, except that 2,000 training images are held out for validation, and that the test
/// images are evaluated at the end only.
public struct Experiment: Sendable, Encodable {
  /// The network that is trained.
  public var network = NetworkSettings()
  /// The number of labelled training images.
  public var labels = 500
  /// Whether each class has the same number of labelled images, as in the paper.
  public var isBalanced = false
  /// The number of training images held out for validation. The article holds out none and evaluates
  /// on the test images.
  public var validation = 2000
  /// Batch sizes, augmentation, schedule and evaluation.
  public var training = TrainingSettings()
  /// The normalisation of pixel values; nil for CIFAR-10's published mean and standard deviation.
  public var scaling: ScalingRule?

  /// Creates the default settings.
  public init() {}

  /// The labelled, unlabelled and validation images of a run with `seed`.
  ///
  /// - Throws: `DatasetError` for numbers of images that the data set does not have.
  public func data(_ dataset: ImageDataset, seed: Int) throws -> TrainingData {
    TrainingData(
      dataset, split: try split(of: dataset, seed: seed), scaling: pixelScaling(of: dataset))
  }

  /// The labelled, unlabelled and validation images of a training run with `seed`.
  ///
  /// - Throws: `DatasetError` for numbers of images that the data set does not have.
  public func split(of dataset: ImageDataset, seed: Int) throws -> LabelSplit {
    let known = dataset.knownLabels
    return try LabelSplit(
      labels: Array(dataset.train.labels.prefix(known)), labelled: labels, balanced: isBalanced,
      validation: validation, seed: UInt64(seed)
    ).adding(unlabelled: known..<dataset.train.count)
  }

  /// The normalisation of pixel values for `dataset`.
  public func pixelScaling(of dataset: ImageDataset) -> PixelScaling {
    switch scaling {
    case nil: .cifar
    case .measured: PixelScaling(of: dataset.train)
    }
  }

  /// Adapts the settings to another data set than CIFAR-10: pixel values are normalised by its own statistics,
  /// and the image sizes of the phases, which are those for 32×32, grow with its images.
  public mutating func fit(to dataset: ImageDataset) {
    scaling = .measured
    for index in training.phases.indices {
      training.phases[index].size = training.phases[index].size * dataset.train.height / 32
    }
  }

  /// Sets the number of steps to that of whole batches in `epochs` epochs of the labelled images.
  mutating func setSteps(epochs: Int) {
    training.steps = epochs * max(1, labels / training.labelledBatch)
  }

  /// A rule for the normalisation of pixel values.
  public enum ScalingRule: String, Sendable, Codable {
    /// The mean and standard deviation of the training images, labelled or not.
    case measured
  }

  /// A training run of a new network with `method` and `seed`, which has not started.
  ///
  /// - Throws: `DatasetError` or `TrainingError` for settings that do not fit the
  ///   data set.
  public func makeTraining(
    by method: any SemiSupervisedMethod, on dataset: ImageDataset, seed: Int
  ) throws -> SemiSupervisedTraining {
    try SemiSupervisedTraining(
      of: network.make(seed: seed, classes: dataset.classNames.count), by: method,
      on: data(dataset, seed: seed), settings: training, seed: UInt64(seed))
  }

  /// Checks the settings against each other, the method and the data set, before any work is done.
  ///
  /// - Throws: `DatasetError` or `TrainingError`.
  public func check(for method: any SemiSupervisedMethod, on dataset: ImageDataset) throws {
    // Not the scaling of the data set itself, which would take all its pixels.
    let scaling = scaling == nil ? PixelScaling.cifar : dataset.train.unitScaling
    let split = try split(of: dataset, seed: 0)
    try training.check(for: method, on: TrainingData(dataset, split: split, scaling: scaling))
  }
}

/// The size of a wide residual network and the form of its blocks.
public struct NetworkSettings: Sendable, Codable, Equatable {
  /// The number of layers, 6·n + 4.
  public var depth = 28
  /// The widening factor k.
  public var widenFactor = 2
  /// The channels of the first convolution: 32 in the article's notebook; 16 in the paper, which gives
  /// the size that the article's text states.
  public var startChannels = 32
  /// The form of the blocks, fastai's or the paper's.
  public var variant = NetworkVariant.fastai

  /// The network of the article's notebook.
  public init() {}

  /// A network with initial weights drawn for `seed`; the depth must be 6·n + 4.
  public func make(seed: Int, classes: Int = 10) -> WideResNet {
    var random = RandomStream(seed: UInt64(seed), "initial weights")
    let form: WideResNet.Variant =
      switch variant {
      case .fastai: .fastai
      case .paper: .paper
      }
    return WideResNet(
      depth: depth, widenFactor: widenFactor, startChannels: startChannels, classes: classes,
      variant: form, random: &random)
  }
}

/// The form of a wide residual network, as options and records name it; see
/// `WideResNet.Variant`.
public enum NetworkVariant: String, Sendable, Codable, CaseIterable {
  /// fastai's wide residual network, which the article uses.
  case fastai
  /// The network of the paper's official code.
  case paper
}
