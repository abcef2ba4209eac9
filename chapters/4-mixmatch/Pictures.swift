// What chapter 4 has drawn of a training.

import ChapterKit
import Datasets
import Engine
import Experiments
import Foundation
import MixMatch

// MARK: - Curves

/// Accuracy and losses of a training on its way, beside the article's.
func drawLearningCurves(_ result: TrainingResult, _ experiment: Experiment, _ run: Run) {
  let name = "MixMatch, \(experiment.labels) labels"
  run.write(TrainingResult.curves("chapter4-learning-curves", of: [(name, result)]))
  run.draw(
    "learning-curves", into: "learning-curves.svg", data: ["chapter4-learning-curves"],
    variables: [
      "curves": "chapter4-learning-curves", "runs": "\"\(name)\"", "article": "mixmatch-500",
    ])
}

/// How good and how sure the guessed labels were.
func drawGuesses(_ result: TrainingResult, _ run: Run) {
  let points = result.curve.points.compactMap { point in
    point.guesses.map { (epoch: Double(point.step) / result.stepsPerEpoch, guesses: $0) }
  }
  run.write(
    DataFile(
      name: "chapter4-guesses",
      columns: [
        DataColumn("epoch", points.map(\.epoch)),
        DataColumn("accuracy", points.map(\.guesses.accuracy)),
        DataColumn("confidence", points.map(\.guesses.confidence)),
        DataColumn("entropy", points.map(\.guesses.entropy)),
        DataColumn("sharpenedEntropy", points.map(\.guesses.sharpenedEntropy)),
      ]))
  run.draw("guesses", into: "guesses.svg", data: ["chapter4-guesses"])
}

// MARK: - Answers

/// What the test images of each class were taken for.
func drawConfusion(_ judgement: Evaluation, _ dataset: ImageDataset, _ run: Run) {
  let names = dataset.classNames
  var counts = Array(repeating: Array(repeating: 0, count: names.count), count: names.count)
  for (label, answer) in zip(dataset.test.labels, judgement.classes) {
    counts[Int(label)][answer] += 1
  }
  run.write(
    DataFile(
      name: "chapter4-confusion",
      columns: [DataColumn("class", names)]
        + names.indices.map { answer in DataColumn("taken\(answer)", counts.map { $0[answer] }) }))
  run.draw("confusion", into: "confusion.png", data: ["chapter4-confusion"])
}

/// The mistakes that the network was surest of, the surest first.
func drawMistakes(_ judgement: Evaluation, _ dataset: ImageDataset, _ run: Run) {
  let images = dataset.test
  let mistakes = images.labels.indices.filter { judgement.classes[$0] != Int(images.labels[$0]) }
  // In the order of the images where confidences are equal, as those of 1 often are.
  let shown = mistakes.sorted {
    (judgement.confidences[$1], $0) < (judgement.confidences[$0], $1)
  }.prefix(24)

  // A network without any has none to show.
  guard !shown.isEmpty else { return }

  let (inRow, gap, wordGap) = (6, 4, 12)
  let rows = (shown.count + inRow - 1) / inRow
  var sheet = ImageSheet(
    width: inRow * (images.width + gap) - gap, height: rows * (images.height + wordGap),
    tile: images.width)
  let pictures = PixelScaling.unit.bytes(images.tensor(shown))
  for (place, (index, picture)) in zip(shown, pictures).enumerated() {
    let x = place % inRow * (images.width + gap)
    let y = place / inRow * (images.height + wordGap)
    let confidence = String(format: "%.2f %%", 100 * judgement.confidences[index])
    sheet.place(picture, x: x, y: y)
    sheet.write(dataset.classNames[Int(images.labels[index])], "truth", x: x, y: y)
    sheet.write(dataset.classNames[judgement.classes[index]], "answer", x: x, y: y)
    sheet.write(confidence, "confidence", x: x, y: y)
  }
  run.draw(
    "mistakes", sheet: sheet,
    variables: ["mistakes": "\(mistakes.count)", "images": "\(images.count)"])
}

// MARK: - A mixed batch

/// An example of X′ or U′, and what it was made from.
struct MixedExample: Codable {
  /// Whether it belongs to X′.
  var isLabelled: Bool
  /// The height and width of the three pictures.
  var side: Int
  /// Pictures (side, side, 3): an augmented image, the one it is blended with, and the blend.
  var image, partner, blend: [UInt8]
  /// λ′.
  var lambda: Float
  /// The blend's label, (classes).
  var label: [Float]
}

/// The first six of X′, of which there are `labelled`, and the first six of U′, as they can be
/// shown: `XU` blended with `W` is `mixed`.
func shown(
  _ XU: Examples, _ W: Examples, _ λ: MixingCoefficients, _ mixed: Examples, labelled: Int
) -> [MixedExample] {
  let indices =
    Array(0..<min(6, labelled)) + Array(labelled..<min(labelled + 6, XU.count))
  let pictures = [XU, W, mixed].map { PixelScaling.cifar.bytes($0.gathered(indices).images) }
  let classes = mixed.labels.shape[1]
  let labels = mixed.gathered(indices).labels.scalars
  return indices.enumerated().map { place, index in
    MixedExample(
      isLabelled: index < labelled, side: XU.images.shape[1], image: pictures[0][place],
      partner: pictures[1][place], blend: pictures[2][place], lambda: λ.values[index],
      label: Array(labels[place * classes..<(place + 1) * classes]))
  }
}

/// Examples of a mixed batch, X′ on the left and U′ on the right.
func drawMixedBatch(_ examples: [MixedExample], _ dataset: ImageDataset, _ run: Run) {
  let side = examples[0].side
  let (gap, labelWidth, wordGap) = (5, side * 7 / 4, 9)
  let sides = [examples.filter(\.isLabelled), examples.filter { !$0.isLabelled }]
  let width = 3 * (side + gap) + labelWidth
  var sheet = ImageSheet(
    width: 2 * width, height: sides.map(\.count).max()! * (side + wordGap), tile: side)
  for (column, examples) in sides.enumerated() {
    for (row, example) in examples.enumerated() {
      let (x, y) = (column * width, row * (side + wordGap))
      let pictures = [example.image, example.partner, example.blend]
      for (place, picture) in pictures.enumerated() {
        sheet.place(picture, x: x + place * (side + gap), y: y)
      }
      sheet.write(String(format: "%.2f", example.lambda), "share", x: x, y: y)
      sheet.write(String(format: "%.2f", 1 - example.lambda), "share", x: x + side + gap, y: y)
      sheet.write("+", "sign", x: x + side, y: y)
      sheet.write("=", "sign", x: x + 2 * side + gap, y: y)
      write(example.label, of: dataset.classNames, on: &sheet, x: x + 3 * (side + gap), y: y)
    }
  }
  run.draw("mixed-batch", sheet: sheet)
}

/// Writes the largest shares of a label, at most three, one below the other.
private func write(
  _ label: [Float], of names: [String], on sheet: inout ImageSheet, x: Int, y: Int
) {
  // What would be written as 0.00 is left out.
  let largest = label.enumerated().filter { $0.element >= 0.005 }
    .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(3)
  for (line, (index, share)) in largest.enumerated() {
    let y = y + line * 10
    sheet.write(names[index], "class", x: x, y: y)
    sheet.write(String(format: "%.2f", share), "probability", x: x, y: y)
  }
}
