// # Chapter 2: Mixup, two images in one
//
// A large network can learn five hundred images by heart. It then answers rightly, and with full
// confidence, on each of them, and what it answers in between is left to chance. Mixup [^4]
// asks for something in between: it lays two images over each other, the one strong and
// the other faint, and wants both labels back in the same proportion. MixMatch does that to every
// image it trains on, labelled or guessed. This chapter looks at the step alone; nothing is
// trained here.
//
//     make chapter2
//
// blends two images of CIFAR-10, draws the distribution that the proportions come from, and checks
// what is drawn from it against what can be worked out.

import ChapterKit
import Datasets
import Engine
import Foundation
import MixMatch

// ## Blending
//
// Of two images x₁ and x₂ with labels p₁ and p₂, mixup makes one:
//
// $$ x′ = λ′ x_1 + (1 − λ′) x_2 $$
// $$ p′ = λ′ p_1 + (1 − λ′) p_2 $$
//
// The same coefficient serves both lines, and so does the same function: an image is numbers, and a
// label is numbers, the probabilities of the classes.
//
// [[Sources/MixMatch/Mixup.swift: mixup]]
//
// Labels that are guesses can be mixed as well as true ones, and a
// blend of two distributions is again a distribution.
//
// To see it, take two training images of different classes and blend them more and more evenly:
//
// ![Two images and their labels, blended with smaller and smaller
// λ′.](mixup.png "Seven pictures in a row, from one photograph over its blends with a second to the
// second alone; below each, bars with the probabilities of the two classes.")

/// What two images become with each of several coefficients.
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
    oneHot(images.classes(a), classes: dataset.classNames.count),
    oneHot(images.classes(b), classes: dataset.classNames.count), lambda: λ)
  return Blends(
    classes: images.classes([first, second]),
    pixels: lambdas.indices.map { x[$0..<$0 + 1].scalars },
    labels: lambdas.indices.map { p[$0..<$0 + 1].scalars })
}

// ## Where the proportions come from
//
// λ is drawn anew for every batch or every image, from the distribution Beta(α, α) on [0, 1]:
//
// $$ f(λ) = \frac{(λ (1 − λ))^{α − 1}}{B(α, α)} $$
//
// The one parameter says how strongly to mix. With α → 0 all of the mass moves to the two ends and
// every image stays itself; α = 1 makes all proportions equally likely; with α → ∞ everything is
// mixed half and half. The paper recommends α = 0.75, which is nearly even but prefers the ends.
//
// There are many ways to draw from a Beta distribution, most of which throw dice until the result
// suits them. For two equal parameters one formula does: with U and V uniform,
//
// $$ t = \sqrt{U^{−1/α} − 1}\, \cos 2πV $$
// $$ λ = \frac{1}{2} \left(1 + \frac{t}{\sqrt{1 + t^2}}\right) $$
//
// [[Sources/MixMatch/Beta.swift: SymmetricBeta.draw]]
//
// That it is right can be seen: the figure has the article's five densities, each over a histogram
// of the sampler's own draws.
//
// ![The density of Beta(α, α) for the article's five α, and where draws
// fell.](beta.svg "Five panels, each a curve over a histogram that follows it: high at both ends for
// α = 0.2 and 0.75, flat for 1, a hill for 10, a spike in the middle for 100.")

/// Where draws fell: an estimate of their density.
struct Histogram: Codable {
  /// The middle of each bin.
  var centres: [Double]
  /// The share of all draws that fell into each bin, divided by the bin's width.
  var density: [Double]

  /// Counts `draws` in bins of equal width; some may lie outside of `range`.
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

/// A histogram of draws from Beta(α, α), where the article's panels show its density.
func histogram(alpha α: Double, seed: Int, settings: Settings) -> Histogram {
  let beta = SymmetricBeta(alpha: α)
  var random = RandomStream(seed: UInt64(seed), "draws from Beta")
  let draws = (0..<settings.draws).map { _ in beta.draw(random: &random) }
  return Histogram(of: draws, in: 0.01...0.99, bins: settings.bins)
}

// ## The larger part stays in front
//
// MixMatch has one loss for labelled images and another for unlabelled ones, and mixes the two
// kinds with each other. A blend must still count as one of them. So the paper takes
//
// $$ λ′ = \max(λ, 1 − λ) $$
//
// which leaves the first image the larger part of every blend: a labelled image remains mostly a
// labelled one. Half of the distribution is folded onto the other half.
//
// ![The distributions of λ and of λ′, and draws of λ′.](lambda.svg "Left a curve over the range
// from 0 to 1, its two halves in two colours; right the one half put on top of the other, dots of
// draws along its edge, and a line at the mean.")
//
// Mean and variance of what comes out have closed forms,
//
// $$ \operatorname{E} λ′ = \frac{1}{2} + \frac{1}{α\,4^α\,B(α, α)} $$
// $$ \operatorname{Var} λ′ = \frac{1}{4 (2α + 1)} − \left(\operatorname{E} λ′ − \frac{1}{2}\right)^2 $$
//
// and so an image keeps {chapter2.lambda.mean.exact %} of itself on average. What was drawn has a mean
// of {chapter2.lambda.mean .4} and a deviation of {chapter2.lambda.deviation .4}; the formulas say
// {chapter2.lambda.mean.exact .4} and {chapter2.lambda.deviation.exact .4}.
//
// ## One for all, or each its own
//
// The article's notebook draws one λ′ for a whole batch, the paper's code one for each image. To a
// single image it is all the same. To a step of the training it is not: with one λ′ for all, some
// batches are hardly mixed and others thoroughly. With a λ′ for each of 64 images, the mean over
// the batch varies an eighth as much: over many batches its deviation is
// {chapter2.batchMean.deviation.batch .4} with one λ′ a batch and
// {chapter2.batchMean.deviation.example .4} with one an example. `MixingCoefficients` draws them
// either way.

/// What is drawn of λ′ with one seed.
struct Coefficients: Codable {
  var mean: Double
  var deviation: Double
  var histogram: Histogram
  /// The deviation of a batch's mean coefficient, by how its examples share draws.
  var batchDeviation: [String: Double]
}

/// Draws coefficients for many batches in both ways, and measures them.
func measureCoefficients(seed: Int, settings: Settings) -> Coefficients {
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
  return Coefficients(
    mean: mean, deviation: deviation,
    histogram: Histogram(of: all, in: 0.5...1, bins: settings.bins),
    batchDeviation: Dictionary(
      uniqueKeysWithValues: MixingCoefficients.Sharing.allCases.map { sharing in
        (sharing.rawValue, moments(of: batches(sharing).map { moments(of: $0).mean }).deviation)
      }))
}

/// The mean of some numbers, and their root mean square distance from it.
func moments(of numbers: [Double]) -> (mean: Double, deviation: Double) {
  let mean = numbers.reduce(0, +) / Double(numbers.count)
  let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (squares / Double(numbers.count)).squareRoot())
}

// ## Running it {.fold}
//
// Everything that can be chosen has its place here. With another seed (`make chapter2 SEED=1`) two
// other images are blended; `--alpha` changes the α of the third figure and of the table.

/// The scale of the chapter, and its constants.
struct Settings: Encodable {
  /// The coefficients of the first figure, which ends with the second image alone.
  var lambdas: [Float] = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0]
  /// The parameters of the second figure: the article's.
  var panels = [0.2, 0.75, 1, 10, 100]
  /// The parameter of the third figure and of what is measured.
  var alpha = 0.75
  var draws = 100_000
  var bins = 49
  var batches = 10_000
  var batchSize = 64

  /// The scale of the figures that one keeps.
  static let article = Settings()

  /// Every path in a second; what comes out means nothing.
  static let smoke = Settings(draws: 2000, batches: 40)
}

let alpha = CommandLineOption(
  "alpha", .number("a number from 0.05 to 1000") { (0.05...1000).contains($0) },
  default: Settings.article.alpha, "how strongly to mix: the α of the coefficients")

let chapter = Chapter(
  2, "Mixup",
  summary: "blends two images of CIFAR-10 and their labels, and draws the distribution that says\n"
    + "how strongly.",
  presets: [
    .scale(.smoke, costs: "seconds; every path, results that mean nothing"),
    .alias(.short, of: .article),
    .scale(.article, costs: "seconds"),
  ],
  options: [alpha])

exit(
  chapter.run { run in
    var settings = run.preset == .smoke ? Settings.smoke : Settings.article
    settings.alpha = run[alpha]
    try run.record(settings: settings)
    let dataset = try run.dataset(.cifar10, train: 2, test: 1)

    // Two images, more and more evenly.
    let blends = try run.stage(
      "blends", on: dataset, inputs: ["lambdas": settings.lambdas, "seed": run.seeds[0]]
    ) { _ in
      blendTwoImages(of: dataset, lambdas: settings.lambdas, seed: run.seeds[0])
    }
    run.write(
      DataFile(name: "chapter2-images", columns: pixelColumns(blends, dataset.train), kind: .pixels)
    )
    run.write(DataFile(name: "chapter2-labels", columns: labelColumns(blends, dataset.classNames)))
    run.draw(
      "mixup", into: "mixup.png", data: ["chapter2-images", "chapter2-labels"],
      variables: [
        "lambdas": settings.lambdas.map { text($0) }.joined(separator: " "),
        "classes": blends.classes.map { String($0) }.joined(separator: " "),
      ])

    // The five panels.
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

    // λ′, seed by seed, beside what it should be.
    let beta = SymmetricBeta(alpha: settings.alpha)
    let coefficients = try run.seeds.map { seed in
      try run.stage("coefficients seed \(seed)", inputs: ["settings": settings, "seed": seed]) {
        _ in measureCoefficients(seed: seed, settings: settings)
      }
    }
    run.write(DataFile(name: "chapter2-lambda", columns: foldColumns(beta)))
    run.write(
      DataFile(
        name: "chapter2-lambda-draws", columns: drawColumns([("larger", coefficients[0].histogram)])
      ))
    run.draw(
      "lambda", into: "lambda.svg", data: ["chapter2-lambda", "chapter2-lambda-draws"],
      variables: [
        "alpha": text(settings.alpha), "mean": text(0.5 + beta.meanDeviation),
        "draws": String(settings.batches * settings.batchSize),
      ])
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
    run.report(
      [
        ("mean of λ′ at α = \(text(settings.alpha))", "lambda.mean"),
        ("    worked out", "lambda.mean.exact"),
        ("deviation of λ′", "lambda.deviation"),
        ("    worked out", "lambda.deviation.exact"),
        ("deviation of its mean over a batch, one λ′ a batch", "batchMean.deviation.batch"),
        ("    one λ′ an example", "batchMean.deviation.example"),
      ].map { Comparison($0, metric: $1, article: nil, as: .decimals(4)) })
  })

// ## Columns of the data files {.fold}

/// "0.75" or "1": how files and figures write a number.
func text(_ number: some BinaryFloatingPoint) -> String {
  String(format: "%g", Double(number))
}

/// A row for each pixel: its place, and the colours it has in each blend, 0 to 255.
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

/// A row for each class: its name, and its probability in each blend.
func labelColumns(_ blends: Blends, _ classNames: [String]) -> [DataColumn] {
  [DataColumn("class", classNames)]
    + blends.labels.enumerated().map { DataColumn("p\($0 + 1)", $1) }
}

/// A row for each of 197 points of the article's panels, and a density a column.
func densityColumns(_ alphas: [Double]) -> [DataColumn] {
  let points = (0...196).map { 0.01 + 0.005 * Double($0) }
  return [DataColumn("x", points)]
    + alphas.map { α in
      let beta = SymmetricBeta(alpha: α)
      return DataColumn("alpha\(text(α))", points.map { beta.density(at: $0) })
    }
}

/// A row for each bin: its middle, and the density of the draws, a histogram a column.
func drawColumns(_ histograms: some Sequence<(String, Histogram)>) -> [DataColumn] {
  let histograms = Array(histograms)
  return [DataColumn("x", histograms[0].1.centres)]
    + histograms.map { DataColumn($0, $1.density) }
}

/// A row for each of 999 points: the densities of λ and of λ′, to which both λ and 1 − λ contribute.
func foldColumns(_ beta: SymmetricBeta) -> [DataColumn] {
  let points = (1..<1000).map { Double($0) / 1000 }
  return [
    DataColumn("x", points), DataColumn("lambda", points.map { beta.density(at: $0) }),
    DataColumn(
      "larger", points.map { $0 < 0.5 ? 0 : beta.density(at: $0) + beta.density(at: 1 - $0) }),
  ]
}
