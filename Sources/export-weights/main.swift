// Writes the weights in a checkpoint as a file for `predict` and for PyTorch.

import ChapterKit
import Datasets
import Engine
import Experiments
import Files
import Foundation

let source = CommandLineOption(
  "dataset", .oneOf(DatasetSource.colour, named: \.key), default: .cifar10,
  "the data set of the training, for the classes and the pixel scaling")
let data = CommandLineOption(
  "data", .directory, default: URL(filePath: "data"),
  "the directory of the data sets; CIFAR-10 need not be there")
let variant = CommandLineOption(
  "network", .oneOf(NetworkVariant.allCases), default: .fastai,
  "form of the wide residual network's blocks")

let program = Program(
  "export-weights",
  summary:
    "Writes the weights in CHECKPOINT, a file of chapter 4 or 5 such as figures/cache/chapter4/short/\n"
    + "mixmatch-short-seed-0-….checkpoint, into the file WEIGHTS in the safetensors format. Finished runs of\n"
    + "chapter 4 and make own write such a file themselves. Of a training with an EMA of the weights, the EMA is\n"
    + "written.",
  words: "CHECKPOINT WEIGHTS", options: [source, data, variant])

exit(
  program.run { invocation in
    guard invocation.words.count == 2 else {
      throw UsageError("found \(invocation.words.count) words, expected CHECKPOINT and WEIGHTS")
    }
    let file = URL(filePath: invocation.words[0])
    let checkpoint = try Checkpoint(contentsOf: file)
    let training = checkpoint.snapshot.part(under: "training.trainer")
    let average = training.part(under: "average")
    let weights = average.tensors.isEmpty ? training.part(under: "network") : average
    let source = invocation[source]
    let (classes, size, scaling) = try facts(source, in: invocation[data], invocation.note)
    let description = Classifier.Description(
      classes: classes, size: size, scaling: scaling,
      network: try NetworkSettings(
        of: weights.tensors, variant: invocation[variant], classes: classes.count, file: file),
      origin: "\(checkpoint.origin.stage), \(source.name), step \(checkpoint.origin.step) of "
        + "\(checkpoint.origin.steps)")
    let network = description.network.make(seed: 0, classes: classes.count)
    do {
      try weights.restore(network.state)
    } catch {
      throw Failure("\(file.shortPath): \(oneLine(error))")
    }
    try Classifier(network, description).content.write(to: URL(filePath: invocation.words[1]))
    invocation.print("export-weights: \(description.origin) is in \(invocation.words[1])")
  })

/// The classes, image size and pixel scaling of a training on a data set.
func facts(_ source: DatasetSource, in directory: URL, _ note: (String) -> Void) throws -> (
  classes: [String], size: Int, scaling: PixelScaling
) {
  // CIFAR-10's scaling is a constant; those of other data sets are measured.
  if source.key == DatasetSource.cifar10.key { return (CIFAR10.classNames, 32, .cifar) }
  let dataset = try source.fetch(into: directory, note: note)
  return (dataset.classNames, dataset.train.height, PixelScaling(of: dataset.train))
}

extension NetworkSettings {
  /// The settings of the network that has `weights`, tensors by their names in a checkpoint.
  init(of weights: [String: Tensor], variant: NetworkVariant, classes: Int, file: URL) throws {
    let blocks = weights.keys.count { $0.hasPrefix("groups.0.") && $0.hasSuffix(".conv1") }
    guard let stem = weights["stem.weights"], let first = weights["groups.0.0.conv1"],
      let head = weights["head.bias"], stem.shape.count == 4, first.shape.count == 4,
      stem.shape[3] > 0, first.shape[3] % stem.shape[3] == 0
    else {
      throw Failure(
        "\(file.shortPath): found no weights of a wide residual network, expected a checkpoint of chapter 4 or 5"
      )
    }
    guard head.count == classes else {
      throw Failure(
        "\(file.shortPath): found a network with \(head.count) classes, expected \(classes); give --dataset"
      )
    }
    self.init()
    depth = 6 * blocks + 4
    startChannels = stem.shape[3]
    widenFactor = first.shape[3] / startChannels
    self.variant = variant
  }
}
