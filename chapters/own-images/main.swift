// # Appendix: Your own pictures
//
// The chapters before this one used two public data sets. This one uses your pictures. Put a few
// photographs of each class into a folder of that class, and all others beside them:
//
//     birds/labelled/robin/IMG_0001.jpg …
//     birds/labelled/sparrow/IMG_0107.jpg …
//     birds/unlabelled/IMG_0200.jpg …
//     birds/test/robin/IMG_0900.jpg …          (optional)
//
//     make own DATA=birds
//
// trains a network by MixMatch on the labelled and the unlabelled pictures, and a second one by supervised training
// with mixup on the labelled pictures, with about the same amount of computation. Both mix pictures, so their
// difference on the test pictures is evidence of whether learning from the unlabelled pictures is worth the time; use
// `SEEDS=3` before you rely on it. The report is figures/own.html, the weights are in figures/own-mixmatch.safetensors.
// The next `make own` replaces both; with another folder for its results, such as `OUT=figures/cats`, it does not. Then
//
//     make predict WEIGHTS=figures/own-mixmatch.safetensors PICTURES=birds/unlabelled
//
// prints the path of each picture, its most probable class and the probability of this class, separated by tabs.

import ChapterKit
import Datasets
import Engine
import Experiments
import Foundation
import MixMatch
import Pictures
import ResultTables

// ## Which pictures
//
// How many labels are enough? Most runs here have about fifty labelled pictures of each class. With about 25 of each,
// shorter runs of MixMatch recognise at least one class hardly at all ([labels](#labels)); nothing here shows how well
// fewer work. Unlabelled pictures help if they show the same classes as the labelled ones, in about the same
// proportions. The paper assumes this, and it is the first thing to check when MixMatch does worse than supervised
// training: a picture of anything else gets a guessed label too, and this label is always wrong.
//
// Test pictures decide how well you can tell the two networks apart: with 100 of them, differences below some ten
// points may be chance. They must not show the same scene as a training picture. Without a folder `test` the program
// holds out a fifth of the labelled pictures of each class.
//
// Two other layouts are recognised. In torchvision's, `train/CLASS` and `test/CLASS` (or `val/CLASS`) contain
// pictures that all have a class. Or there is a folder for each class and nothing else. Both are for
// experiments: `LABELS=100` keeps the classes of a hundred pictures at random and hides all others from the
// method.
//
// Without photographs at hand, write out the images of CIFAR-10, of which 500 keep their class:
//
//     make photograph-tools
//     make build-write-pictures
//     .build/release/write-pictures --data data --labels 500 --to pictures
//     make own DATA=pictures STEPS=6000
//
// The first command installs libvips, the library that reads and writes pictures. The recorded run of this project used
// these pictures.
//
// {.fold}

let labels = CommandLineOption(
  "labels", .wholeNumber(in: 2...1_000_000),
  "number of pictures that keep their class, drawn at random (default: all in labelled/)")
let balanced = CommandLineOption(
  flag: "balanced", "the same number of labelled pictures of each class, for LABELS")
let unreadable = CommandLineOption(
  "unreadable", .number("a number from 0 to 1") { (0...1).contains($0) }, default: 0.05,
  "the run ends with an error if a larger share of the files are not pictures")
let size = CommandLineOption(
  "size", .oneOf([32, 64, 96], named: { "\($0)" }), default: 32,
  "height and width to which pictures are resampled, in pixels")
let published = CommandLineOption(
  "dataset", .oneOf(DatasetSource.colour, named: \.key),
  "a published data set in place of your pictures")

// ## Reading them
//
// The network gets squares of SIZE×SIZE pixels, by default 32×32. The shorter side of a picture is resampled
// to SIZE, and the middle of its longer side is kept. Before that it is turned upright by its EXIF orientation,
// its colours are converted from its colour profile to sRGB, and transparent parts become white. What cannot be
// recognised at this size, the network cannot learn: look at a few pictures at 32×32 first, and choose
// `SIZE=64` or `SIZE=96` if they need it. The time of a step grows with the number of pixels, fourfold and
// ninefold.
//
// Decoded pictures are cached in OUT/cache/pictures under the hash of their files. A run decodes only the pictures that
// are not in this cache, so you can delete OUT/cache/pictures at any time. Files that are not pictures, and pictures
// with one side more than 1,000 times as long as the other, are listed and left out, up to a share of 5 %
// (`UNREADABLE=0.05`). So is a second file with the same content, and a training picture that is a test picture too.
// The same picture in two classes is an error, because only you know which class is right.
//
// {.fold}

/// The pictures in DATA as a data set, and what was found besides them.
struct OwnPictures {
  let dataset: ImageDataset
  let layout: PictureFolder.Layout
  let findings: PictureSelection.Findings
}

/// Reads the pictures in DATA.
func readPictures(_ run: Run) throws -> OwnPictures {
  let folder = try PictureFolder(
    run.dataDirectory(
      with:
        "your pictures: labelled/CLASS and unlabelled, or a folder for each class (make own DATA=birds)"
    ), output: run.directory(""))
  let cache = try PictureCache(
    in: run.directory("cache/pictures"), decoder: PictureDecoder(size: run[size]), note: run.note)
  let readings = try cache.read(folder.pictures.map(folder.url), in: run)
  let selection = try PictureSelection(folder, readings, maximumUnreadable: run[unreadable])
  for line in selection.report(on: folder) { run.note(line) }
  let origin = try folder.origin()
  return OwnPictures(
    dataset: try selection.dataset(
      named: origin?.name ?? "pictures in \(folder.root.lastPathComponent)", from: cache,
      isSynthetic: origin?.isSynthetic ?? false),
    layout: folder.layout, findings: selection.findings)
}

// ## The training
//
// Both networks are the one of chapter 4 at the scale `short`: a wide residual network with 16 layers, trained at half
// the size first, then at three quarters, then at SIZE. Pictures are mirrored and shifted. If your classes differ by
// direction or by position, such as traffic signs, give `AUGMENTATION=none`.
//
// A step of MixMatch costs more than a supervised step: it trains on K versions of each unlabelled picture
// besides the labelled ones, and guesses labels for them before. A guess is a forward pass, about a third of
// the cost of training on a picture. Supervised training therefore gets more steps:

/// The number of supervised steps that cost as much as one step of MixMatch.
func costRatio(_ settings: TrainingSettings, _ method: MixMatchStep) -> Double {
  let labelled = Double(settings.labelledBatch)
  let versions = Double(method.versions * settings.unlabelledBatch)
  return (labelled + versions + versions / 3) / labelled
}

/// The settings of supervised training with mixup at the cost of MixMatch with `experiment`, with the learning rate that
/// the search has found for it.
func supervisedSettings(_ experiment: Experiment, _ method: MixMatchStep, _ run: Run) -> Experiment
{
  let scale = searchedScale(run)
  var supervised = experiment
  supervised.training.steps = Int(
    (Double(experiment.training.steps) * costRatio(experiment.training, method)).rounded())
  supervised.training.peakLearningRate *=
    ComparedMethod.labelsMixup.chosen(at: scale).learningRate
    / ComparedMethod.mixMatch.chosen(at: scale).learningRate
  return supervised
}

// How many steps MixMatch takes is decided before it starts, because the schedule of learning rates depends on it, and
// so do the bits of the result. A preset scales it with your data: `short` trains for 15 epochs of the unlabelled
// pictures, with at least 3,000 steps. With `HOURS=1` the program measures the time of a step first, and chooses the
// number of steps so that both training runs of a seed together take about an hour. It uses the median time of the
// steps at each image size, which a pause does not change, and stores it for these pictures and settings: the same
// command chooses the same number of steps again, and resumes, even after a run with other settings. The record
// contains the number of steps, and `STEPS` with the same number gives the same bits on any machine that decodes the
// pictures to the same pixels: libvips and its codecs decode them, and other versions can round differently.
//
// {.fold}

let hours = CommandLineOption(
  "hours", .number("a number from 0.01 to 1000") { (0.01...1000).contains($0) },
  "hours for both training runs of a seed together, in place of --steps, which are then chosen by measuring"
)
let steps = CommandLineOption(
  "steps", .wholeNumber(in: 10...100_000_000), "number of steps of MixMatch")
let augmentation = CommandLineOption(
  "augmentation", .oneOf(Augmentation.all, named: \.name), default: .mirrorAndShift,
  "random transforms of the pictures")

/// The preset whose network, batches and learning rate these runs have: `smoke` for smoke runs, `short` for all others.
/// The preset of the run decides the number of steps only.
func searchedScale(_ run: Run) -> Preset { run.preset == .smoke ? .smoke : .short }

/// The settings of MixMatch for a data set, without the number of steps.
func settings(_ run: Run, for dataset: ImageDataset) throws -> (Experiment, MixMatchStep) {
  var (experiment, method) = Experiment.mixMatch(searchedScale(run))
  experiment.fit(to: dataset)
  experiment.validation = 0
  experiment.isBalanced = run[balanced]
  experiment.labels = run[labels] ?? dataset.knownLabels
  let unlabelled = dataset.train.count - experiment.labels
  guard unlabelled > 0 else {
    throw Failure(
      "--labels: found no unlabelled picture besides \(experiment.labels) labelled ones, expected some; "
        + "give LABELS, the number of pictures that keep their class")
  }
  experiment.training.labelledBatch = min(experiment.training.labelledBatch, experiment.labels)
  experiment.training.unlabelledBatch = min(experiment.training.unlabelledBatch, unlabelled)
  experiment.training.augmentation = run[augmentation]
  if run[alignmentOption] { method.alignment = DistributionAlignment() }
  experiment.training.evaluatesTest = true
  experiment.training.evaluationCount = run.preset == .smoke ? 2 : 15
  return (experiment, method)
}

/// The number of steps that a preset takes for `unlabelled` pictures.
func presetSteps(_ preset: Preset, unlabelled: Int, batch: Int) -> Int {
  let epoch = Double(unlabelled) / Double(batch)
  return switch preset {
  case .smoke: 40
  case .short: max(3_000, Int(15 * epoch))
  case .overnight: max(20_000, Int(60 * epoch))
  case .article: max(60_000, Int(200 * epoch))
  }
}

/// The number of steps of MixMatch, and how it was chosen.
func chooseSteps(
  _ run: Run, _ experiment: Experiment, _ method: MixMatchStep, _ dataset: ImageDataset
) throws -> (steps: Int, rule: String) {
  if let steps = run[steps] { return (steps, "given") }
  let unlabelled = dataset.train.count - experiment.labels
  guard let hours = run[hours] else {
    let steps = presetSteps(
      run.preset, unlabelled: unlabelled, batch: experiment.training.unlabelledBatch)
    return (steps, "preset \(run.preset.rawValue)")
  }
  let seconds = try run.secondsPerStep(of: experiment, by: method, on: dataset)
  // Half of the time is for MixMatch; two digits are as exact as the measurement.
  let exact = hours * 3600 / 2 / seconds
  var unit = 1.0
  while unit * 100 <= exact { unit *= 10 }
  return (max(10, Int((exact / unit).rounded(.down) * unit)), "\(hours) hours, \(seconds) s a step")
}

// With another seed (`SEEDS=3` takes three of them) the weights start from other values and the batches differ; with
// `LABELS`, other pictures keep their class. Several seeds show how much of the result depends on chance.

/// A training specification with a title and the key of its numbers in the record.
struct Row {
  let title: String
  let key: String
  let spec: TrainingSpec
  var trained: [TrainedNetwork] = []
}

/// The result of a training run.
struct TrainedNetwork: Codable {
  var outcome: TrainingOutcome
  /// The content of the file of weights.
  var weights: Data
  /// The seconds that it took, with evaluation.
  var seconds: Double
}

/// Trains a network with each seed.
func train(_ row: Row, _ dataset: ImageDataset, _ run: Run) throws -> [TrainedNetwork] {
  try run.seeds.map { seed in
    let key = row.spec.key(run.preset, seed: seed)
    var trained = try run.stage(
      key.name, on: dataset, inputs: key.inputs, counting: .images(perStep: row.spec.imagesPerStep)
    ) { progress in
      let training = try row.spec.train(on: dataset, seed: seed, progress: progress)
      return TrainedNetwork(
        outcome: try training.outcome(),
        weights: try row.spec.weightsFile(of: training, on: dataset),
        seconds: 0)
    }
    trained.seconds = run.record(of: key)?.seconds ?? 0
    return trained
  }
}

// ## Results
//
// ![Both training runs](own-results.md)
//
// MixMatch reaches {own.accuracy.mixmatch %}, supervised training with mixup {own.accuracy.supervised %}. In the
// report of `make own`, these numbers and all figures are those of your run.
//
// In the recorded run of this project the pictures are those of CIFAR-10, written out as files, with 500 labels, and
// MixMatch has 6,000 steps. By the count above both training runs cost the same, which is what the title of the table,
// written by an earlier version, means; by processor time supervised training cost a quarter more. The times in the
// table are those of the clock, with other work beside them. With 24,000 steps MixMatch reaches
// {chapter5.accuracy.mixmatch %} (chapter 5).
//
// The run that was recorded first had 1,000 steps. In it MixMatch was less accurate than supervised training with
// mixup, by 4.5 points (95 % interval 3.6 to 5.5; results/own-results.md at commit 93bf373). After that the number of
// steps was raised to 6,000. Each is one seed. `short` takes at least 3,000 steps, and would take about 23,200 for as
// many pictures as these. So if MixMatch does worse on your pictures, give it more steps, too.
//
// The title of the table has a 95 % confidence interval for the difference between these two networks on all pictures
// of this kind, of which the test pictures are a sample. With another seed there would be two other networks; only
// several seeds show how much that changes.
//
// The column "ECE" is the expected calibration error [^24]: over groups of predictions of similar confidence, the mean
// absolute difference between the confidence of predictions and their accuracy, weighted by the size of the group. It
// is 0 if, in every group, the share of right predictions equals their mean confidence.
//
// ![The recall of each class](own-classes.md)
//
// The recall of a class is the share of its test pictures that are recognised. A class that MixMatch recognises less
// often than the supervised network may have lost pictures to a similar class (chapter 4). A few more labels of just
// these two classes may help, and so may `ALIGNMENT=1`, distribution alignment ([ablations](#ablations)), if the
// classes have the same shares of the unlabelled pictures as of the labelled ones.
//
// ![The confusion matrix of the network trained with MixMatch. Each row has the test pictures of one class, each column
// those predicted as one class; the numbers are shares of the row in per cent, and empty cells are
// 0.](own-confusion.png "A table of classes, with shares of the pictures: dark along the diagonal where the predictions
// are right.")
//
// ![The test pictures that MixMatch predicts wrongly with the highest confidence. With your own pictures, check these
// first: one of them may be in the wrong folder.](own-mistakes.png "Small photographs, each with its class and the
// class that the network predicts.")
//
// ![The accuracy of predictions by their confidence.](own-reliability.svg "Points for groups of predictions of
// similar confidence, beside the diagonal on which confidence and accuracy agree.")
//
// ![Accuracy on the test pictures and losses during both training runs, first seed.](own-curves.svg "Curves over the
// course of the training.")
//
// ## Running it {.fold}

let chapter = Chapter(
  "own", "Your own pictures",
  summary:
    "trains a network on your own pictures by MixMatch, beside supervised training with the same amount of\n"
    + "computation. DATA has the folders labelled/CLASS, unlabelled and perhaps test/CLASS; or train/CLASS and\n"
    + "test/CLASS; or a folder for each class, for the last two with --labels.",
  presets: [
    .scale(.smoke, costs: "a minute; runs all code, the results mean nothing"),
    .scale(.short, costs: "15 epochs of the unlabelled pictures, at least 3,000 steps"),
    .scale(.overnight, costs: "60 epochs, at least 20,000 steps"),
    .scale(.article, costs: "200 epochs as in the article, at least 60,000 steps"),
  ],
  options: [
    labels, balanced, size, hours, steps, augmentation, alignmentOption, unreadable, published,
  ])

/// The settings of a run, for its record.
struct Settings: Encodable {
  var mixMatch: Experiment
  var supervised: Experiment
  var method: MixMatchStep
  var stepsChosenBy: String
  var pictures: PictureCounts
}

/// The numbers of pictures of a run, for its record.
struct PictureCounts: Encodable {
  var layout: String
  var labelled: Int
  var unlabelled: Int
  var test: Int
  var size: Int
  var unreadable: Int?
  var duplicates: Int?
  var isTestHeldOut: Bool?
}

exit(
  chapter.run { run in
    guard run[hours] == nil || run[steps] == nil else {
      throw UsageError("--hours: found --steps too, expected one of them")
    }
    let own =
      try run[published] == nil && !run.usesSyntheticData ? readPictures(run) : nil
    let dataset =
      try own.map { try run.use($0.dataset) } ?? run.dataset(run[published] ?? .cifar10)
    var (experiment, method) = try settings(run, for: dataset)
    try experiment.check(for: method, on: dataset)
    try checkLabels(experiment, dataset, run)
    let (steps, rule) = try chooseSteps(run, experiment, method, dataset)
    experiment.training.steps = steps
    method.rampSteps = 3 * steps
    let supervised = supervisedSettings(experiment, method, run)
    try run.record(
      settings: Settings(
        mixMatch: experiment, supervised: supervised, method: method, stepsChosenBy: rule,
        pictures: PictureCounts(
          layout: own?.layout.rawValue ?? "published files", labelled: experiment.labels,
          unlabelled: dataset.train.count - experiment.labels, test: dataset.test.count,
          size: dataset.train.height, unreadable: own?.findings.unreadable.count,
          duplicates: own?.findings.duplicates.count, isTestHeldOut: own?.findings.isTestHeldOut)))

    var rows = [
      Row(
        title: "supervised with mixup", key: "supervised",
        spec: TrainingSpec(
          "own supervised", supervised, by: ManifoldMixup.ofImages(alpha: method.alpha))),
      Row(
        title: method.alignment == nil ? "MixMatch" : "MixMatch with distribution alignment",
        key: "mixmatch",
        spec: TrainingSpec("own MixMatch", experiment, by: method)),
    ]
    for index in rows.indices { rows[index].trained = try train(rows[index], dataset, run) }
    try writeReport(rows, own?.findings, dataset, run)
  })

/// Throws unless every class has a labelled picture with every seed.
func checkLabels(_ experiment: Experiment, _ dataset: ImageDataset, _ run: Run) throws {
  for seed in run.seeds {
    let split = try experiment.split(of: dataset, seed: seed)
    let present = Set(dataset.train.labels(at: split.labelled))
    if let missing = dataset.classNames.indices.first(where: { !present.contains($0) }) {
      throw Failure(
        "--labels: found no labelled picture of the class \(dataset.classNames[missing]) with seed \(seed), "
          + "expected one of each class; give more LABELS, or BALANCED=1")
    }
  }
}
