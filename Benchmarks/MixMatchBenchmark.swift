import Engine
import MixMatch

/// Iterations of MixMatch on WRN-28-2 with the paper's batch: 64 labelled images, and 64 unlabelled
/// ones in K = 2 versions. The versions are given: augmentation is not part of this.
final class MixMatchIteration {
  private let network = makeWideResNet()
  private let adam: Adam
  private let labelled = randomImages(batch, stream: 0)
  private let labels = oneHot((0..<batch).map { $0 % 10 }, classes: 10)
  private let versions = concatenated((1...versionCount).map { randomImages(batch, stream: $0) })
  private var random = RandomStream(seed: 0, "benchmark of MixMatch")

  private static let batch = 64
  private static let versionCount = 2
  private static let temperature = 0.5
  private static let alpha = 0.75
  private static let unlabelledWeight: Float = 75

  private init() { adam = Adam(network.parameters, weightDecay: 0.02) }

  static let benchmark = Benchmark(
    name: "mixmatch",
    quantities: [
      Quantity(
        metric: "mixmatchIterationSeconds", title: "MixMatch iteration, 64 + 2·64 images",
        unit: "s", decimals: 3)
    ]
  ) { _ in
    let iteration = MixMatchIteration()
    for _ in 0..<2 { iteration.run() }
    return { [secondsPerCall(filling: networkSampleDuration) { iteration.run() }] }
  }

  /// Guess, sharpen, mix, and a step of Adam.
  private func run() {
    let guess = guessedLabels()
    let images = concatenated([labelled, versions])
    let targets = concatenated([labels] + (0..<Self.versionCount).map { _ in guess })

    let shuffled = random.permutation(of: images.shape[0])
    let λ = MixingCoefficients(
      .perExample, count: shuffled.count, alpha: Self.alpha, random: &random)
    let mixedImages = mixup(images, gathered(shuffled, of: images), lambda: λ)
    let mixedTargets = mixup(targets, gathered(shuffled, of: targets), lambda: λ)

    loss(network(mixedImages, .training), mixedTargets).backward()
    adam.update(learningRate: harmlessLearningRate, momentum: 0.9)
  }

  /// The mean prediction over an image's versions, sharpened: (batch, classes).
  private func guessedLabels() -> Tensor {
    let predictions = withoutGradients { softmax(network(versions, .training)) }
    let mean = (0..<Self.versionCount).map { version in
      predictions[version * Self.batch..<(version + 1) * Self.batch]
    }.reduce(Tensor(repeating: 0, shape: labels.shape), +)
    return sharpen(1 / Float(Self.versionCount) * mean, temperature: Self.temperature)
  }

  /// H(x) over the labelled images + λᵤ·‖p − q‖² over the others, which come after them.
  private func loss(_ logits: Tensor, _ targets: Tensor) -> Tensor {
    let labelled = 0..<Self.batch
    let unlabelled = Self.batch..<targets.shape[0]
    return crossEntropy(logits[labelled], targets[labelled])
      + Self.unlabelledWeight
      * meanSquaredError(softmax(logits[unlabelled]), targets[unlabelled])
  }
}
