// How the two sheets of pictures of chapter 1 are laid out.

import ChapterKit
import Datasets
import Engine
import Foundation
import MixMatch

/// Small pictures on a white sheet, and words between them.
struct Sheet {
  let width: Int
  let height: Int
  /// The height and width of a picture.
  let tile: Int
  /// (height, width, 3)
  private var values: [UInt8]
  private var words: [(x: Int, y: Int, kind: String, text: String)] = []

  init(width: Int, height: Int, tile: Int) {
    (self.width, self.height, self.tile) = (width, height, tile)
    values = Array(repeating: 255, count: width * height * 3)
  }

  /// Places picture `index` of `pictures` (n, tile, tile, 3) with its upper left corner at (`x`,
  /// `y`).
  mutating func place(_ pictures: Tensor, _ index: Int, x: Int, y: Int) {
    let length = tile * tile * 3
    let scalars = pictures.scalars[index * length..<(index + 1) * length]
    for (offset, value) in scalars.enumerated() {
      let (row, column) = (offset / (3 * tile), offset % (3 * tile))
      values[((y + row) * width + x) * 3 + column] = UInt8((value * 255).rounded())
    }
    write("", "picture", x: x, y: y)
  }

  /// Writes words at (`x`, `y`); what `kind` looks like is up to the figure's script.
  mutating func write(_ text: String, _ kind: String, x: Int, y: Int) {
    words.append((x, y, kind, text))
  }

  /// The pixels, row by row, and the words, as the data files `name` and `name`-words.
  func dataFiles(name: String) -> [DataFile] {
    let channels = ["red", "green", "blue"].enumerated().map { channel, colour in
      DataColumn(colour, stride(from: channel, to: values.count, by: 3).map { values[$0] })
    }
    return [
      DataFile(name: name, columns: channels),
      DataFile(
        name: name + "-words",
        columns: [
          DataColumn("x", words.map(\.x)), DataColumn("y", words.map(\.y)),
          DataColumn("kind", words.map(\.kind)), DataColumn("text", words.map(\.text)),
        ]),
    ]
  }

  /// Has `script` draw the sheet into `script`.png.
  func draw(_ run: Run, script: String, variables: [String: String] = [:]) {
    let files = dataFiles(name: "chapter1-\(script)")
    for file in files { run.write(file) }
    let size = ["sheetWidth": "\(width)", "sheetHeight": "\(height)", "tile": "\(tile)"]
    run.draw(
      script, into: "\(script).png", data: ["chapter1-\(script)", "chapter1-\(script)-words"],
      variables: variables.merging(size) { given, _ in given })
  }
}

/// An image of each class, and beside it its versions, pass after pass.
func drawVersions(of dataset: ImageDataset, _ run: Run, _ settings: Settings) {
  let images = dataset.train
  let shown = dataset.classNames.indices.compactMap { images.labels.firstIndex(of: UInt8($0)) }
  let (wordGap, groupGap, passGap, gap) = (9, 9, 3, 1)
  let passWidth = settings.versions * (images.width + gap) - gap
  let groupWidth = images.width + settings.passesShown * (passGap + passWidth)
  let groups = max(1, 10 / (1 + settings.passesShown * settings.versions))
  let lines = (shown.count + groups - 1) / groups
  var sheet = Sheet(
    width: groups * (groupWidth + groupGap) - groupGap, height: lines * (wordGap + images.height),
    tile: images.width)
  for (place, image) in shown.enumerated() {
    let y = place / groups * (wordGap + images.height) + wordGap
    var x = place % groups * (groupWidth + groupGap)
    sheet.write(dataset.classNames[Int(images.labels[image])], "class", x: x, y: y)
    let pictures = versions(of: image, in: images, seed: run.seeds[0], settings: settings)
    for (part, pictures) in pictures.enumerated() {
      if part > 0 && place < groups { sheet.write("pass \(part)", "pass", x: x, y: y) }
      for index in 0..<pictures.shape[0] {
        sheet.place(pictures, index, x: x, y: y)
        x += images.width + gap
      }
      x += passGap - gap
    }
  }
  sheet.draw(
    run, script: "augmentations",
    variables: [
      "augmentation": settings.augmentation.rawValue, "versions": "\(settings.versions)",
    ])
}

/// One image under each transform alone, over the transform's range.
func drawTransforms(of dataset: ImageDataset, _ run: Run, _ settings: Settings) {
  let images = dataset.train
  let image = images.labels.firstIndex(of: 7) ?? 0
  let (wordGap, gap) = (10, 2)
  let transforms = settings.augmentation.augmentation.transforms
  var sheet = Sheet(
    width: settings.valuesShown * (images.width + gap) - gap,
    height: transforms.count * (images.height + wordGap), tile: images.width)
  for (line, transform) in transforms.enumerated() {
    let y = line * (images.height + wordGap)
    sheet.write(transform.name, "name", x: 0, y: y)
    sheet.write("p = \(transform.probability)", "probability", x: 0, y: y)
    let (shown, pictures) = range(of: transform, on: image, in: images, settings: settings)
    for (place, transforms) in shown.enumerated() {
      let x = place * (images.width + gap)
      sheet.place(pictures, place, x: x, y: y)
      let text = transforms.first.map(words(for:)) ?? "original"
      sheet.write(text.replacing("-", with: "−"), "value", x: x, y: y + images.height)
    }
  }
  sheet.draw(run, script: "transforms")
}

/// What is written under an image to say how it was changed.
private func words(for transform: ImageTransform) -> String {
  switch transform {
  case .brightness(let change): String(format: "%.3f", change)
  case .contrast(let scale): String(format: "%.2f", scale)
  case .rotation(let degrees): String(format: "%.1f°", degrees)
  case .zoom(let scale, _, _): String(format: "%.3f", scale)
  case .warp(_, _, _, let top): String(format: "%.2f", top)
  case .mirror: "mirrored"
  case .shift(_, let columns): "\(columns)"
  }
}
