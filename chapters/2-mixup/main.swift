// # Chapter 2: Mixup, two images in one
//
// A large network can memorise five hundred images. It then predicts the right class of each of them with
// full confidence, but nothing determines its predictions for images between them. Mixup [^4] trains the
// network on such images: it blends two images with the weights λ and 1 − λ, and asks for both labels in
// the same proportion. MixMatch does this with every image it trains on, labelled or unlabelled. This
// chapter looks at this step alone; it trains nothing.
//
//     make chapter2
//
// blends two images of CIFAR-10, plots the distribution of the coefficient λ, and compares the mean and the standard
// deviation of random draws with the exact ones.

import ChapterKit
import Datasets
import Engine
import Foundation
import MixMatch

// ## Blending
//
// Mixup turns two images x₁ and x₂ with labels p₁ and p₂ into one image x′ with label p′:
//
// $$ x′ = λ x_1 + (1 − λ) x_2 $$
// $$ p′ = λ p_1 + (1 − λ) p_2 $$
//
// Both equations have the same coefficient λ, and one function computes both: an image is an array of
// numbers, and so is a label, the probabilities of the classes.
//
// [[Sources/MixMatch/Mixup.swift: mixup]]
//
// The section on the larger share, below, explains why the comment writes λ′. `zipEntries` applies the function that
// follows it to corresponding elements of a and b; `example` is the index of the image in the batch. The function after
// `recorded` computes the gradients.
//
// Guessed labels can be mixed as well as true ones, and a mixture of two distributions is again a
// distribution.
//
// The figure below blends two training images of different classes with several coefficients:
//
// ![Two images and their labels, blended with smaller and smaller λ.](mixup.png "Seven pictures in a row, from one
// photograph over its blends with a second to the second alone; below each, bars with the probabilities of the two
// classes.")

/// The mixtures of two images and of their labels with several coefficients.
struct Blends: Codable {
  /// The classes of the two images.
  var classes: [Int]
  /// The blended images (height, width, 3), from 0 to 1.
  var pixels: [[Float]]
  /// The blended labels (classes).
  var labels: [[Float]]
}

/// Two images of different classes, drawn at random, blended with each of the coefficients.
func blendTwoImages(of dataset: ImageDataset, lambdas: [Float], seed: Int) -> Blends {
  let images = dataset.train
  var random = RandomStream(seed: UInt64(seed), "images of the first figure")
  let order = random.permutation(of: images.count)
  let first = order[0]
  let second = order.first { images.labels[$0] != images.labels[first] }!

  // A batch of the one image and a batch of the other, as long as there are coefficients.
  let a = lambdas.map { _ in first }
  let b = lambdas.map { _ in second }
  let λ = MixingCoefficients(lambdas)
  let x = mixup(images.tensor(a), images.tensor(b), lambda: λ)
  let p = mixup(
    oneHot(images.labels(at: a), classes: dataset.classNames.count),
    oneHot(images.labels(at: b), classes: dataset.classNames.count), lambda: λ)
  return Blends(
    classes: images.labels(at: [first, second]),
    pixels: lambdas.indices.map { x[$0..<$0 + 1].scalars },
    labels: lambdas.indices.map { p[$0..<$0 + 1].scalars })
}

// ## Where λ comes from
//
// For every batch or every image, λ is drawn from the distribution Beta(α, α) on [0, 1], whose density is
//
// $$ \frac{(λ (1 − λ))^{α − 1}}{\mathrm{B}(α, α)} $$
//
// The Beta function B(α, α) makes the total probability 1. The parameter α determines how strongly images are mixed. As
// α → 0, the probability concentrates at 0 and 1, and images stay unmixed. With α = 1 all values of λ are equally
// likely. As α → ∞, every mixture becomes half and half. The paper recommends α = 0.75: the density is then lowest at
// ½, with 0.83, and grows without bound towards 0 and 1.
//
// Most algorithms that draw from a Beta distribution use rejection sampling: they draw until a condition holds, so the
// number of random numbers that they need is itself random. A difference in the last bit of one result could then
// change that number, and with it all later draws of a run. For two equal parameters there is a formula instead, which
// Devroye [^13] derives from a method of Bailey [^14], and which always takes two random numbers. With V₁ uniform on
// (0, 1] and V₂ on [0, 1),
//
// $$ t = \sqrt{V_1^{−1/α} − 1}\, \cos 2πV_2 $$
// $$ λ = \frac{1}{2} \left(1 + \frac{t}{\sqrt{1 + t^2}}\right) $$
//
// The code computes the power minus 1 by a function for eˣ − 1, and the smaller of λ and 1 − λ without a subtraction,
// so that small results keep all their digits:
//
// [[Sources/MixMatch/Beta.swift: SymmetricBeta.draw]]
//
// The figure below shows the article's five densities, each over a histogram of the sampler's draws.
//
// ![The density of Beta(α, α) for the article's five α, over histograms of draws.](beta.svg "Five panels, each a curve
// over a histogram that follows it: high at both ends for α = 0.2 and 0.75, flat for 1, a hill for 10, a spike in the
// middle for 100.")
//
// [[try beta]]
//
// {.fold}

/// A histogram of draws, which estimates their density.
struct Histogram: Codable {
  /// The middle of each bin.
  var centres: [Double]
  /// The fraction of all draws in each bin, divided by the bin's width.
  var density: [Double]

  /// Counts `draws` in bins of equal width; draws outside `range` are not counted.
  init(of draws: [Double], in range: ClosedRange<Double>, bins: Int) {
    let width = (range.upperBound - range.lowerBound) / Double(bins)
    var counts = [Int](repeating: 0, count: bins)
    for draw in draws where range.contains(draw) {
      counts[min(bins - 1, Int((draw - range.lowerBound) / width))] += 1
    }
    centres = counts.indices.map { range.lowerBound + (Double($0) + 0.5) * width }
    density = counts.map { Double($0) / Double(draws.count) / width }
  }
}

// {.fold}

/// A histogram of draws from Beta(α, α) over the range of the article's panels.
func histogram(alpha α: Double, seed: Int, settings: Settings) -> Histogram {
  let beta = SymmetricBeta(alpha: α)
  var random = RandomStream(seed: UInt64(seed), "draws from Beta")
  let draws = (0..<settings.draws).map { _ in beta.draw(random: &random) }
  return Histogram(of: draws, in: 0.01...0.99, bins: settings.bins)
}

// ## The larger share, λ′
//
// MixMatch has one loss for labelled images and another for unlabelled ones, and mixes both kinds with each other. Each
// mixture must still count as one of the two kinds. In place of λ the paper therefore uses
//
// $$ λ′ = \max(λ, 1 − λ) $$
//
// which gives the first image the larger share of every mixture: a labelled image stays mostly a labelled
// image. The distribution of λ′ is that of λ, with its lower half mirrored onto the upper half, as the figure
// below shows.
//
// ![The distributions of λ and of λ′, and draws of λ′. The lower half of λ's distribution, at the left in a colour of
// its own, is mirrored onto the upper half.](lambda.svg "Left a curve over the range from 0 to 1, its two halves in two
// colours; right the one half put on top of the other, dots of draws along its edge, and a line at the mean.")
//
// Mean and variance of λ′ have closed forms:
//
// $$ \operatorname{E} λ′ = \frac{1}{2} + \frac{1}{α\,4^α\,\mathrm{B}(α, α)} $$
// $$ \operatorname{Var} λ′ = \frac{1}{4 (2α + 1)} − \left(\operatorname{E} λ′ − \frac{1}{2}\right)^2 $$
//
// λ and λ′ are equally far from ½, so the variance of λ′ is that of λ, 1/(4(2α + 1)), minus the square of the mean
// distance from ½.
//
// On average, an image's own share is {chapter2.lambda.mean.exact %}. The draws have a mean of
// {chapter2.lambda.mean .4} and a standard deviation of {chapter2.lambda.deviation .4}; the exact values
// are {chapter2.lambda.mean.exact .4} and {chapter2.lambda.deviation.exact .4}.
//
// ## One λ′ per batch, or one per image
//
// The article's notebook draws one λ′ for a whole batch, the paper's code one for each image. Each λ′ has the same
// distribution in both cases. But with one λ′ per batch, some training steps see images that are hardly mixed, and
// others strongly mixed ones. Over many batches of 64 images, the standard deviation of a batch's mean λ′ is
// {chapter2.batchMean.deviation.batch .4} with one λ′ per batch and {chapter2.batchMean.deviation.example .4}, about an
// eighth of it, with one per image, because the standard deviation of the mean of 64 independent draws is that of a
// single one divided by √64 = 8. Chapter 4 draws one for each image, except at the article's scale.
//
// {.fold}

/// Statistics of λ′ for one seed.
struct CoefficientStatistics: Codable {
  var mean: Double
  var deviation: Double
  var histogram: Histogram
  /// The standard deviation of the mean λ′ of a batch, by `MixingCoefficients.Sharing`.
  var batchDeviation: [String: Double]
}

/// Samples the coefficients of many batches, shared and not shared, and computes their statistics.
func measureCoefficients(seed: Int, settings: Settings) -> CoefficientStatistics {
  func batches(_ sharing: MixingCoefficients.Sharing) -> [[Double]] {
    (0..<settings.batches).map { batch in
      var random = RandomStream(seed: UInt64(seed), "mixup", batch)
      return MixingCoefficients(
        sharing, count: settings.batchSize, alpha: settings.alpha, random: &random
      ).values.map(Double.init)
    }
  }
  let all = batches(.perExample).flatMap { $0 }
  let (mean, deviation) = moments(of: all)
  return CoefficientStatistics(
    mean: mean, deviation: deviation,
    histogram: Histogram(of: all, in: 0.5...1, bins: settings.bins),
    batchDeviation: Dictionary(
      uniqueKeysWithValues: MixingCoefficients.Sharing.allCases.map { sharing in
        (sharing.rawValue, moments(of: batches(sharing).map { moments(of: $0).mean }).deviation)
      }))
}

/// The mean and the standard deviation (divided by n) of `numbers`.
func moments(of numbers: [Double]) -> (mean: Double, deviation: Double) {
  let mean = numbers.reduce(0, +) / Double(numbers.count)
  let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (squares / Double(numbers.count)).squareRoot())
}

// ## Running it {.fold}
//
// Another seed (`make chapter2 SEED=1`) selects two other images. `make chapter2 ALPHA=0.2` changes the α of the
// sections "The larger share" and "One λ′ per batch, or one per image", and of their figure; its results go to a
// folder of their own.

/// The scale and the constants of the chapter.
struct Settings: Encodable {
  /// The coefficients of the blended images' figure; 0 shows the second image alone.
  var lambdas: [Float] = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0]
  /// The parameters α of the densities' figure, the article's.
  var panels = [0.2, 0.75, 1, 10, 100]
  /// The parameter α of the figure of λ′ and of the measured moments.
  var alpha = 0.75
  var draws = 100_000
  var bins = 49
  var batches = 10_000
  var batchSize = 64

  /// The article's own scale.
  static let article = Settings()

  /// A run of a second that exercises all code; its results mean nothing.
  static let smoke = Settings(draws: 2000, batches: 40)
}

let alpha = CommandLineOption(
  "alpha", .number("a number from 0.05 to 1000") { (0.05...1000).contains($0) },
  default: Settings.article.alpha,
  "parameter α of the Beta distribution; mixing is stronger for larger α")

let chapter = Chapter(
  2, "Mixup",
  summary: "blends two images of CIFAR-10 and their labels, and draws the distribution of the\n"
    + "mixing coefficients.",
  presets: [
    .scale(.smoke, costs: "seconds; runs all code, the results mean nothing"),
    .alias(.short, of: .article), .alias(.overnight, of: .article),
    .scale(.article, costs: "seconds"),
  ],
  options: [alpha])

exit(
  chapter.run { run in
    var settings = run.preset == .smoke ? Settings.smoke : Settings.article
    settings.alpha = run[alpha]
    try run.record(settings: settings)
    try drawBlends(run, settings)
    try drawDensities(run, settings)
    let coefficients = try run.seeds.map { seed in
      try run.stage("coefficients seed \(seed)", inputs: ["settings": settings, "seed": seed]) {
        _ in measureCoefficients(seed: seed, settings: settings)
      }
    }
    let beta = SymmetricBeta(alpha: settings.alpha)
    drawCoefficients(beta, coefficients[0], run, settings)
    recordMoments(beta, coefficients, run)
    run.report(
      [
        ("mean of λ′ at α = \(text(settings.alpha))", "lambda.mean"),
        ("    exact", "lambda.mean.exact"),
        ("standard deviation of λ′", "lambda.deviation"),
        ("    exact", "lambda.deviation.exact"),
        ("standard deviation of a batch's mean λ′, one λ′ per batch", "batchMean.deviation.batch"),
        ("    one λ′ per image", "batchMean.deviation.example"),
      ].map { Comparison($0, metric: $1, article: nil, as: .decimals(4)) })
  })

/// Draws mixtures of two images of the first seed.
func drawBlends(_ run: Run, _ settings: Settings) throws {
  let dataset = try run.dataset(.cifar10, minimumTrain: 2, minimumTest: 1)
  let blends = try run.stage(
    "blends", on: dataset, inputs: ["lambdas": settings.lambdas, "seed": run.seeds[0]]
  ) { _ in
    blendTwoImages(of: dataset, lambdas: settings.lambdas, seed: run.seeds[0])
  }
  run.write(
    DataFile(name: "chapter2-images", columns: pixelColumns(blends, dataset.train), kind: .pixels))
  run.write(DataFile(name: "chapter2-labels", columns: labelColumns(blends, dataset.classNames)))
  run.draw(
    "mixup", into: "mixup.png", data: ["chapter2-images", "chapter2-labels"],
    variables: [
      "lambdas": settings.lambdas.map { text($0) }.joined(separator: " "),
      "classes": blends.classes.map { String($0) }.joined(separator: " "),
    ])
}

/// Draws the five panels of the article: densities of λ, and histograms of the first seed.
func drawDensities(_ run: Run, _ settings: Settings) throws {
  let histograms = try run.stage(
    "draws from Beta", inputs: ["settings": settings, "seed": run.seeds[0]]
  ) { _ in
    settings.panels.map { histogram(alpha: $0, seed: run.seeds[0], settings: settings) }
  }
  run.write(DataFile(name: "chapter2-beta", columns: densityColumns(settings.panels)))
  run.write(
    DataFile(
      name: "chapter2-beta-draws",
      columns: drawColumns(zip(settings.panels.map { "alpha\(text($0))" }, histograms))))
  run.draw(
    "beta", into: "beta.svg", data: ["chapter2-beta", "chapter2-beta-draws"],
    variables: [
      "alphas": settings.panels.map { text($0) }.joined(separator: " "),
      "draws": String(settings.draws),
    ])
}

/// Draws the densities of λ and λ′, and the histogram of λ′ of the first seed.
func drawCoefficients(
  _ beta: SymmetricBeta, _ coefficients: CoefficientStatistics, _ run: Run, _ settings: Settings
) {
  run.write(DataFile(name: "chapter2-lambda", columns: lambdaColumns(beta)))
  run.write(
    DataFile(
      name: "chapter2-lambda-draws", columns: drawColumns([("larger", coefficients.histogram)])))
  run.draw(
    "lambda", into: "lambda.svg", data: ["chapter2-lambda", "chapter2-lambda-draws"],
    variables: [
      "alpha": text(settings.alpha), "mean": text(0.5 + beta.meanDeviation),
      "draws": String(settings.batches * settings.batchSize),
    ])
}

/// Records the moments of λ′ of each seed, and the exact ones.
func recordMoments(_ beta: SymmetricBeta, _ coefficients: [CoefficientStatistics], _ run: Run) {
  run.record(metric: "lambda.mean", values: coefficients.map(\.mean))
  run.record(metric: "lambda.deviation", values: coefficients.map(\.deviation))
  run.record(metric: "lambda.mean.exact", values: [0.5 + beta.meanDeviation])
  run.record(
    metric: "lambda.deviation.exact",
    values: [(beta.variance - beta.meanDeviation * beta.meanDeviation).squareRoot()])
  for sharing in MixingCoefficients.Sharing.allCases {
    run.record(
      metric: "batchMean.deviation.\(sharing.rawValue)",
      values: coefficients.map { $0.batchDeviation[sharing.rawValue]! })
  }
}

// ## Columns of the data files {.fold}

/// A number as files and figures show it: "0.75", "1".
func text(_ number: some BinaryFloatingPoint) -> String {
  String(format: "%g", Double(number))
}

/// A row for each pixel, with its position and its colours in each mixture, 0 to 255.
func pixelColumns(_ blends: Blends, _ images: LabelledImages) -> [DataColumn] {
  let places = (0..<images.height * images.width)
  return [
    DataColumn("x", places.map { $0 % images.width }),
    DataColumn("y", places.map { $0 / images.width }),
  ]
    + blends.pixels.enumerated().flatMap { blend, pixels in
      ["red", "green", "blue"].enumerated().map { channel, name in
        DataColumn(
          "\(name)\(blend + 1)", places.map { Int((255 * pixels[3 * $0 + channel]).rounded()) })
      }
    }
}

/// A row for each class, with its name and its probability in each mixture.
func labelColumns(_ blends: Blends, _ classNames: [String]) -> [DataColumn] {
  [DataColumn("class", classNames)]
    + blends.labels.enumerated().map { DataColumn("p\($0 + 1)", $1) }
}

/// A row for each of 197 points of the article's panels, with a column for each density.
func densityColumns(_ alphas: [Double]) -> [DataColumn] {
  let points = (0...196).map { 0.01 + 0.005 * Double($0) }
  return [DataColumn("x", points)]
    + alphas.map { α in
      let beta = SymmetricBeta(alpha: α)
      return DataColumn("alpha\(text(α))", points.map { beta.density(at: $0) })
    }
}

/// A row for each bin, with its centre and a column for each histogram.
func drawColumns(_ histograms: some Sequence<(String, Histogram)>) -> [DataColumn] {
  let histograms = Array(histograms)
  return [DataColumn("x", histograms[0].1.centres)]
    + histograms.map { DataColumn($0, $1.density) }
}

/// A row for each of 999 points, with the densities of λ and λ′; both λ and 1 − λ contribute to λ′.
func lambdaColumns(_ beta: SymmetricBeta) -> [DataColumn] {
  let points = (1..<1000).map { Double($0) / 1000 }
  return [
    DataColumn("x", points), DataColumn("lambda", points.map { beta.density(at: $0) }),
    DataColumn(
      "larger", points.map { $0 < 0.5 ? 0 : beta.density(at: $0) + beta.density(at: 1 - $0) }),
  ]
}
