import ChapterKit
import Datasets
import Experiments
import Foundation
import MixMatch

extension Run {
  /// Draws the confusion matrix of the test images; of more than 20 classes the 20 with the lowest recall.
  ///
  /// - Parameters:
  ///   - evaluation: The predictions for all test images.
  ///   - dataset: The data set.
  ///   - table: The name of the data file.
  ///   - picture: The file of the picture.
  public func drawConfusion(
    _ evaluation: Evaluation, on dataset: ImageDataset, table: String, into picture: String
  ) {
    let matrix = evaluation.confusion(onTestImagesOf: dataset)
    let all = Array(dataset.classNames.indices)
    let shown = all.sorted { (matrix.recall(of: $0) ?? 2, $0) < (matrix.recall(of: $1) ?? 2, $1) }
      .prefix(20).sorted()
    write(
      DataFile(
        name: table,
        columns: [DataColumn("class", shown.map { dataset.classNames[$0] })]
          + shown.enumerated().map { place, prediction in
            DataColumn("taken\(place)", shown.map { matrix.counts[$0][prediction] })
          }))
    var variables = ["confusionTable": table]
    if shown.count < all.count {
      variables["explanation"] =
        "Each row: the predictions for the test images of one class, in per cent of those that are shown. "
        + "The \(shown.count) of \(all.count) classes with the lowest recall."
    }
    draw("confusion", into: picture, data: [table], variables: variables)
  }

  /// Draws the wrong predictions for test images with the highest confidence, or, if there are none, the right
  /// ones with the lowest.
  ///
  /// - Parameters:
  ///   - evaluation: The predictions for all test images.
  ///   - dataset: The data set.
  ///   - picture: The file of the picture.
  public func drawMistakes(
    _ evaluation: Evaluation, on dataset: ImageDataset, into picture: String
  ) {
    let images = dataset.test
    let (classes, confidences) = (evaluation.classes, evaluation.confidences)
    let mistakes = images.labels.indices.filter { classes[$0] != Int(images.labels[$0]) }
    // Equal confidences, which are frequent at 1, keep the order of the images.
    let shown =
      mistakes.isEmpty
      ? images.labels.indices.sorted { (confidences[$0], $0) < (confidences[$1], $1) }.prefix(24)
      : mistakes.sorted { (confidences[$1], $0) < (confidences[$0], $1) }.prefix(24)
    let (inRow, gap, wordGap) = (6, images.width / 8, images.width * 3 / 8)
    let rows = (shown.count + inRow - 1) / inRow
    var sheet = ImageSheet(
      width: inRow * (images.width + gap) - gap, height: rows * (images.height + wordGap),
      tile: images.width)
    let pictures = PixelScaling.unit.bytes(images.tensor(shown, scaling: .unit))
    for (place, (index, picture)) in zip(shown, pictures).enumerated() {
      let x = place % inRow * (images.width + gap)
      let y = place / inRow * (images.height + wordGap)
      sheet.place(picture, x: x, y: y)
      sheet.write(dataset.classNames[Int(images.labels[index])], "truth", x: x, y: y)
      sheet.write(dataset.classNames[classes[index]], "answer", x: x, y: y)
      sheet.write(String(format: "%.2f %%", 100 * confidences[index]), "confidence", x: x, y: y)
    }
    draw(
      "mistakes", into: picture, sheet: sheet,
      variables: ["mistakes": "\(mistakes.count)", "images": "\(images.count)"])
  }
}
