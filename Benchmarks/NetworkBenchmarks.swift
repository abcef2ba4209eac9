import Engine

/// The minimum duration of a sample of a network benchmark, in seconds.
let networkSampleDuration = 1.0

/// A learning rate so small that the weights hardly change: a network that has memorised its batch would
/// have zero gradients.
let harmlessLearningRate: Float = 1e-6

/// The training of fastai's WRN-28-2 with AdamW on one fixed batch.
final class WideResNetTraining {
  private let network: WideResNet
  private let adam: AdamW
  private let images: Tensor
  private let labels: [Int]

  init(batch: Int) {
    network = makeWideResNet()
    adam = AdamW(network.parameters, weightDecay: 0.02)
    images = randomImages(batch)
    labels = (0..<batch).map { $0 % 10 }
  }

  /// Takes a training step: forward, backward, AdamW.
  func step() {
    crossEntropy(network(images, .training), labels: labels).backward()
    adam.update(learningRate: harmlessLearningRate, momentum: 0.9)
  }

  static func benchmark(batch: Int) -> Benchmark {
    Benchmark(
      name: "train\(batch)",
      quantities: [
        Quantity(
          metric: "trainImagesPerSecond.batch\(batch)",
          title: "WRN-28-2 training, batch \(batch)", unit: "images/s")
      ]
    ) { _ in
      let training = WideResNetTraining(batch: batch)
      for _ in 0..<2 { training.step() }
      return {
        [Double(batch) / secondsPerCall(filling: networkSampleDuration) { training.step() }]
      }
    }
  }
}

func inferenceBenchmark(batch: Int) -> Benchmark {
  Benchmark(
    name: "infer\(batch)",
    quantities: [
      Quantity(
        metric: "inferImagesPerSecond.batch\(batch)",
        title: "WRN-28-2 inference, batch \(batch)", unit: "images/s")
    ]
  ) { _ in
    let network = makeWideResNet()
    let images = randomImages(batch)
    let infer = { withoutGradients { _ = network(images, .evaluation) } }
    infer()
    return { [Double(batch) / secondsPerCall(filling: networkSampleDuration, infer)] }
  }
}

/// WRN-28-2 with random weights.
func makeWideResNet() -> WideResNet {
  var random = RandomStream(seed: 0, "initial weights")
  return WideResNet(depth: 28, widenFactor: 2, random: &random)
}

/// Random images in the shape of CIFAR-10's, (count, 32, 32, 3).
func randomImages(_ count: Int, stream: Int = 0) -> Tensor {
  var random = RandomStream(seed: 0, "noise images", stream)
  return .uniform(in: -1..<1, shape: [count, 32, 32, 3], random: &random)
}
