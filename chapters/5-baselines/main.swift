// # Chapter 5: Baselines and results
//
// A number alone says little. What MixMatch is worth shows between two others: what the same network
// learns from the same 500 labels without any other image, and what it learns when every image has its
// label. The first is where one starts, the second what one could reach at best by guessing well.
//
//     make chapter5
//
// trains those baselines, takes MixMatch from chapter 4 or trains it too where it is missing, and
// puts the results into one table and one figure.

import ChapterKit
import Datasets
import Experiments
import Foundation
import MixMatch

// ## All labels
//
// The article trains its network for 100 epochs on all 50,000 images and labels, in batches of 128, with
// one cycle of learning rates up to 2·10⁻² and a weight decay of 10⁻⁴. At the smaller scales everything is
// as MixMatch has it there, but for the batches of 64 labelled images, so that the table compares methods
// and not networks. No image is held out, as none is left to choose anything by: the curve is of the test
// images, and what counts is the end of it.

/// Full supervision.
func allLabels(_ preset: Preset) -> TrainingSpec {
  var (experiment, _) = Experiment.mixMatch(preset)
  experiment.labels = 50_000
  experiment.validation = 0
  experiment.evaluatesTest = true
  experiment.labelledBatch = 64
  switch preset {
  case .article:
    experiment.labelledBatch = 128
    experiment.steps = 100 * 390
    experiment.evaluationCount = 100
    experiment.peakLearningRate = 2e-2
    experiment.weightDecay = 1e-4
  case .overnight: experiment.steps = 60 * 781
  case .short: experiment.steps = 30 * 781
  case .smoke: break
  }
  return TrainingSpec("all labels", experiment, by: LabelsOnly())
}

// ## The labelled images alone
//
// The article's second baseline sees nothing but the 500 labelled images, for 50 epochs. An epoch of
// 500 images has seven batches of 64: that makes 350 steps, where MixMatch takes many thousand. A fair
// opponent would be allowed as many. So there are two of them, the article's, and one that differs from
// MixMatch in nothing but the loss: as many steps, the same learning rates, sizes and augmentation.
//
// Deviation: the article has the first of these alone.

/// The article's 50 epochs on the labelled images.
func labelsAlone(_ preset: Preset) -> TrainingSpec {
  var (experiment, _) = Experiment.mixMatch(preset)
  experiment.labelledBatch = 64
  experiment.steps = preset == .smoke ? 20 : 50 * 7
  experiment.phases = [Experiment.Phase(share: 1, size: 32)]
  experiment.evaluationCount = 10
  experiment.peakLearningRate = 2e-2
  experiment.weightDecay = 1e-4
  return TrainingSpec("labels alone", experiment, by: LabelsOnly())
}

/// The labelled images for as many steps as MixMatch takes.
func labelsAloneForLonger(_ preset: Preset) -> TrainingSpec {
  TrainingSpec(
    "labels alone, as many steps", Experiment.mixMatch(preset).experiment, by: LabelsOnly())
}

/// What chapter 4 trains.
func mixMatch(_ preset: Preset) -> TrainingSpec {
  let (experiment, method) = Experiment.mixMatch(preset)
  return TrainingSpec("MixMatch", experiment, by: method)
}

// ## The table
//
// A line for each of them: the mean over the seeds, the article's number, and what it cost. The article's
// times are of one P100, a graphics card; ours are of processor cores.
//
// ![The results](results.md)
//
// How the first seed of each learned, over the article's curves of its three. Epochs are not of one length:
// the labelled images alone are seen in a few steps.
//
// ![Learning curves of the baselines and of MixMatch, over the article's.](results-curves.svg "Four lines over
// the epochs: all labels highest, MixMatch below, the labels alone lowest, whether for few steps or many; thin
// lines are the article's")
//
// ## Running it {.fold}

/// A line of the table.
struct Line {
  let plan: TrainingSpec
  /// The name of its numbers in the record.
  let key: String
  /// What the article has for it.
  var article: Article?

  /// The accuracy after the last epoch, the time that it took, and the run's name among the article's
  /// curves (figures/article/learning-curves.tsv).
  struct Article {
    let accuracy: Double
    let time: String
    let curve: String
  }
}

func lines(_ preset: Preset) -> [Line] {
  [
    Line(
      plan: labelsAlone(preset), key: "labels-alone",
      article: Line.Article(accuracy: 0.3723, time: "7 min", curve: "supervised-500")),
    Line(plan: labelsAloneForLonger(preset), key: "labels-alone-longer"),
    Line(
      plan: mixMatch(preset), key: "mixmatch",
      article: Line.Article(accuracy: 0.8806, time: "14 h 8 min, 187 epochs", curve: "mixmatch-500")
    ),
    Line(
      plan: allLabels(preset), key: "all-labels",
      article: Line.Article(accuracy: 0.9476, time: "3 h 15 min", curve: "supervised-50000")),
  ]
}

/// The line's numbers, over the seeds that were trained.
func row(_ line: Line, _ trained: [TrainingRun]) -> [String] {
  let article = line.article.map { "\(percent($0.accuracy)) in \($0.time)" } ?? "–"
  let (name, labels) = (line.plan.name, "\(line.plan.experiment.labels)")
  guard !trained.isEmpty else { return [name, labels, "not run yet", "", article, "", "", ""] }
  let accuracy = Metric(of: trained.map(\.result.testAccuracy))
  let seconds = Metric(of: trained.map(\.origin.seconds)).mean
  let speed = Metric(of: trained.map(\.imagesPerSecond)).mean
  return [
    name, labels, NumberStyle.percent.text(accuracy), "\(accuracy.n)", article,
    "\(line.plan.experiment.steps)", durationText(seconds), String(format: "%.0f", speed),
  ]
}

func percent(_ share: Double) -> String { NumberStyle.percent.text(share) }

// Each training leaves a file with its outcome, commit, date and machine in OUT/trainings. With `--recorded` a
// training that lies in that folder is not run again, on whatever machine it was, and with
// `--only-recorded` nothing is run at all. That is how results/ came about, over several days, and how
// `make check-results` finds out that its tables still say what its files do.

let chapter = Chapter(
  5, "Baselines and results",
  summary: "trains with all labels and with few, and sets MixMatch beside both.",
  presets: [
    .scale(.smoke, costs: "a minute; every path, results that mean nothing"),
    .scale(.short, costs: "half an hour to an hour a seed on 2 cores, chapter 4 being done"),
    .scale(.overnight, costs: "planned for a day a seed on 2 cores; not run yet"),
    .scale(.article, costs: "days a seed on 2 cores; not run yet"),
  ],
  options: [recordedTrainings, onlyRecorded])

exit(
  chapter.run { run in
    let lines = lines(run.preset)
    try run.record(settings: lines.map(\.plan))
    let trained = try run.trainings(lines.map(\.plan))
    for (line, trained) in zip(lines, trained) where !trained.isEmpty {
      run.record(metric: "accuracy.\(line.key)", values: trained.map(\.result.testAccuracy))
      run.record(metric: "epochSeconds.\(line.key)", values: trained.map(\.secondsPerEpoch))
      // How much of the accuracy a quarter of the steps gives, by the validation images.
      let shares = trained.compactMap { $0.result.shareOfAccuracy(afterShareOfSteps: 0.25) }
      if !shares.isEmpty { run.record(metric: "share.\(line.key).quarter", values: shares) }
    }
    writeTrainings(lines, trained, run)
    run.write(
      TextTable(
        name: "results", title: "Test accuracy on CIFAR-10",
        explanation:
          "Mean ± standard deviation over n seeds. Article: after its last epoch, on one "
          + "P100.",
        columns: [
          "training", "labels", "test accuracy", "n", "article", "steps", "time a seed", "images/s",
        ],
        rows: zip(lines, trained).map(row)))
    drawCurves(lines, trained, run)
    run.report(
      zip(lines, trained).filter { !$1.isEmpty }.map { line, _ in
        Comparison(
          line.plan.name, metric: "accuracy.\(line.key)", article: line.article?.accuracy,
          as: .percent)
      })
  })

/// Every training with its numbers and its origin.
func writeTrainings(_ lines: [Line], _ trained: [[TrainingRun]], _ run: Run) {
  let rows = trained.flatMap { $0 }
  run.write(
    DataFile(
      name: "chapter5-trainings",
      columns: [
        DataColumn("training", rows.map(\.origin.name)),
        DataColumn("test", rows.map(\.result.testAccuracy)),
        DataColumn("seconds", rows.map(\.origin.seconds)),
        DataColumn("imagesPerSecond", rows.map(\.imagesPerSecond)),
        DataColumn("date", rows.map(\.origin.date)),
        DataColumn("commit", rows.map(\.origin.commit)),
      ]))
}

/// The learning curves of all trainings, as far as they were run.
func drawCurves(_ lines: [Line], _ trained: [[TrainingRun]], _ run: Run) {
  let runs = zip(lines, trained).compactMap { line, trained in
    trained.first.map {
      (name: line.plan.name, article: line.article?.curve ?? "none", result: $0.result)
    }
  }
  run.write(
    TrainingResult.curves("chapter5-learning-curves", of: runs.map { ($0.name, $0.result) }))
  run.draw(
    "learning-curves", into: "results-curves.svg", data: ["chapter5-learning-curves"],
    variables: [
      "curves": "chapter5-learning-curves",
      "runs": runs.map { "\"\($0.name)\"" }.joined(separator: " "),
      "article": runs.map(\.article).joined(separator: " "),
    ])
}
