import Datasets
import Engine
import Foundation
import MixMatch

// Images as tensors (N, height, width, channels) from 0 to 1, with a class for each: here noise in which one of
// the three colours is brighter.
func pictures(_ count: Int, name: String) -> (images: Tensor, labels: [Int]) {
  var random = RandomStream(seed: 0, name)
  let labels = (0..<count).map { $0 % 3 }
  let pixels = labels.flatMap { label in
    (0..<16 * 16 * 3).map { i -> Float in
      let brightness: Float = i % 3 == label ? 0.2 : 0
      return brightness + 0.8 * random.uniform()
    }
  }
  return (Tensor(pixels, shape: [count, 16, 16, 3]), labels)
}

let (trainingImages, trainingLabels) = pictures(640, name: "training images")
let (testImages, testLabels) = pictures(200, name: "test images")
let dataset = try ImageDataset(
  name: "colours", classNames: ["red", "green", "blue"],
  train: LabelledImages(trainingImages, labels: trainingLabels),
  test: LabelledImages(testImages, labels: testLabels))

// Forty of the 640 images keep their label; the method does not see the other labels.
let split = try LabelSplit(labels: dataset.train.labels, labelled: 40, seed: 0)
let data = TrainingData(dataset, split: split, scaling: PixelScaling(of: dataset.train))

func makeNetwork() -> WideResNet {
  var random = RandomStream(seed: 0, "initial weights")
  return WideResNet(depth: 10, widenFactor: 1, classes: 3, random: &random)
}
let network = makeNetwork()

var settings = TrainingSettings()
settings.steps = 60
settings.labelledBatch = 16
settings.unlabelledBatch = 32
settings.augmentation = .none
let training = try SemiSupervisedTraining(
  of: network, by: MixMatchStep(), on: data, settings: settings, seed: 0)
try training.run { report in
  print("step \(report.step + 1): loss \(report.loss.total.scalar)")
}
print("test accuracy: \(try training.evaluateTest().accuracy)")

// Train another network by this program's own method.
let own = try SemiSupervisedTraining(
  of: makeNetwork(), by: NoiseConsistency(), on: data, settings: settings, seed: 0)
try own.run()
print("test accuracy with noise consistency: \(try own.evaluateTest().accuracy)")

// Save the weights, and load them into a new network.
let file = FileManager.default.temporaryDirectory.appending(path: "colours.safetensors")
try network.save(to: file)
let copy = makeNetwork()
try copy.load(from: file)
print("the loaded network is the trained one: \(copy.fingerprint == network.fingerprint)")
