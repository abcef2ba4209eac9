import Engine
import MixMatch

/// Iterations of MixMatch on WRN-28-2 with the paper's batch: 64 labelled images, and 64 unlabelled ones
/// in K = 2 versions. The versions are given: augmentation is not part of this.
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
    // λ′ = max(λ, 1 − λ). The method draws λ from a Beta distribution, which takes no longer.
    let λ = random.uniform(in: 0.5..<1)
    let mixedImages = λ * images + (1 - λ) * gathered(shuffled, of: images)
    let mixedTargets = λ * targets + (1 - λ) * gathered(shuffled, of: targets)

    loss(network(mixedImages, .training), mixedTargets).backward()
    adam.update(learningRate: harmlessLearningRate, momentum: 0.9)
  }

  /// The mean prediction over an image's versions, sharpened: (batch, classes).
  private func guessedLabels() -> Tensor {
    let predictions = withoutGradients { softmax(network(versions, .training)) }
    let mean = (0..<Self.versionCount).map { version in
      gathered((0..<Self.batch).map { version * Self.batch + $0 }, of: predictions)
    }.reduce(Tensor(repeating: 0, shape: labels.shape), +)
    return sharpen(1 / Float(Self.versionCount) * mean, temperature: Self.temperature)
  }

  /// H(x) over the first rows + λᵤ·‖p − q‖² over the others.
  ///
  /// Both are taken over all rows, with targets that make the others' terms vanish: no mass for the cross-entropy, the
  /// prediction itself for the squared error.
  private func loss(_ logits: Tensor, _ targets: Tensor) -> Tensor {
    let rows = targets.shape[0]
    let unlabelled = Array(Self.batch..<rows)
    let prediction = softmax(logits)
    let labelledTargets = concatenated([
      gathered(Array(0..<Self.batch), of: targets),
      Tensor(repeating: 0, shape: [unlabelled.count, targets.shape[1]]),
    ])
    let unlabelledTargets = concatenated([
      gathered(Array(0..<Self.batch), of: prediction), gathered(unlabelled, of: targets),
    ])
    let labelledShare = Float(Self.batch) / Float(rows)
    return 1 / labelledShare * crossEntropy(logits, labelledTargets)
      + Self.unlabelledWeight / (1 - labelledShare)
      * meanSquaredError(prediction, unlabelledTargets)
  }
}

/// Tensors one behind the other along the first axis, off the tape.
private func concatenated(_ tensors: [Tensor]) -> Tensor {
  let result = Tensor(
    uninitialised: [tensors.reduce(0) { $0 + $1.shape[0] }] + tensors[0].shape.dropFirst())
  var end = result.pointer
  for tensor in tensors {
    end.update(from: tensor.pointer, count: tensor.count)
    end += tensor.count
  }
  return result
}

/// Some entries along the first axis, in the order of `indices`, off the tape.
private func gathered(_ indices: [Int], of tensor: Tensor) -> Tensor {
  let length = tensor.count / tensor.shape[0]
  let result = Tensor(uninitialised: [indices.count] + tensor.shape.dropFirst())
  for (place, index) in indices.enumerated() {
    (result.pointer + place * length).update(from: tensor.pointer + index * length, count: length)
  }
  return result
}
