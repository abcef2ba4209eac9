// # Appendix: How many labels?
//
// The paper's main figure shows the error over the number of labels: MixMatch needs few labels to come close to
// supervised learning with all of them, and further labels help less and less. This appendix measures the same curve in
// training runs with a quarter of chapter 4's steps, as the [ablations](#ablations) have them:
//
//     make labels
//
// trains with 250 to 4,000 labels, by MixMatch and, for as many steps, by supervised training with and without mixup.
// The runs with 500 labels are those of the ablations. That with all labels is chapter 5's, with the steps of `short`.
// So far there are one to four seeds of each run (n in the table).

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
//
// Departure: as in the [ablations](#ablations), an EMA of the weights with a decay of 0.99 is evaluated for supervised
// training with few labels, and the weights themselves for MixMatch and for all labels.

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

/// The rows of a method, one for each number of labels.
func series(_ method: ComparedMethod, _ preset: Preset) -> [ResultRow] {
  labelCounts.map {
    .quarterRun(
      of: method, preset, labels: $0.labels, published: method == .mixMatch ? $0.paper : nil)
  }
}

func rows(_ preset: Preset) -> [ResultRow] {
  let allLabels = ComparedMethod.allLabels
  return [.mixMatch, .labelsMixup, .supervised].flatMap { series($0, preset) } + [
    ResultRow(
      allLabels.title, key: allLabels.rawValue, spec: .allLabels(preset), published: 1 - 0.0413)
  ]
}

// ## The result
//
// ![Test accuracy over the number of labels](labels.md)
//
// ![Test accuracy over the number of labels, with standard deviations over seeds, and the paper's accuracy of MixMatch
// as diamonds. Dashed lines: supervised training with all labels, here for about four times as many steps, and in the
// paper.](labels.svg "Three curves over the number of labels, and two horizontal lines for all labels; diamonds mark
// the paper's accuracies")
//
// ## Findings
//
// - With 4,000 labels in place of 250, the accuracy of MixMatch rises by
//   {labels.accuracy.mixmatch-4000-labels - accuracy.mixmatch-250-labels points}, that of supervised training with
//   mixup by {labels.accuracy.labels-mixup-4000-labels - accuracy.labels-mixup-250-labels points}, and without mixup by
//   {labels.accuracy.labels-alone-4000-labels - accuracy.labels-alone-250-labels points}. From 2,000 to 4,000 labels
//   they rise by {labels.accuracy.mixmatch-4000-labels - accuracy.mixmatch-2000-labels points},
//   {labels.accuracy.labels-mixup-4000-labels - accuracy.labels-mixup-2000-labels points} and
//   {labels.accuracy.labels-alone-4000-labels - accuracy.labels-alone-2000-labels points}.
// - In the runs that there are, MixMatch is ahead of supervised training with mixup at each number of labels: by
//   {labels.accuracy.mixmatch-250-labels - accuracy.labels-mixup-250-labels points} with 250, by
//   {labels.accuracy.mixmatch - accuracy.labels-mixup points} with 500, by
//   {labels.accuracy.mixmatch-1000-labels - accuracy.labels-mixup-1000-labels points} with 1,000, by
//   {labels.accuracy.mixmatch-2000-labels - accuracy.labels-mixup-2000-labels points} with 2,000, and by
//   {labels.accuracy.mixmatch-4000-labels - accuracy.labels-mixup-4000-labels points} with 4,000. These are differences
//   of means over the seeds that there are, which are not the same for both.
// - As long as labels are few, twice as many raise the accuracy more than the unlabelled images do: supervised training
//   with mixup reaches {labels.accuracy.labels-mixup %} with 500 labels, and MixMatch
//   {labels.accuracy.mixmatch-250-labels %} with 250; with 1,000 it reaches
//   {labels.accuracy.labels-mixup-1000-labels %}, and MixMatch with 500 {labels.accuracy.mixmatch %}. With 2,000 it
//   reaches {labels.accuracy.labels-mixup-2000-labels %}, about as much as MixMatch with 1,000,
//   {labels.accuracy.mixmatch-1000-labels %}, and with 4,000 {labels.accuracy.labels-mixup-4000-labels %}, less than
//   MixMatch with 2,000, {labels.accuracy.mixmatch-2000-labels %}. In the paper, whose runs are far longer, MixMatch
//   with 250 labels, [88.92 %]{.article}, is far ahead of mixup alone with 500, [63.83 %]{.article}.
// - The paper's MixMatch, trained for far longer, comes within [7 points]{.article} of full supervision with 250
//   labels. In runs of this length it does not, and more labels help far more than in the paper.
// - With 250 labels MixMatch recognises at least one class hardly at all: the lowest recall is
//   {labels.smallestRecall.mixmatch-250-labels %}.
//
// ## Running it {.fold}

let chapter = Chapter(
  "labels", "How many labels?",
  summary: "trains by MixMatch, and supervised, with 250 to 4,000 labels.",
  presets: [
    .scale(.smoke, costs: "two minutes; runs all code, the results mean nothing"),
    .scale(.short, costs: "one to two hours per seed on 2 cores, after the ablations"),
    .scale(.overnight, costs: "about ten hours per seed on 2 cores; not run yet"),
    .scale(.article, costs: "weeks per seed on 2 cores; not run yet"),
  ],
  options: tableOptions)

exit(
  chapter.run { run in
    if try run.runFirstStepsIfRequested(of: rows(run.preset).map(\.spec)) { return }
    let rows = try run.train(rows(run.preset))
    let finished = FinishedRows(rows) { $0.accuracy != nil }
    run.write(
      TextTable(
        name: "labels", title: "Test accuracy over the number of labels",
        explanation:
          "Mean ± standard deviation over n seeds, a quarter of chapter 4's steps; all labels: chapter 5's run."
          + finished.remark,
        columns: ["training", "labels", "test accuracy", "n", "lowest recall", "paper"],
        rows: finished.rows.map(cells)))
    drawCurve(rows, run)
  })

func cells(_ row: ResultRow) -> [TableCell] {
  [TableCell(row.title), TableCell(countText(row.spec.experiment.labels))]
    + row.accuracyCells(of: "labels")
    + [
      row.smallestRecallCell(of: "labels"),
      TableCell(row.published.map { NumberStyle.percent.text($0) } ?? "–"),
    ]
}

/// Draws the accuracies of each method over the number of labels.
func drawCurve(_ rows: [ResultRow], _ run: Run) {
  run.write(
    DataFile(
      name: "labels-curve",
      columns: [
        DataColumn("series", rows.map(\.title)),
        DataColumn("labels", rows.map(\.spec.experiment.labels)),
        DataColumn("accuracy", rows.map { $0.accuracy?.mean ?? .nan }),
        DataColumn("deviation", rows.map { $0.accuracy?.sd ?? .nan }),
        DataColumn("paper", rows.map { $0.published ?? .nan }),
      ]))
  run.draw("labels", into: "labels.svg", data: ["labels-curve"])
}
