// The tables and figures of the chapter on your own pictures.

import ChapterKit
import Datasets
import Engine
import Experiments
import Foundation
import MixMatch
import Pictures
import ResultTables

/// Records the metrics, and writes the weights, tables and figures of both training runs.
func writeReport(
  _ rows: [Row], _ findings: PictureSelection.Findings?, _ dataset: ImageDataset, _ run: Run
) throws {
  let truth = dataset.test.labels.map(Int.init)
  let results = rows.map { row in
    (
      row: row,
      tests: row.trained.map { TestResult($0.outcome.test, truth, dataset.classNames.count) }
    )
  }
  for (row, tests) in results {
    run.record(metric: "accuracy.\(row.key)", values: tests.map(\.accuracy))
    run.record(metric: "ece.\(row.key)", values: tests.map(\.calibration.expectedError))
    run.record(metric: "steps.\(row.key)", values: [Double(row.spec.experiment.training.steps)])
    run.record(metric: "seconds.\(row.key)", values: row.trained.map(\.seconds))
    run.write(weights: row.trained[0].weights, to: "own-\(row.key).safetensors")
  }
  let (supervised, mixMatch) = (results[0], results[1])
  let gain = PairedDifference(mixMatch.tests[0].isRight, minus: supervised.tests[0].isRight)
  run.record(metric: "gain", values: [gain.difference])
  writeResults(results, dataset, gain, run)
  writeClasses(supervised.tests[0], mixMatch.tests[0], dataset, run)
  run.drawConfusion(
    mixMatch.tests[0].evaluation, on: dataset, table: "own-confusion", into: "own-confusion.png")
  run.drawMistakes(mixMatch.tests[0].evaluation, on: dataset, into: "own-mistakes.png")
  drawReliability(results.map { ($0.row.title, $0.tests[0].calibration) }, run)
  drawCurves(results.map { ($0.row.title, $0.row) }, dataset, run)
  if let findings { writeLeftOut(findings, run) }
  run.report(
    results.flatMap { row, _ in
      [
        Comparison(
          "\(row.title), test accuracy", metric: "accuracy.\(row.key)", article: nil, as: .percent),
        Comparison(
          "\(row.title), calibration error", metric: "ece.\(row.key)", article: nil, as: .percent),
      ]
    } + [Comparison("gain by MixMatch", metric: "gain", article: nil, as: .percent)])
  run.note("own: \(verdict(gain))")
}

/// The evaluation of a trained network on the test pictures.
struct TestResult {
  let evaluation: Evaluation
  let matrix: ConfusionMatrix
  let calibration: Calibration
  let isRight: [Bool]
  var accuracy: Double { evaluation.accuracy }

  init(_ evaluation: Evaluation, _ truth: [Int], _ classes: Int) {
    self.evaluation = evaluation
    isRight = zip(evaluation.classes, truth).map { $0 == $1 }
    matrix = ConfusionMatrix(labels: truth, predictions: evaluation.classes, classes: classes)
    calibration = Calibration(confidences: evaluation.confidences, isRight: isRight)
  }
}

/// A sentence on which training is better at the same cost, by the networks of the first seed.
func verdict(_ gain: PairedDifference) -> String {
  let points = [gain.difference, gain.lower, gain.upper].map(NumberStyle.signedNumberOfPoints)
  let interval =
    "\(points[0]) points with the first seed (95 % interval over the test pictures only: \(points[1]) to "
    + "\(points[2]))"
  let other = "supervised training with mixup at the same cost by a count of passes"
  if gain.lower > 0 { return "MixMatch is more accurate than \(other): \(interval)" }
  if gain.upper < 0 { return "MixMatch is less accurate than \(other): \(interval)" }
  return "MixMatch and \(other) cannot be told apart: \(interval)"
}

/// Writes the table of the training runs.
func writeResults(
  _ results: [(row: Row, tests: [TestResult])], _ dataset: ImageDataset, _ gain: PairedDifference,
  _ run: Run
) {
  let experiment = results[0].row.spec.experiment
  run.write(
    TextTable(
      name: "own-results",
      title: verdict(gain),
      explanation:
        "\(dataset.name): \(experiment.labels) labelled, \(dataset.train.count - experiment.labels) unlabelled, "
        + "\(dataset.test.count) test pictures; mean ± standard deviation over n seeds.",
      columns: ["training", "test accuracy", "n", "ECE", "steps", "time per seed"],
      rows: results.map { row, tests in
        func cited(_ text: String, _ name: String) -> TableCell {
          .cited(text, metric: "\(name).\(row.key)", of: "own")
        }
        return [
          TableCell(row.title),
          cited(NumberStyle.percent.text(Metric(of: tests.map(\.accuracy))), "accuracy"),
          "\(tests.count)",
          cited(
            NumberStyle.percent.text(Metric(of: tests.map(\.calibration.expectedError))), "ece"),
          cited("\(row.spec.experiment.training.steps)", "steps"),
          cited(durationText(Metric(of: row.trained.map(\.seconds)).mean), "seconds"),
        ]
      }))
}

/// Writes the table of recall and precision of each class, of the networks of the first seed.
func writeClasses(
  _ supervised: TestResult, _ mixMatch: TestResult, _ dataset: ImageDataset, _ run: Run
) {
  func percent(_ share: Double?) -> String { share.map { NumberStyle.percent.text($0) } ?? "–" }
  let known = dataset.train.labels.prefix(dataset.knownLabels)
  run.write(
    TextTable(
      name: "own-classes", title: "Recall of each class",
      explanation:
        "The share of a class's test pictures that are recognised, and of the predictions of the class that are "
        + "right; first seed.",
      columns: [
        "class", "pictures with a class", "test pictures", "recall, supervised",
        "recall, MixMatch",
        "precision, MixMatch", "most frequent wrong prediction of MixMatch",
      ],
      rows: dataset.classNames.enumerated().map { label, name in
        let confusion = mixMatch.matrix.confusions.first { $0.label == label }
        return [
          name, "\(known.count { Int($0) == label })", "\(mixMatch.matrix.imageCount(of: label))",
          percent(supervised.matrix.recall(of: label)), percent(mixMatch.matrix.recall(of: label)),
          percent(mixMatch.matrix.precision(of: label)),
          confusion.map { "\(dataset.classNames[$0.prediction]) (\($0.count))" } ?? "–",
        ]
      }))
}

/// Draws the accuracy of predictions by their confidence.
func drawReliability(_ calibrations: [(title: String, calibration: Calibration)], _ run: Run) {
  let bins = calibrations.flatMap { title, calibration in calibration.bins.map { (title, $0) } }
  run.write(
    DataFile(
      name: "own-reliability",
      columns: [
        DataColumn("run", bins.map(\.0)), DataColumn("confidence", bins.map(\.1.confidence)),
        DataColumn("accuracy", bins.map(\.1.accuracy)), DataColumn("count", bins.map(\.1.count)),
      ]))
  run.draw(
    "reliability", into: "own-reliability.svg", data: ["own-reliability"],
    variables: [
      "runs": calibrations.map { "\"\($0.title)\"" }.joined(separator: " "),
      "errors": calibrations.map { String(format: "%.1f", 100 * $0.calibration.expectedError) }
        .joined(separator: " "),
    ])
}

/// Draws the learning curves of the first seed.
func drawCurves(_ rows: [(title: String, row: Row)], _ dataset: ImageDataset, _ run: Run) {
  let runs = rows.map { title, row in
    (
      name: title,
      result: TrainingSummary(row.trained[0].outcome, of: row.spec, on: dataset)
    )
  }
  run.write(TrainingSummary.curves("own-curves", of: runs))
  run.draw(
    "learning-curves", into: "own-curves.svg", data: ["own-curves"],
    variables: [
      "curves": "own-curves", "runs": runs.map { "\"\($0.name)\"" }.joined(separator: " "),
      "article": runs.map { _ in "none" }.joined(separator: " "), "axis": "share",
    ])
}

/// Writes the list of the files that were left out.
func writeLeftOut(_ findings: PictureSelection.Findings, _ run: Run) {
  let found = findings.unreadable + findings.duplicates
  run.write(
    DataFile(
      name: "own-left-out",
      columns: [
        DataColumn("file", found.map(\.path)),
        DataColumn("reason", found.map(\.reason)),
      ]))
}
