// # Appendix: How many labels?
//
// The paper's main figure shows the error over the number of labels: MixMatch needs few labels to come close to
// supervised learning with all of them, and further labels help less and less. This appendix is for the same curve with
// chapter 4's settings:
//
//     make labels
//
// trains with 250 to 4,000 labels, by MixMatch and, for as many steps, by supervised training without mixup. (With
// mixup, supervised training with 500 labels has {chapter5.accuracy.labels-mixup-longer %}, chapter 5.) The runs with
// 500 labels and with all labels are those of chapter 5. The other rows have not been run (the table counts them), so
// that the figure has single points in place of a curve, and this appendix does not answer its question yet.

import ChapterKit
import Experiments
import Foundation
import MixMatch
import ResultTables

// ## The numbers of labels
//
// The numbers are the paper's. The hyperparameters stay those for 500 labels.
//
// Departure: the labelled images are drawn from all classes together, as in the article; the paper takes the same
// number of each class, and trains for longer.

/// A number of labels, and the paper's accuracy of MixMatch with it.
struct LabelCount: Sendable {
  let labels: Int
  var paper: Double?
}

let labelCounts = [
  LabelCount(labels: 250, paper: 1 - 0.1108), LabelCount(labels: 500, paper: 1 - 0.0965),
  LabelCount(labels: 1000, paper: 1 - 0.0775), LabelCount(labels: 2000, paper: 1 - 0.0703),
  LabelCount(labels: 4000, paper: 1 - 0.0624),
]

/// A series of the figure: the rows of one method, one for each number of labels.
struct Series {
  let name: String
  var rows: [ResultRow]
}

func series(_ preset: Preset) -> [Series] {
  func row(_ spec: TrainingSpec, _ key: String, _ paper: Double? = nil) -> ResultRow {
    ResultRow(spec.name, key: key, spec: spec, published: paper)
  }
  return [
    Series(
      name: "MixMatch",
      rows: labelCounts.map {
        row(.mixMatch(preset, labels: $0.labels), "mixmatch-\($0.labels)", $0.paper)
      }),
    Series(
      name: "supervised",
      rows: labelCounts.map {
        row(.labelsAlone(preset, labels: $0.labels), "labels-alone-\($0.labels)")
      }),
    Series(
      name: "supervised, all labels", rows: [row(.allLabels(preset), "all-labels", 1 - 0.0413)]),
  ]
}

// ## The result
//
// ![Test accuracy over the number of labels](labels.md)
//
// ![Test accuracy over the number of labels, with standard deviations over seeds, of the rows that have been run, and
// the paper's accuracy of MixMatch as diamonds. Dashed lines: supervised training with all labels, here and in the
// paper.](labels.svg "Points for both methods at the numbers of labels that have been run, MixMatch above supervised
// training, and two horizontal lines for all labels; diamonds mark the paper's accuracies")
//
// ## Running it {.fold}

let chapter = Chapter(
  "labels", "How many labels?",
  summary: "trains by MixMatch, and supervised, with 250 to 4,000 labels.",
  presets: [
    .scale(.smoke, costs: "a minute; runs all code, the results mean nothing"),
    .scale(.short, costs: "four to seven hours per seed on 2 cores, after chapter 5"),
    .scale(.overnight, costs: "days per seed on 2 cores; not run yet"),
    .scale(.article, costs: "weeks per seed on 2 cores; not run yet"),
  ],
  options: tableOptions)

exit(
  chapter.run { run in
    var series = series(run.preset)
    if try run.runFirstStepsIfRequested(of: series.flatMap { $0.rows.map(\.spec) }) { return }
    let rows = try run.train(series.flatMap(\.rows))
    var start = 0
    for index in series.indices {
      series[index].rows = Array(rows[start..<start + series[index].rows.count])
      start += series[index].rows.count
    }
    let lines = series.flatMap { series in series.rows.map { (series: series, row: $0) } }
    let finished = FinishedRows(lines) { $0.row.accuracy != nil }
    run.write(
      TextTable(
        name: "labels", title: "Test accuracy over the number of labels",
        explanation: "Mean ± standard deviation over n seeds.\(finished.remark)",
        columns: ["training", "labels", "test accuracy", "n", "lowest recall", "paper"],
        rows: finished.rows.map { cells($0.row, of: $0.series) }))
    drawCurve(series, run)
  })

func cells(_ row: ResultRow, of series: Series) -> [TableCell] {
  [TableCell(series.name), TableCell(countText(row.spec.experiment.labels))]
    + row.accuracyCells(of: "labels")
    + [
      row.smallestRecallCell(of: "labels"),
      TableCell(row.published.map { NumberStyle.percent.text($0) } ?? "–"),
    ]
}

/// Draws the accuracies of each series over the number of labels.
func drawCurve(_ series: [Series], _ run: Run) {
  let points = series.flatMap { series in series.rows.map { (name: series.name, row: $0) } }
  run.write(
    DataFile(
      name: "labels-curve",
      columns: [
        DataColumn("series", points.map(\.name)),
        DataColumn("labels", points.map(\.row.spec.experiment.labels)),
        DataColumn("accuracy", points.map { $0.row.accuracy?.mean ?? .nan }),
        DataColumn("deviation", points.map { $0.row.accuracy?.sd ?? .nan }),
        DataColumn("paper", points.map { $0.row.published ?? .nan }),
      ]))
  run.draw("labels", into: "labels.svg", data: ["labels-curve"])
}
