// Writes a published data set as folders of picture files, so that `make own` can be tried without
// photographs.

import ChapterKit
import Datasets
import Engine
import Files
import Foundation
import Pictures

let source = CommandLineOption(
  "dataset", .oneOf([DatasetSource.mnist] + DatasetSource.colour, named: \.key), default: .cifar10,
  "the data set")
let data = CommandLineOption(
  "data", .directory, default: URL(filePath: "data"), "the directory of the data sets")
let to = CommandLineOption(
  "to", .directory, default: URL(filePath: "pictures"),
  "the folder for the pictures, which must not exist")
let format = CommandLineOption(
  "format", .oneOf(PictureFormat.allCases), default: .jpg, "the type of the files")
let train = CommandLineOption(
  "train", .wholeNumber(in: 1...1_000_000), "number of training images (default all)")
let test = CommandLineOption(
  "test", .wholeNumber(in: 1...1_000_000), "number of test images (default all)")
let labels = CommandLineOption(
  "labels", .wholeNumber(in: 1...1_000_000),
  "number of training images that keep their class; all others go to TO/unlabelled")
let seed = CommandLineOption(
  "seed", .wholeNumber(in: 0...1_000_000), default: 0,
  "seed of the choice of these images; own --dataset with the same --labels and --seed chooses the same ones"
)
let synthetic = CommandLineOption(
  flag: "synthetic", "write generated images in place of the data set's")

let program = Program(
  "write-pictures",
  summary:
    "Writes the images of a data set as files TO/train/CLASS/NUMBER.jpg and TO/test/CLASS/NUMBER.jpg, the\n"
    + "layout of torchvision's ImageFolder; with --labels as TO/labelled/CLASS/NUMBER.jpg,\n"
    + "TO/unlabelled/NUMBER.jpg and TO/test/CLASS/NUMBER.jpg. Their origin goes into TO/pictures.json.",
  options: [source, data, to, format, train, test, labels, seed, synthetic])

exit(
  program.run { invocation in
    let folder = invocation[to]
    guard !folder.isPresent else {
      throw UsageError(
        "--to: found \(folder.relativePath), expected a folder that does not exist yet")
    }
    let whole =
      try invocation[synthetic]
      ? invocation[source].generate()
      : invocation[source].fetch(into: invocation[data], note: invocation.note)
    let dataset = whole.prefix(
      train: invocation[train] ?? whole.train.count, test: invocation[test] ?? whole.test.count)
    if let found = invocation[labels], found >= dataset.train.count || found > dataset.knownLabels {
      throw Failure(
        "--labels: found \(found), expected fewer than the \(dataset.train.count) training images, and at most "
          + "\(dataset.knownLabels), whose classes are known")
    }
    try StopSignals.ofProcess.writeFolder(at: folder) { partial, check in
      let writer = PictureWriter(
        format: invocation[format], classes: dataset.classNames, folder: partial,
        checkSignals: check)
      if let labels = invocation[labels] {
        try writer.writeTraining(dataset, labels: labels, seed: invocation[seed])
      } else {
        try writer.write(dataset.train, Array(0..<dataset.knownLabels), to: "train")
      }
      try writer.write(dataset.test, Array(0..<dataset.test.count), to: "test")
      try writer.write(
        PictureFolder.Origin(
          name: "\(dataset.name), written out as \(writer.format.name)",
          isSynthetic: dataset.isSynthetic))
    }
    let written = invocation[labels] == nil ? dataset.knownLabels : dataset.train.count
    if invocation[labels] == nil, dataset.knownLabels < dataset.train.count {
      invocation.note(
        "write-pictures: left out \(dataset.train.count - dataset.knownLabels) training images without a class; "
          + "--labels writes them, too")
    }
    invocation.print(
      "write-pictures: \(written) training and \(dataset.test.count) test images of "
        + "\(dataset.name) are in \(folder.relativePath)")
  })

/// Writes images as picture files into folders of their classes.
struct PictureWriter {
  let format: PictureFormat
  let classes: [String]
  let folder: URL
  /// Called before each picture; throws if a signal has asked this process to end.
  let checkSignals: () throws -> Void

  /// Writes the `labels` training images that a training run with `seed` would draw as labelled to `labelled`, and the
  /// others to `unlabelled`.
  func writeTraining(_ dataset: ImageDataset, labels: Int, seed: Int) throws {
    let known = dataset.knownLabels
    let split = try LabelSplit(
      labels: Array(dataset.train.labels.prefix(known)), labelled: labels, seed: UInt64(seed)
    ).adding(unlabelled: known..<dataset.train.count)
    try write(dataset.train, split.labelled, to: "labelled")
    try write(dataset.train, split.unlabelled, to: "unlabelled", byClass: false)
  }

  /// Writes the images at `indices`; the number of a file is the position of its image in the data set.
  func write(_ images: LabelledImages, _ indices: [Int], to part: String, byClass: Bool = true)
    throws
  {
    let root = folder.appending(path: part)
    // A class without images gets no folder, because `make own` does not accept an empty one.
    let names = byClass ? Set(indices.map { classes[Int(images.labels[$0])] }) : [""]
    for name in names { try makeFolder(at: root.appending(path: name)) }
    let size = images.height * images.width * images.channels
    for index in indices {
      try checkSignals()
      let content = try encodePicture(
        Array(images.pixels[index * size..<(index + 1) * size]),
        height: images.height, width: images.width, channels: images.channels, as: format)
      let place = byClass ? root.appending(path: classes[Int(images.labels[index])]) : root
      // The folder is synchronised as a whole.
      try writeFile(
        content, to: place.appending(path: String(format: "%06d.", index) + format.rawValue),
        durably: false)
    }
  }

  /// Writes the file with the origin of the pictures.
  func write(_ origin: PictureFolder.Origin) throws {
    try writeFile(
      JSON.encode(origin, pretty: true),
      to: folder.appending(path: PictureFolder.Origin.fileName))
  }
}
