import Datasets
import Engine
import Experiments
import MixMatch

/// Chapter 3's training at T = 0.5 after the ramp, on random images of MNIST's size, with 64 labelled and
/// 128 unlabelled images per iteration.
final class SharpeningTraining {
  private let images: LabelledImages
  private let network: Sequential
  private let adam: AdamW
  private var labelledBatches: ShuffledBatches
  private var unlabelledBatches: ShuffledBatches
  private var step = 0

  private init() {
    var random = RandomStream(seed: 0, "benchmark of chapter 3")
    let count = 10_000
    images = noiseBytes(count, side: 28, channels: 1)
    network = digitClassifier(random: &random)
    adam = AdamW(network.parameters, weightDecay: 1e-4)
    labelledBatches = ShuffledBatches(of: 500, size: 64, seed: 0, name: "labelled")
    unlabelledBatches = ShuffledBatches(of: count, size: 128, seed: 0, name: "unlabelled")
  }

  static let benchmark = Benchmark(
    name: "chapter3",
    quantities: [
      Quantity(
        metric: "chapter3IterationsPerSecond", title: "chapter 3's training, 64 + 128 images",
        unit: "1/s")
    ]
  ) { _ in
    let training = SharpeningTraining()
    for _ in 0..<5 { training.iterate() }
    return { [1 / secondsPerCall(filling: networkSampleDuration) { training.iterate() }] }
  }

  private func iterate() {
    let labelled = labelledBatches(step)
    let unlabelled = unlabelledBatches(step)
    step += 1

    let prediction = softmax(network(images.tensor(unlabelled, scaling: .unit), .training))
    let guess = sharpen(prediction.detached, temperature: 0.5)
    let labelledLoss = crossEntropy(
      network(images.tensor(labelled, scaling: .unit), .training),
      labels: images.labels(at: labelled))
    let loss = labelledLoss + 10 * meanSquaredError(prediction, guess)
    loss.backward()
    adam.update(learningRate: harmlessLearningRate, momentum: 0.9)
  }
}
