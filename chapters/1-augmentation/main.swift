// # Chapter 1: Augmentation
//
// MixMatch [^1] learns CIFAR-10 from 500 photographs with labels and many thousand without. What can a network learn
// from a photograph without a label? That it still shows the same thing when it is rotated a little, shifted,
// mirrored, or darker. This chapter builds the part of the method that makes such versions of an image, and
// shows them.
//
//     make chapter1
//
// draws a sheet of images beside their versions, and one row for each transform by itself.

import ChapterKit
import Datasets
import Engine
import Foundation
import MixMatch

// ## Consistency
//
// A network that predicts "cat" for a photograph and "dog" for the same photograph rotated by eight degrees
// contradicts itself. Nobody needs the label to see this: both predictions are the network's own.
// *Consistency regularisation* turns the contradiction into a loss. It asks for the same prediction for all
// versions of an image, and so works on images without labels. MixMatch combines it with mixup (chapter 2)
// and with sharpening, which makes guesses more confident (chapter 3).
//
// MixMatch augments each labelled image once, and each unlabelled image K times (the article calls this "multiple
// augmentation"). The mean of the network's predictions for the K versions is sharpened (chapter 3), and the result is
// the guess that the network then learns for each version. The mean of several predictions is usually better than one
// of them, as with other estimates. In the paper's experiments with 250 labels, K = 1 gives [17.09 %]{.article} error,
// K = 2 gives [11.80 %]{.article}, and more versions hardly help.
//
// ## Labelled and unlabelled images
//
// The article draws 500 of the 50,000 training images at random, regardless of their classes, and always the same ones
// (its notebook fixes the seed), so its results are those of a single split. The method sees the labels of these only;
// the other images count as unlabelled. The paper draws the same number of each class, as `BALANCED=1` does here.
// `LabelSplit` in Sources/Datasets/LabelSplit.swift does both; the record of a run, a file with its settings and
// results, has the number of labels of each class. With seed 0 there are {chapter1.labelled.airplane .0} airplanes,
// {chapter1.labelled.cat .0} cats, {chapter1.labelled.dog .0} dogs and {chapter1.labelled.ship .0} ships. Chapter 4 has
// the same labelled images.
//
// The settings of the chapter are:

/// The scale and the constants of the chapter.
struct Settings: Encodable {
  var trainingImages = 50_000
  var labelled = 500
  var balanced = false
  var augmentation = Augmentation.fastai
  var versions = 2
  /// The number of epochs on the sheet of versions.
  var epochsShown = 2
  /// The number of parameter values at which a transform is shown.
  var valuesShown = 9
  var measuredImages = 2000
  var batch = 100

  /// The article's own scale.
  static let article = Settings()

  /// A run of a second that exercises all code; its results mean nothing.
  static let smoke = Settings(trainingImages: 2000, measuredImages: 200)
}

// ## The transforms
//
// The article uses the default transforms of its library, fastai v1. Two of them act on the log-odds of a pixel value
// v, which is between 0 and 1:
//
// $$ \ell(v) = \ln \frac{v}{1 − v} $$
//
// The inverse of ℓ, the sigmoid σ, maps the results back, so no value leaves the range from 0 to 1. Each transform is
// applied with its own probability, independently of the others ($\mathcal{U}(a, b)$ is the uniform distribution from a
// to b; s is log-uniform if its logarithm is uniform). With c = 0.5 or s = 1 the image does not change:
//
// | transform  | effect on the pixel values v or on positions               | probability |
// | ---------- | ---------------------------------------------------------- | ----------- |
// | brightness | $σ(\ell(v) + \ell(c))$, with $c$ from $\mathcal{U}(0.4, 0.6)$            | 0.75        |
// | contrast   | $σ(s\, \ell(v))$, with $s$ log-uniform from 0.8 to 1.25       | 0.75        |
// | rotation   | by $\mathcal{U}(−10, 10)$ degrees                                    | 0.75        |
// | zoom       | by $\mathcal{U}(1, 1.1)$, about a random centre                      | 0.75        |
// | warp       | perspective: each edge longer by a share from $\mathcal{U}(−0.2, 0.2)$ | 0.75      |
// | mirror     | left and right swapped                                     | 0.5         |
//
// The paper's augmentation is simpler (`AUGMENTATION=mirror-and-shift`): a mirror image with probability ½, and a shift
// by up to four pixels with reflected borders.
//
// ![Each transform by itself on one image, over the range of its parameter; for the warp, the share by which the
// top edge is longer.](transforms.png "Six rows of versions of one photograph of a horse: brighter and darker,
// more and less contrast, rotated, enlarged, warped, mirrored.")
//
// In the code, `Augmentation` is a list of random transforms. Drawing from it gives a list of transforms with
// their parameters.
//
// [[Sources/MixMatch/Augmentation/Augmentation.swift: Augmentation.sampled]]
//
// For each position of the result, a geometric transform gives the position on the image from which the colour is
// taken. Such maps can be composed: all geometric transforms together are a single projective map, and the image is
// resampled only once. Colours between pixels are interpolated, and beyond its border the image is mirrored.
// Brightness and contrast change the resampled image, as in fastai.
//
// ## Random, and reproducible
//
// An image gets new versions in each epoch. Each version takes its random numbers from a stream of its own, which is
// determined by the run's seed, the image, the epoch and the version. So version 1 of image 17 in epoch 3 is the same
// in any batch and on any thread. In the function below, each row of the result is one version of one image:
//
// [[Sources/MixMatch/Augmentation/AugmentedImages.swift: AugmentedImages.callAsFunction]]
//
// {.fold}

/// An image, (1, height, width, 3), and then its versions in each of several epochs, (versions, height, width, 3).
func versions(of image: Int, in images: LabelledImages, seed: Int, settings: Settings) -> [Tensor] {
  let augmented = AugmentedImages(
    images, by: settings.augmentation, versions: settings.versions, scaling: .unit,
    seed: UInt64(seed), name: "shown")
  return [images.tensor([image])] + (0..<settings.epochsShown).map { augmented([image], epoch: $0) }
}

/// One transform of an image at several values of its parameter: the transforms, and the transformed images
/// (n, height, width, 3).
func range(
  of transform: RandomTransform, on image: Int, in images: LabelledImages, settings: Settings
) -> (shown: [[ImageTransform]], pictures: Tensor) {
  let last = Float(settings.valuesShown - 1)
  let all = (0..<settings.valuesShown).map { [transform.along(Float($0) / last)] }
  // A transform without a parameter, such as mirroring, is shown once, beside the original.
  let shown = all.allSatisfy { $0 == all[0] } ? [[], all[0]] : all
  let pictures = images.transformed(count: shown.count, scaling: .unit) { place in
    (image, SampledAugmentation(shown[place]))
  }
  return (shown, pictures)
}

// ## How much versions differ
//
// The table has the mean absolute change of a pixel value, on the scale from 0 to 1. In its first six rows one
// transform is applied to every image. In the last row each transform is applied with its own probability, so that, for
// instance, half of the images are not mirrored.
//
// | transform            | mean change of a value          |
// | -------------------- | ------------------------------- |
// | brightness           | {chapter1.change.brightness %}  |
// | contrast             | {chapter1.change.contrast %}    |
// | rotation             | {chapter1.change.rotation %}    |
// | zoom                 | {chapter1.change.zoom %}        |
// | warp                 | {chapter1.change.warp %}        |
// | mirror               | {chapter1.change.mirror %}      |
// | all, at random       | {chapter1.change.all %}         |
//
// Two versions of one image differ by {chapter1.betweenVersions %} of the range on average, and the network should
// make the same prediction for both.
//
// ![An image of each class, and beside it two versions in each of two epochs.](augmentations.png "Ten small
// photographs, from airplane to truck, each followed by four versions: rotated, warped, brighter or darker, some
// mirrored.")
//
// A background thread prepares the next batch while the current one is measured, as during training.

/// Mean absolute differences of pixel values, from 0 to 1.
struct Distances: Codable {
  var toOriginal = 0.0
  var betweenVersions = 0.0
}

/// Measures how much an augmentation changes the first images.
func measure(
  _ augmentation: Augmentation, on images: LabelledImages, seed: Int, settings: Settings
) throws -> Distances {
  let augmented = AugmentedImages(
    images, by: augmentation, versions: 2, scaling: .unit, seed: UInt64(seed), name: "measured")
  let batch = settings.batch
  let batches = settings.measuredImages / batch
  let prefetched = Prefetcher(count: batches) { index in
    augmented(Array(index * batch..<(index + 1) * batch), epoch: 0)
  }
  var distances = Distances()
  for index in 0..<batches {
    let values = try prefetched(index).scalars
    let (first, second) = (values.prefix(values.count / 2), values.suffix(values.count / 2))
    let originals = images.tensor(index * batch..<(index + 1) * batch).scalars
    distances.toOriginal += meanDistance(first, originals[...]) / Double(batches)
    distances.betweenVersions += meanDistance(first, second) / Double(batches)
  }
  return distances
}

/// The mean of |aᵢ − bᵢ|.
func meanDistance(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
  zip(a, b).reduce(0) { $0 + Double(abs($1.0 - $1.1)) } / Double(a.count)
}

// ## Running it {.fold}
//
// `make chapter1 AUGMENTATION=mirror-and-shift VERSIONS=4` draws four versions by the transforms of the paper.

let augmentation = CommandLineOption(
  "augmentation", .oneOf([Augmentation.fastai, .mirrorAndShift], named: \.name), default: .fastai,
  "random transforms of the images")
let versionCount = CommandLineOption(
  "versions", .wholeNumber(in: 1...8), default: 2, "versions of each image in an epoch, K")
let labels = CommandLineOption(
  "labels", .wholeNumber(in: 1...1_000_000), default: 500, "number of labelled images")
let balanced = CommandLineOption(
  flag: "balanced", "the same number of labelled images of each class, as in the paper")

let chapter = Chapter(
  1, "Augmentation",
  summary:
    "splits CIFAR-10 into labelled and unlabelled images, and draws augmented versions of\n"
    + "images, and each transform over the range of its parameter.",
  presets: [
    .scale(.smoke, costs: "a second; runs all code, the results mean nothing"),
    .alias(.short, of: .article), .alias(.overnight, of: .article),
    .scale(.article, costs: "seconds"),
  ],
  options: [augmentation, versionCount, labels, balanced])

exit(
  chapter.run { run in
    var settings = run.preset == .smoke ? Settings.smoke : Settings.article
    settings.augmentation = run[augmentation]
    settings.versions = run[versionCount]
    settings.labelled = run[labels]
    settings.balanced = run[balanced]
    try run.record(settings: settings)
    let dataset = try run.dataset(
      .cifar10, minimumTrain: max(settings.measuredImages, settings.labelled), minimumTest: 1
    ).prefix(train: settings.trainingImages, test: 0)
    try recordLabels(of: dataset, run, settings)
    try recordChanges(of: dataset, run, settings)
    drawVersions(of: dataset, run, settings)
    drawTransforms(of: dataset, run, settings)
    run.report(
      settings.augmentation.transforms.map {
        Comparison(
          "mean change of a value by \($0.name)", metric: "change.\($0.name)", article: nil,
          as: .percent)
      } + [
        Comparison("by all of them", metric: "change.all", article: nil, as: .percent),
        Comparison("between two versions", metric: "betweenVersions", article: nil, as: .percent),
      ])
  })

/// Records how many labels each class has, seed by seed.
func recordLabels(of dataset: ImageDataset, _ run: Run, _ settings: Settings) throws {
  let images = dataset.train
  let counts = try run.seeds.map { seed in
    let split = try LabelSplit(
      labels: images.labels, labelled: settings.labelled, balanced: settings.balanced,
      seed: UInt64(seed))
    return classCounts(images.labels(at: split.labelled), classes: dataset.classNames.count)
  }
  for (index, name) in dataset.classNames.enumerated() {
    run.record(metric: "labelled.\(name)", values: counts.map { Double($0[index]) })
  }
}

/// Records how much each transform with probability 1, and then all of them as drawn, change an image.
func recordChanges(of dataset: ImageDataset, _ run: Run, _ settings: Settings) throws {
  let transforms = settings.augmentation.transforms
  let measured = transforms.map { Augmentation("", [$0.always]) } + [settings.augmentation]
  let distances = try run.seeds.map { seed in
    try run.stage(
      "distances seed \(seed)", on: dataset, inputs: ["settings": settings, "seed": seed]
    ) { progress in
      try measured.enumerated().map { index, augmentation in
        progress.update(index + 1, of: measured.count, [])
        return try measure(augmentation, on: dataset.train, seed: seed, settings: settings)
      }
    }
  }
  for (index, name) in (transforms.map(\.name) + ["all"]).enumerated() {
    run.record(metric: "change.\(name)", values: distances.map { $0[index].toOriginal })
  }
  run.record(
    metric: "betweenVersions", values: distances.map { $0[transforms.count].betweenVersions })
}

/// The number of labels of each class.
func classCounts(_ labels: [Int], classes: Int) -> [Int] {
  labels.reduce(into: Array(repeating: 0, count: classes)) { $0[$1] += 1 }
}
