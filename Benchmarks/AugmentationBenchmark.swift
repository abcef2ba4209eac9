import Datasets
import Engine
import MixMatch

/// Augmentation with fastai's transforms on one core, compared with training on one core: augmentation
/// has to be faster.
let augmentationBenchmark = Benchmark(
  name: "augmentation",
  quantities: [
    Quantity(
      metric: "augmentationImagesPerSecondPerCore",
      title: "augmentation of 32×32 images, one core", unit: "images/s", decimals: 0),
    Quantity(
      metric: "augmentationTimesTrainingPerCore",
      title: "augmentation relative to WRN-28-2 training, batch 64, one core", unit: "×",
      decimals: 0),
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

/// Random images of ten classes, by default of the size of CIFAR-10's.
func noiseBytes(_ count: Int, side: Int = 32, channels: Int = 3) -> LabelledImages {
  var random = RandomStream(seed: 0, "noise bytes")
  return LabelledImages(
    height: side, width: side, channels: channels,
    pixels: (0..<count * side * side * channels).map { _ in
      UInt8(truncatingIfNeeded: random.nextWord())
    },
    labels: (0..<count).map { UInt8($0 % 10) })
}
