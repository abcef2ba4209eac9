// The two sheets of pictures of chapter 1.

import ChapterKit
import Datasets
import Foundation
import MixMatch

/// Draws an image of each class, and beside it its versions in several epochs.
func drawVersions(of dataset: ImageDataset, _ run: Run, _ settings: Settings) {
  let images = dataset.train
  let shown = dataset.classNames.indices.compactMap { images.labels.firstIndex(of: UInt8($0)) }
  // Distances in pixels of the images.
  let (wordGap, groupGap, epochGap, gap) = (9, 9, 3, 1)
  let epochWidth = settings.versions * (images.width + gap) - gap
  let groupWidth = images.width + settings.epochsShown * (epochGap + epochWidth)
  // A row of the sheet has room for about ten images.
  let groups = max(1, 10 / (1 + settings.epochsShown * settings.versions))
  let lines = (shown.count + groups - 1) / groups
  var sheet = ImageSheet(
    width: groups * (groupWidth + groupGap) - groupGap, height: lines * (wordGap + images.height),
    tile: images.width)
  for (index, image) in shown.enumerated() {
    let y = index / groups * (wordGap + images.height) + wordGap
    var x = index % groups * (groupWidth + groupGap)
    sheet.write(dataset.classNames[Int(images.labels[image])], "class", x: x, y: y)
    let pictures = versions(of: image, in: images, seed: run.seeds[0], settings: settings)
    for (part, pictures) in pictures.enumerated() {
      if part > 0 && index < groups { sheet.write("epoch \(part)", "epoch", x: x, y: y) }
      for picture in PixelScaling.unit.bytes(pictures) {
        sheet.place(picture, x: x, y: y)
        x += images.width + gap
      }
      x += epochGap - gap
    }
  }
  run.draw(
    "augmentations", sheet: sheet,
    variables: [
      "augmentation": settings.augmentation.name, "versions": "\(settings.versions)",
    ])
}

/// Draws one image under each transform by itself, over the range of the transform's parameter.
func drawTransforms(of dataset: ImageDataset, _ run: Run, _ settings: Settings) {
  let images = dataset.train
  // The first horse.
  let image = images.labels.firstIndex(of: 7) ?? 0
  let (wordGap, gap) = (10, 2)
  let transforms = settings.augmentation.transforms
  var sheet = ImageSheet(
    width: settings.valuesShown * (images.width + gap) - gap,
    height: transforms.count * (images.height + wordGap), tile: images.width)
  for (line, transform) in transforms.enumerated() {
    let y = line * (images.height + wordGap)
    sheet.write(transform.name, "name", x: 0, y: y)
    sheet.write("probability \(transform.probability)", "probability", x: 0, y: y)
    let (shown, pictures) = range(of: transform, on: image, in: images, settings: settings)
    for (index, picture) in PixelScaling.unit.bytes(pictures).enumerated() {
      let x = index * (images.width + gap)
      sheet.place(picture, x: x, y: y)
      let text = shown[index].first.map(parameterText(of:)) ?? "original"
      sheet.write(text.replacing("-", with: "−"), "value", x: x, y: y + images.height)
    }
  }
  run.draw("transforms", sheet: sheet)
}

/// The parameter of a transform, as text below the transformed image.
private func parameterText(of transform: ImageTransform) -> String {
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
