import Datasets
import Engine
import MixMatch

/// One core's augmentation with fastai's transforms beside one core's training, which it must not
/// keep waiting.
let augmentationBenchmark = Benchmark(
  name: "augmentation",
  quantities: [
    Quantity(
      metric: "augmentationImagesPerSecondPerCore",
      title: "augmentation of CIFAR-10's size, one core", unit: "images/s", decimals: 0),
    Quantity(
      metric: "augmentationTimesTrainingPerCore",
      title: "the same beside WRN-28-2 training, batch 64, one core", unit: "×", decimals: 0),
  ]
) { _ in
  let batch = 64
  let augmented = AugmentedImages(
    noiseBytes(1024), by: .fastai, versions: 2, scaling: .unit, seed: 0, name: "benchmark")
  let training = WideResNetTraining(batch: batch)
  let indices = Array(0..<batch)
  training.step()
  var epoch = 0
  return {
    Parallel.$threads.withValue(1) {
      let trained =
        Double(batch) / secondsPerCall(filling: networkSampleDuration) { training.step() }
      let varied =
        Double(2 * batch)
        / secondsPerCall(filling: networkSampleDuration / 4) {
          _ = augmented(indices, epoch: epoch)
          epoch += 1
        }
      return [varied, varied / trained]
    }
  }
}

/// Noise in CIFAR-10's format.
func noiseBytes(_ count: Int) -> LabelledImages {
  var random = RandomStream(seed: 0, "noise bytes")
  return LabelledImages(
    height: 32, width: 32, channels: 3,
    pixels: (0..<count * 32 * 32 * 3).map { _ in UInt8(truncatingIfNeeded: random.nextWord()) },
    labels: [UInt8](repeating: 0, count: count))
}
