// The figures of chapter 4.

import ChapterKit
import Datasets
import Engine
import Experiments
import Foundation
import MixMatch

// MARK: - Curves

/// Draws accuracy and losses during a training run, beside the article's.
func drawLearningCurves(_ result: TrainingSummary, _ experiment: Experiment, _ run: Run) {
  let name = "MixMatch, \(experiment.labels) labels"
  run.write(TrainingSummary.curves("chapter4-learning-curves", of: [(name, result)]))
  run.draw(
    "learning-curves", into: "learning-curves.svg", data: ["chapter4-learning-curves"],
    variables: [
      "curves": "chapter4-learning-curves", "runs": "\"\(name)\"", "article": "mixmatch-500",
    ])
}

/// Draws the accuracy and the confidence of the guessed labels during a training run.
func drawGuesses(_ result: TrainingSummary, _ run: Run) {
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

// MARK: - A mixed batch

/// An example of X′ or U′, with the two images that it is a mixture of.
struct MixedExample: Codable {
  /// Whether the example belongs to X′.
  var isLabelled: Bool
  /// The height and width of the three pictures.
  var side: Int
  /// Pictures (side, side, 3): an augmented image, its partner, and their mixture.
  var image, partner, mixture: [UInt8]
  /// λ′, the share of the image in the mixture.
  var lambda: Float
  /// The label of the mixture, (classes).
  var label: [Float]
}

/// The first six examples of X′ and of U′, with pixel values that `scaling` normalised.
func shown(_ mixed: MixMatchStep.Mixed, _ scaling: PixelScaling) -> [MixedExample] {
  let labelled = mixed.X.count
  let indices =
    Array(0..<min(6, labelled)) + Array(labelled..<min(labelled + 6, mixed.unmixed.count))
  let mixtures = Examples(concatenating: [mixed.X, mixed.U]).gathered(indices)
  let pictures = [
    mixed.unmixed.gathered(indices), mixed.unmixed.gathered(indices.map { mixed.partners[$0] }),
    mixtures,
  ].map { scaling.bytes($0.images) }
  let (classes, labels) = (mixtures.labels.shape[1], mixtures.labels.scalars)
  return indices.enumerated().map { place, index in
    MixedExample(
      isLabelled: index < labelled, side: mixtures.images.shape[1], image: pictures[0][place],
      partner: pictures[1][place], mixture: pictures[2][place],
      lambda: mixed.lambda.values[index],
      label: Array(labels[place * classes..<(place + 1) * classes]))
  }
}

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
