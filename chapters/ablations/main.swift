// # Appendix: Which part does it?
//
// MixMatch is three ideas and a handful of choices. An ablation takes one of them away, or changes it, and
// leaves everything else as it is: what is then lost is what it was good for. The article quotes the paper
// here (Berthelot et al. 2019, table 4, at 250 labels); this appendix measures it again, with 500.
//
//     make ablations
//
// Each line is a training of its own, as chapter 4 has it, with a quarter of the steps; all of them
// together take hours, one after the other, and the same command goes on where it was interrupted.

import ChapterKit
import Experiments
import Foundation
import MixMatch

// ## The parts
//
// A line is MixMatch with one thing changed. The paper gives errors; here they stand as accuracies.

/// A change to MixMatch, and the paper's accuracy with it at 250 labels.
struct Ablation: Sendable {
  let name: String
  /// The name of its number in the record.
  let key: String
  /// What is changed.
  var change: @Sendable (inout Experiment, inout MixMatchStep) -> Void = { _, _ in }
  var paper: Double?
}

let ablations = [
  Ablation(name: "all of MixMatch", key: "mixmatch", paper: 1 - 0.1180),

  // **Sharpening.** With T = 1 guesses stay as unsure as they come.
  Ablation(
    name: "no sharpening, T = 1", key: "no-sharpening", change: { $1.temperature = 1 },
    paper: 1 - 0.2783),

  // **Mixup**, taken away, or kept among the images of one kind.
  Ablation(name: "no mixup", key: "no-mixup", change: { $1.pairing = .none }, paper: 1 - 0.3911),
  Ablation(
    name: "mixup of labelled images only", key: "mixup-labelled",
    change: { $1.pairing = .labelledOnly }, paper: 1 - 0.3216),
  Ablation(
    name: "mixup of unlabelled images only", key: "mixup-unlabelled",
    change: { $1.pairing = .unlabelledOnly }, paper: 1 - 0.1235),
  Ablation(
    name: "mixup of each with its kind", key: "mixup-apart", change: { $1.pairing = .apart },
    paper: 1 - 0.1226),

  // **How many versions** a guess is averaged over. More of them cost more a step, and there are as many
  // steps.
  Ablation(
    name: "one version, K = 1", key: "one-version", change: { $1.versions = 1 }, paper: 1 - 0.1709),
  Ablation(
    name: "three versions, K = 3", key: "three-versions", change: { $1.versions = 3 },
    paper: 1 - 0.1155),

  // **The ramp** is the article's. Without it the loss of the unlabelled images has from the first step on
  // the weight that the ramp would have come to at the end.
  Ablation(
    name: "no ramp", key: "no-ramp",
    change: { experiment, method in
      method.unlabelledWeight *= linearRamp(experiment.steps, over: method.rampSteps)
      method.rampSteps = 1
    }),

  // **One λ for a whole batch** is the article's too, where the paper's code draws one for each example.
  Ablation(name: "one λ a batch", key: "lambda-per-batch", change: { $1.sharing = .perBatch }),

  // **The average of the weights**, judged in their place.
  Ablation(
    name: "with an average of the weights", key: "average",
    change: { experiment, _ in experiment.emaDecay = 0.999 }, paper: 1 - 0.1186),
]

// ## Other methods
//
// The paper compares MixMatch with older methods, each with one idea (table 5; here the column for 500
// labels). They are short: each is a file in Sources/MixMatch/Comparators, and differs from the others in
// the loss alone. All run for as many steps of the same training.

/// Another method, and the paper's accuracy with it at 500 labels.
struct Comparator: Sendable {
  let name: String
  let key: String
  /// The method with a ramp of so many iterations.
  let method: @Sendable (_ rampSteps: Int) -> any SemiSupervisedMethod
  var emaDecay: Float?
  var paper: Double?
}

let comparators = [
  Comparator(name: "labels alone", key: "labels-alone", method: { _ in LabelsOnly() }),
  Comparator(
    name: "mixup alone", key: "mixup", method: { MixupOnly(rampSteps: $0) }, paper: 1 - 0.3617),
  Comparator(
    name: "pseudo-labels", key: "pseudo-label", method: { PseudoLabel(rampSteps: $0) },
    paper: 1 - 0.4055),
  Comparator(
    name: "Π-model", key: "pi-model", method: { PiModel(rampSteps: $0) }, paper: 1 - 0.4182),
  // Few steps leave an average little time to forget the weights that it started with.
  Comparator(
    name: "Mean Teacher", key: "mean-teacher", method: { MeanTeacher(rampSteps: $0) },
    emaDecay: 0.99, paper: 1 - 0.4201),
  Comparator(
    name: "VAT", key: "vat", method: { VirtualAdversarialTraining(rampSteps: $0) },
    paper: 1 - 0.2611),
]

/// The training that chapter 4 runs, shortened to a quarter.
func quarter(_ preset: Preset) -> (Experiment, MixMatchStep) {
  let steps = Experiment.mixMatch(preset).experiment.steps
  var (experiment, method) = Experiment.mixMatch(preset, steps: steps / 4)
  experiment.evaluationCount = max(1, experiment.evaluationCount / 4)
  return (experiment, method)
}

/// A line of the table: what is trained, and what the paper has.
struct Line {
  let name: String
  let key: String
  let plan: TrainingSpec
  let paper: Double?
}

func lines(_ preset: Preset) -> [Line] {
  let changed = ablations.map { ablation in
    var (experiment, method) = quarter(preset)
    ablation.change(&experiment, &method)
    return (
      ablation.name, ablation.key, experiment, method as any SemiSupervisedMethod, ablation.paper
    )
  }
  let others = comparators.map { comparator in
    var (experiment, _) = quarter(preset)
    experiment.emaDecay = comparator.emaDecay
    let other = comparator.method(experiment.steps)
    return (comparator.name, comparator.key, experiment, other, comparator.paper)
  }
  return (changed + others).map { name, key, experiment, method, paper in
    Line(
      name: name, key: key, plan: TrainingSpec("quarter \(key)", experiment, by: method),
      paper: paper)
  }
}

// ## The table
//
// ![Ablations](ablations.md)
//
// ![Accuracy of each line, with the paper's.](ablations-bars.svg "A bar for each line, the paper's number as
// a diamond; a dotted line marks all of MixMatch")
//
// A line's verdict is left to `make claims`, which has a rule for it. Here stands what was measured, and how
// far it is from all of MixMatch in points of accuracy.
//
// ## Running it {.fold}

/// A line's numbers over the seeds that were trained, beside those of `whole`, all of MixMatch.
func row(_ line: Line, _ trained: [TrainingRun], whole: Metric?) -> [String] {
  let paper = line.paper.map { NumberStyle.percent.text($0) } ?? "–"
  guard !trained.isEmpty else { return [line.name, "not run yet", "", "", paper] }
  let accuracy = Metric(of: trained.map(\.result.testAccuracy))
  let points = whole.map { String(format: "%+.1f", 100 * (accuracy.mean - $0.mean)) } ?? ""
  return [line.name, NumberStyle.percent.text(accuracy), "\(accuracy.n)", points, paper]
}

let chapter = Chapter(
  "ablations", "Ablations",
  summary: "takes MixMatch apart, and runs other methods beside it.",
  presets: [
    .scale(.smoke, costs: "two minutes; every path, results that mean nothing"),
    .scale(.short, costs: "two hours a seed on 2 cores, several on slow ones"),
    .scale(.overnight, costs: "planned for 2 hours a line and seed on 2 cores; not run yet"),
    .scale(.article, costs: "days a line and seed on 2 cores; not run yet"),
  ],
  options: [recordedTrainings, onlyRecorded])

exit(
  chapter.run { run in
    let lines = lines(run.preset)
    try run.record(settings: lines.map(\.plan))
    let trained = try run.trainings(lines.map(\.plan))
    let accuracies = trained.map { $0.isEmpty ? nil : Metric(of: $0.map(\.result.testAccuracy)) }
    for (line, trained) in zip(lines, trained) where !trained.isEmpty {
      run.record(metric: "accuracy.\(line.key)", values: trained.map(\.result.testAccuracy))
    }
    run.write(
      TextTable(
        name: "ablations", title: "MixMatch with one thing changed, and other methods",
        explanation:
          "Test accuracy at 500 labels, mean ± standard deviation over n seeds, a quarter of "
          + "chapter 4's steps. Paper: table 4 at 250 labels, table 5 at 500.",
        columns: ["", "test accuracy", "n", "points", "paper"],
        rows: zip(lines, trained).map { row($0, $1, whole: accuracies[0]) }))
    drawBars(lines, accuracies, run)
  })

/// A bar a line, with its deviation, and the paper's number as a mark.
func drawBars(_ lines: [Line], _ accuracies: [Metric?], _ run: Run) {
  run.write(
    DataFile(
      name: "ablations-bars",
      columns: [
        DataColumn("line", lines.map(\.name)),
        DataColumn("accuracy", accuracies.map { $0?.mean ?? .nan }),
        DataColumn("deviation", accuracies.map { $0?.sd ?? .nan }),
        DataColumn("paper", lines.map { $0.paper ?? .nan }),
      ]))
  run.draw("ablations", into: "ablations-bars.svg", data: ["ablations-bars"])
}
