// The figures of chapter 4.

import ChapterKit
import Datasets
import Engine
import Experiments
import Foundation
import MixMatch
import ResultTables

// MARK: - Curves

/// Draws accuracy and losses during a training run, beside the article's if they are comparable.
func drawLearningCurves(_ result: TrainingSummary, _ experiment: Experiment, _ run: Run) {
  let name = "MixMatch, \(experiment.labels) labels"
  run.write(TrainingSummary.curves("chapter4-learning-curves", of: [(name, result)]))
  run.draw(
    "learning-curves", into: "learning-curves.svg", data: ["chapter4-learning-curves"],
    variables: [
      "curves": "chapter4-learning-curves", "runs": "\"\(name)\"",
      "article": isComparable(experiment, run) ? "mixmatch-500" : "none",
    ])
}

/// Draws the accuracy and the confidence of the guessed labels during a training run.
func drawGuesses(_ result: TrainingSummary, _ dataset: ImageDataset, _ run: Run) {
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
  let classes = dataset.classNames.count
  run.draw(
    "guesses", into: "guesses.svg", data: ["chapter4-guesses"],
    variables: classes == 10 ? [:] : ["classes": "\(classes)"])
}

// MARK: - A mixed batch

/// Draws examples of a mixed batch, X′ on the left and U′ on the right.
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
      let pictures = [example.image, example.partner, example.mixture]
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

/// Writes the largest probabilities of a label, at most three, one below the other.
private func write(
  _ label: [Float], of names: [String], on sheet: inout ImageSheet, x: Int, y: Int
) {
  // Probabilities that would read 0.00 are left out.
  let largest = label.enumerated().filter { $0.element >= 0.005 }
    .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(3)
  for (line, (index, share)) in largest.enumerated() {
    let y = y + line * 10
    sheet.write(names[index], "class", x: x, y: y)
    sheet.write(String(format: "%.2f", share), "probability", x: x, y: y)
  }
}
