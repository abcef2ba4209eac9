// # Chapter 1: Augmentation
//
// Five hundred photographs with a label and 49,500 without: that is what MixMatch [^1] has of CIFAR-10.
// What can be learned from a photograph if nobody says what is on it? That it still shows the same
// thing when it is turned a little, moved, mirrored, or printed darker. This chapter builds the
// part of the method that makes such versions of an image, and looks at what comes out of it.
//
//     make chapter1
//
// draws a sheet of images beside their versions, and one row for each transform on its own.

import ChapterKit
import Datasets
import Engine
import Foundation
import MixMatch

// ## Consistency
//
// A network that takes a cat for a cat and the same cat, tilted by eight degrees, for a dog has not
// understood cats. Nobody needs to know that it *is* a cat to see the contradiction: both answers
// are the network's own. *Consistency regularisation* makes a loss of that; it asks for the same
// answer for all versions of an image, and can so be had from images without labels. It is the
// second of the three ideas that MixMatch puts together.
//
// MixMatch varies each labelled image once, and each unlabelled one K times (the article calls it
// "multiple augmentation"). The network looks at all K versions, and the mean of its answers is the
// guess that every one of them is then to be taught. A mean is a better guess than any single
// answer, much as several opinions are better than one. In the paper's experiments with 250 labels,
// K = 1 gives [17.09 %]{.article} error, K = 2 gives [11.80 %]{.article}, and more than two hardly
// help.
//
// ## Which images have labels
//
// The article draws 500 of the 50,000 training images at random, without regard to their classes.
// The paper takes as many of each class, which `--balanced` does. `LabelSplit` in
// Sources/Datasets/LabelSplit.swift draws either; the record says how many labels each class has
// got.
//
// Everything that can be chosen has its place here:

/// The scale of the chapter, and its constants.
struct Settings: Encodable {
  var trainingImages = 50_000
  var labelled = 500
  var balanced = false
  var augmentation = AugmentationName.fastai
  var versions = 2
  /// How many epochs over the data the sheet of versions shows.
  var epochsShown = 2
  /// How many values of its parameter a transform is shown at.
  var valuesShown = 9
  var measuredImages = 2000
  var batch = 100

  /// The article's own scale.
  static let article = Settings()

  /// Every path in a second; what comes out means nothing.
  static let smoke = Settings(trainingImages: 2000, measuredImages: 200)
}

// ## What may happen to an image
//
// The article takes the default transforms of its library, fastai v1. Each has a coin of its own:
//
// | transform  | what it does                                               | probability |
// | ---------- | ---------------------------------------------------------- | ----------- |
// | brightness | $\ell(v) + \ell(c)$, with $c$ from $U(0.4, 0.6)$            | 0.75        |
// | contrast   | $\ell(v) · s$, with $s$ log-uniform from 0.8 to 1.25       | 0.75        |
// | rotation   | by $U(−10, 10)$ degrees                                    | 0.75        |
// | zoom       | by $U(1, 1.1)$, around a centre anywhere                   | 0.75        |
// | warp       | perspective: four magnitudes from $U(−0.2, 0.2)$           | 0.75        |
// | mirror     | left and right swapped                                     | 0.5         |
//
// Light is changed on the *logits* of the values v,
//
// $$ \ell(v) = \ln \frac{v}{1 − v} $$
//
// and a sigmoid leads back. On that scale black and white are infinitely far away, and so no value
// leaves the range from 0 to 1, however much is added. The paper has a simpler choice
// (`--augmentation mirror-and-shift`): mirrored half of the time, and moved by up to four pixels,
// borders reflected.
//
// ![Each transform alone on one image, from one end of its range to the
// other.](transforms.png "Six rows of versions of one photograph of a horse: brighter and darker,
// more and less contrast, turned, enlarged, warped, mirrored.")
//
// In the code, `Augmentation` is a list of random transforms, and drawing from it gives a list of
// transforms with their parameters.
//
// [[Sources/MixMatch/Augmentation/Augmentation.swift: Augmentation.drawn]]
//
// Geometric ones say where on the
// image the colour of a position is to be found. Such maps can be put into one another: the whole
// list becomes a single projective map, and the image is resampled only once, however many
// transforms there are. Between pixels it is interpolated, beyond its border it is mirrored.
//
// Deviation: fastai's `Image.refresh` has light before resampling, too. But there a change of light
// that finds a resampling waiting has it done first, since it needs the pixels. The order here is
// the one that is meant; what comes out differs by 0.2/255 in the mean.
//
// ## Anew in each epoch, the same for each run
//
// Whenever the training comes back to an image, it gets new versions. They are drawn from a random
// stream that belongs to this image in this epoch and this version alone. So image 17 of epoch 3
// looks the same whatever batch it is in, and whichever thread it falls to.

/// An image and its versions in several epochs: (1 + epochs·versions, height, width, 3).
func versions(of image: Int, in images: LabelledImages, seed: Int, settings: Settings) -> [Tensor] {
  let augmented = AugmentedImages(
    images, by: settings.augmentation.augmentation, versions: settings.versions, scaling: .unit,
    seed: UInt64(seed), name: "shown")
  return [images.tensor([image])] + (0..<settings.epochsShown).map { augmented([image], epoch: $0) }
}

/// An image under one transform, from one end of its parameter's range to the other: what is done
/// to it, and the pictures, (n, height, width, 3).
func range(
  of transform: RandomTransform, on image: Int, in images: LabelledImages, settings: Settings
) -> (shown: [[ImageTransform]], pictures: Tensor) {
  let last = Float(settings.valuesShown - 1)
  let all = (0..<settings.valuesShown).map { [transform.along(Float($0) / last)] }
  // What has no parameter, as mirroring, is shown once, beside the original.
  let shown = all.allSatisfy { $0 == all[0] } ? [[], all[0]] : all
  let pictures = images.tensor(count: shown.count, scaling: .unit) { place in
    (image, DrawnAugmentation(shown[place]))
  }
  return (shown, pictures)
}

// ## How far versions are apart
//
// A number for what the pictures show: by how much a value of the image, from 0 to 1, changes in
// the mean; and how far two versions of one image are apart, which is what the network is to see
// through.
//
// | done to every image  | mean change of a value          |
// | -------------------- | ------------------------------- |
// | brightness           | {chapter1.change.brightness %}  |
// | contrast             | {chapter1.change.contrast %}    |
// | rotation             | {chapter1.change.rotation %}    |
// | zoom                 | {chapter1.change.zoom %}        |
// | warp                 | {chapter1.change.warp %}        |
// | mirror               | {chapter1.change.mirror %}      |
// | all, with their odds | {chapter1.change.all %}         |
//
// Two versions of one image differ by {chapter1.betweenVersions %} of the range in the mean, and
// yet are told to be the same thing.
//
// ![An image of each class, and beside it two versions in each of two
// epochs.](augmentations.png "Ten small photographs, from airplane to truck, each followed by four
// versions: turned, warped, brighter or darker, some mirrored.")
//
// Versions are prepared in the background while those before them are compared, just as
// they will be while a network trains.

/// Mean distances of values, from 0 to 1.
struct Distances: Codable {
  var toOriginal = 0.0
  var betweenVersions = 0.0
}

/// What an augmentation does to the first images.
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

let augmentation = CommandLineOption(
  "augmentation", .oneOf([AugmentationName.fastai, .mirrorAndShift]), default: .fastai,
  "how images are varied")
let versionCount = CommandLineOption(
  "versions", .wholeNumber(in: 1...8), default: 2, "versions of each image in a epoch, K")
let labels = CommandLineOption(
  "labels", .wholeNumber(in: 1...1_000_000), default: 500, "how many images have a label")
let balanced = CommandLineOption(
  flag: "balanced", "as many labels of each class, as in the paper")

let chapter = Chapter(
  1, "Augmentation",
  summary:
    "splits CIFAR-10 into labelled and unlabelled images, and shows what augmentation makes\n"
    + "of them: versions of images side by side, and each transform over its range.",
  presets: [
    .scale(.smoke, costs: "a second; every path, results that mean nothing"),
    .alias(.short, of: .article),
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
      .cifar10, train: max(settings.measuredImages, settings.labelled), test: 1
    ).prefix(train: settings.trainingImages, test: 0)
    let images = dataset.train

    // The labels of each class, seed by seed.
    let counts = try run.seeds.map { seed in
      let split = try LabelSplit(
        labels: images.labels, labelled: settings.labelled, balanced: settings.balanced,
        seed: UInt64(seed))
      return classCounts(images.classes(split.labelled), classes: dataset.classNames.count)
    }
    for (index, name) in dataset.classNames.enumerated() {
      run.record(metric: "labelled.\(name)", values: counts.map { Double($0[index]) })
    }

    // What each transform does where it always happens, and what all of them do together.
    let chosen = settings.augmentation.augmentation
    let measured = chosen.transforms.map { Augmentation([$0.always]) } + [chosen]
    let distances = try run.seeds.map { seed in
      try run.stage(
        "distances seed \(seed)", on: dataset, inputs: ["settings": settings, "seed": seed]
      ) { progress in
        try measured.enumerated().map { index, augmentation in
          progress.update(index + 1, of: measured.count, [])
          return try measure(augmentation, on: images, seed: seed, settings: settings)
        }
      }
    }
    for (index, name) in (chosen.transforms.map(\.name) + ["all"]).enumerated() {
      run.record(metric: "change.\(name)", values: distances.map { $0[index].toOriginal })
    }
    run.record(
      metric: "betweenVersions", values: distances.map { $0[measured.count - 1].betweenVersions })

    // Two sheets of pictures.
    drawVersions(of: dataset, run, settings)
    drawTransforms(of: dataset, run, settings)
    run.report(
      chosen.transforms.map {
        Comparison(
          "mean change of a value by \($0.name)", metric: "change.\($0.name)", article: nil,
          as: .percent)
      } + [
        Comparison("by all of them", metric: "change.all", article: nil, as: .percent),
        Comparison("between two versions", metric: "betweenVersions", article: nil, as: .percent),
      ])
  })

/// How many of `labels` there are of each class.
func classCounts(_ labels: [Int], classes: Int) -> [Int] {
  labels.reduce(into: Array(repeating: 0, count: classes)) { $0[$1] += 1 }
}
