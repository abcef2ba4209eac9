// Writes a published data set as folders of picture files, for a try of `make own` without photographs.

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
let synthetic = CommandLineOption(
  flag: "synthetic", "write generated images in place of the data set's")

let program = Program(
  "write-pictures",
  summary:
    "Writes the images of a data set as files TO/train/CLASS/NUMBER.jpg and TO/test/CLASS/NUMBER.jpg, the\n"
    + "layout of torchvision's ImageFolder, and their origin into TO/pictures.json.",
  options: [source, data, to, format, train, test, synthetic])

exit(
  program.run { invocation in
    let folder = invocation[to]
    guard !folder.isPresent else {
      throw Failure("--to: found \(folder.relativePath), expected a folder that does not exist yet")
    }
    let whole =
      try invocation[synthetic]
      ? invocation[source].generate()
      : invocation[source].fetch(into: invocation[data], note: invocation.note)
    let dataset = whole.prefix(
      train: invocation[train] ?? whole.train.count, test: invocation[test] ?? whole.test.count)
    let format = invocation[format]
    for (name, images) in [("train", dataset.train), ("test", dataset.test)] {
      let known = name == "train" ? dataset.knownLabels : images.count
      try write(
        images.prefix(known), of: dataset.classNames, to: folder.appending(path: name), format)
    }
    let origin = PictureFolder.Origin(
      name: "\(dataset.name), written out as \(format.name)", isSynthetic: dataset.isSynthetic)
    try writeFile(
      JSON.encode(origin, pretty: true),
      to: folder.appending(path: PictureFolder.Origin.fileName))
    invocation.print(
      "write-pictures: \(dataset.train.count) training and \(dataset.test.count) test images of "
        + "\(dataset.name) are in \(folder.relativePath)")
  })

/// Writes each image into the folder of its class; its number is its position in the data set.
func write(
  _ images: LabelledImages, of classes: [String], to folder: URL, _ format: PictureFormat
) throws {
  for name in classes { try makeFolder(at: folder.appending(path: name)) }
  let size = images.height * images.width * images.channels
  for index in 0..<images.count {
    let pixels = Array(images.pixels[index * size..<(index + 1) * size])
    let content = try encodePicture(
      pixels, height: images.height, width: images.width, channels: images.channels, as: format)
    let name = String(format: "%06d.", index) + format.rawValue
    let file = folder.appending(path: classes[Int(images.labels[index])]).appending(path: name)
    // The program starts over after an interruption, so that a file needs no protection against one.
    try content.write(to: file)
  }
}
