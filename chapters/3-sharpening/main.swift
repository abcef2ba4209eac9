// # Chapter 3: Sharpening, seen on MNIST
//
// MixMatch learns from images that nobody has labelled by guessing their labels itself. A guess is
// a distribution over the classes, and the method does not take it as it comes: it *sharpens* it
// first, which makes the likely classes likelier still. This chapter looks at that one step alone.
// There is no mixup here and no augmentation; there are handwritten digits, a network of two
// convolutions, and a single number, the temperature T.
//
//     make chapter3
//
// trains the network twice, once without sharpening (T = 1) and once with it (T = 0.5), and draws
// all 10,000 test digits on a map, coloured by what each network takes them for.

import ChapterKit
import Datasets
import Embedding
import Engine
import Foundation
import MixMatch

// ## What sharpening does
//
// The temperature changes a distribution p over the classes as it does in physics:
//
// $$ \operatorname{sharpen}(p, T)_i = \frac{p_i^{1/T}}{\sum_j p_j^{1/T}} $$
//
// At T = 1 nothing happens. Below 1 the powers favour what is already large, and in the limit T → 0
// all of the mass lies on one class: the guess has become a hard label.
//
// [[Sources/MixMatch/Sharpening.swift: sharpen]]
//
// To see it at work, draw ten numbers from a normal distribution, make them a distribution with a
// softmax, and sharpen that.
//
// ![A random distribution over ten classes, sharpened at three
// temperatures.](sharpening.svg "Three bar charts of the same ten classes, for T = 1, 0.5 and 0.1: the
// highest bar grows until hardly another is left.")

/// One random distribution over ten classes, at several temperatures; a column each.
func sharpenedDistribution(seed: Int, temperatures: [Double]) -> [[Float]] {
  var random = RandomStream(seed: UInt64(seed), "sharpening a random distribution")
  let logits = Tensor((0..<10).map { _ in random.normal() }, shape: [1, 10])
  return temperatures.map { T in sharpen(softmax(logits), temperature: T).scalars }
}

// ## Why it should help
//
// A network that is trained on its own guesses has an easy way to be right: to be unsure. If it
// says 0.3 for every digit it looks at and is then told "0.3, as you said", nothing is learned. A
// sharpened guess always asks for a little more certainty than the network has. Classifiers that
// are sure of unlabelled data have their decision boundaries where there is little data, and this
// wish for low entropy [^8] is one of the three ideas that MixMatch puts
// together.
//
// ## The experiment
//
// Of the 60,000 training images of MNIST, 500 drawn at random keep their label. The unlabelled
// batches are drawn from all 60,000, as in the article's notebook. Everything that can be chosen
// has its place here:

/// The scale of the experiment, and its constants.
struct Settings: Encodable {
  var labelled = 500
  var trainingImages = 60_000
  var testImages = 10_000
  var epochs = 10
  var labelledBatch = 64
  var unlabelledBatch = 128
  var unlabelledWeight: Float = 10
  var rampSteps = 800
  var peakLearningRate: Float = 3e-3
  var weightDecay: Float = 1e-4
  var principalComponents = 50
  var embeddingIterations = 1000

  /// The article's own scale.
  static let article = Settings()

  /// Every path in a few seconds; what comes out means nothing.
  static let smoke = Settings(
    labelled: 100, trainingImages: 2000, testImages: 600, epochs: 2, rampSteps: 10,
    embeddingIterations: 300)
}

// The network is small: two convolutions that halve the image each, one batch normalisation, the
// mean over what is left of the image, and a linear layer. The digits are grey; the article's
// library reads them as three equal channels, and so do we.

/// The article's classifier: 28×28 pixels in three channels to ten logits.
func makeNetwork(seed: Int) -> Sequential {
  var random = RandomStream(seed: UInt64(seed), "initial weights")
  return Sequential(
    Conv2d(
      inputChannels: 3, outputChannels: 64, kernelSize: 3, stride: 2, padding: 1,
      activation: .relu, random: &random),
    Conv2d(
      inputChannels: 64, outputChannels: 128, kernelSize: 3, stride: 2, padding: 1,
      activation: .relu, random: &random),
    BatchNorm(channels: 128),
    GlobalAveragePool(),
    Linear(inputs: 128, outputs: 10, random: &random))
}

// ## Training
//
// Each step sees 64 labelled images x with their labels and 128 unlabelled ones u. The network's
// prediction for u, sharpened, is the guess q; the gradient does not flow through it, for the guess
// is what the network is to move towards, not something it may bend to its liking. The loss has two
// terms,
//
// $$ L = H(y, p(x)) + λ\, r\, \lVert p(u) − q \rVert^2 $$
//
// cross-entropy where the truth is known and mean squared error where it is only guessed: the
// squared error is bounded, and so is the harm that a confident wrong guess can do. λ is 10 here,
// and the ramp r grows from 0 to 1 over the first 800 steps, while guesses are worth little.
//
// Deviation: the notebook runs the network on u twice, once for the guess and once for the loss.
// Without augmentation both runs give the same prediction; here it is computed once. The notebook's
// batch norm therefore moves its running moments towards those of u twice in each step, ours once.
//
// At T = 1 the guess *is* the prediction: the second term and its gradient are exactly zero, and
// but for batch norm's running moments, which u moves too, the network learns from 500 images
// alone. That is the baseline that the article's "without sharpening" amounts to.

/// What a trained network says about each test image.
struct Predictions: Codable {
  var classes: [Int] = []
  var confidences: [Float] = []
  var accuracy = 0.0
  /// Of the weights after 1, 10, 100 … steps and at the end.
  var fingerprints = WeightFingerprints()
}

/// Trains a network with guesses sharpened at temperature `T`, and has it classify the test images.
func train(
  on digits: ImageDataset, temperature T: Double, seed: Int, settings: Settings,
  progress: StageProgress
) throws -> Predictions {
  let images = digits.train
  let split = try LabelSplit(
    labels: images.labels, labelled: settings.labelled, seed: UInt64(seed))
  var labelledBatches = ShuffledBatches(
    of: settings.labelled, size: settings.labelledBatch, seed: UInt64(seed), name: "labelled")
  var unlabelledBatches = ShuffledBatches(
    of: images.count, size: settings.unlabelledBatch, seed: UInt64(seed), name: "unlabelled")

  let network = makeNetwork(seed: seed)
  let steps = settings.epochs * unlabelledBatches.batchesPerEpoch
  let trainer = Trainer(
    network, schedule: OneCycle(steps: steps, peak: settings.peakLearningRate),
    weightDecay: settings.weightDecay)

  let checkpoints = progress.checkpoints(steps, of: ["trainer": trainer])
  for step in try checkpoints.resume() {
    let labelled = labelledBatches(step).map { split.labelled[$0] }
    let unlabelled = unlabelledBatches(step)

    let prediction = softmax(network(images.tensor(unlabelled), .training))
    let guess = sharpen(prediction.detached, temperature: T)
    let labelledLoss = crossEntropy(
      network(images.tensor(labelled), .training), labels: images.classes(labelled))
    let unlabelledLoss = meanSquaredError(prediction, guess)
    let ramp = linearRamp(step, over: settings.rampSteps)
    let loss = labelledLoss + settings.unlabelledWeight * ramp * unlabelledLoss

    try trainer.step(loss, at: step)
    progress.update(
      step + 1, of: steps,
      [.loss(loss.scalar), .accuracy(share(of: prediction, matching: images.classes(unlabelled)))])
    try checkpoints.saveIfDue(after: step)
  }
  var predictions = classify(digits.test, with: network)
  predictions.fingerprints = trainer.fingerprints
  return predictions
}

/// The network's answers for a set of images, and how many of them are right.
func classify(_ images: LabelledImages, with network: Sequential) -> Predictions {
  let answers = predict(network, count: images.count) { images.tensor($0) }.rowMaxima()
  let right = zip(answers, images.labels).count { $0.index == Int($1) }
  return Predictions(
    classes: answers.map(\.index), confidences: answers.map(\.value),
    accuracy: Double(right) / Double(images.count))
}

/// The share of rows of `prediction` whose likeliest class is the true one; shown while training
/// runs, as the method itself never sees these labels.
func share(of prediction: Tensor, matching classes: [Int]) -> Double {
  let right = zip(prediction.rowMaxima(), classes).count { $0.index == $1 }
  return Double(right) / Double(classes.count)
}

// ## A map of the test images
//
// To see where a network is unsure, put the 10,000 test images on a map on which similar images are
// neighbours. Fifty principal components keep most of what tells the digits apart; t-SNE [^9] lays
// them out in the plane. The map knows nothing of labels or networks,
// and so the same one serves for every temperature.

/// Where t-SNE puts each test image, and the divergence it ends with.
struct DigitMap: Codable {
  var x: [Float]
  var y: [Float]
  var divergence: Double
}

/// Lays the images out in the plane.
func drawMap(of images: LabelledImages, settings: Settings, progress: StageProgress) throws
  -> DigitMap
{
  let rows = Matrix(
    rows: images.count, columns: images.height * images.width,
    values: images.pixels.map { Float($0) / 255 })
  let components = PCA(fitting: rows, components: settings.principalComponents).transform(rows)
  var tsne = TSNE()
  tsne.iterations = settings.embeddingIterations
  let embedding = try tsne.embed(components) { iteration, divergence in
    let readings = divergence.map { [ProgressMetric.divergence($0)] } ?? []
    progress.update(iteration, of: settings.embeddingIterations, readings)
  }
  return DigitMap(
    x: embedding.points.map(\.x), y: embedding.points.map(\.y),
    divergence: embedding.klDivergence)
}

// ## What came out
//
// | test accuracy              | measured                   | article            |
// | -------------------------- | -------------------------- | ------------------ |
// | T = 1, without sharpening  | {chapter3.accuracy.T1 %}   | [80.1 %]{.article} |
// | T = 0.5, with it           | {chapter3.accuracy.T0.5 %} | [90.7 %]{.article} |
//
// The article's notebook, as saved, has [78.57 %]{.article} at T = 1 and [90.70 %]{.article} at
// T = 0.5. On the maps below colour is what the network takes a digit for, and a mark is the larger
// the less sure it is.
//
// ![Without sharpening, T = 1.](tsne-T1.png "A map of 10,000 dots in some ten clusters, most of one
// colour each, with many large dots of other colours in between.")
//
// ![With sharpening, T = 0.5: the same map.](tsne-T0.5.png "The same map of 10,000 dots; the clusters
// are more of one colour each, and large dots are fewer.")
//
// Clusters are what t-SNE makes of the images alone; its divergence, which says how badly
// neighbourhoods are kept, is {chapter3.tsne.kl .3}.
//
// ## Running it {.fold}
//
// Each training and the map are stages of their own: what is done is kept, and only what a changed
// setting touches is done again. With several seeds (`make chapter3 SEEDS=3`) the table gives mean
// and standard deviation over them, and the figures show the first.

let temperatures = CommandLineOption(
  "temperatures", .numbers("numbers above 0") { $0 > 0 }, default: [1, 0.5],
  "the temperatures to train with, each with a figure of its own")

// The article's accuracies after ten epochs, as its text gives them.

let articleAccuracy = [1: 0.801, 0.5: 0.907]

let chapter = Chapter(
  3, "Sharpening",
  summary: "trains a small network on MNIST with 500 labels, without and with sharpened guesses,\n"
    + "and draws what it makes of the test images on a t-SNE map.",
  presets: [
    .scale(.smoke, costs: "seconds; every path, results that mean nothing"),
    .alias(.short, of: .article),
    .scale(.article, costs: "about 4 minutes a seed on 2 cores"),
  ],
  options: [temperatures])

exit(
  chapter.run { run in
    let settings = run.preset == .smoke ? Settings.smoke : Settings.article
    try run.record(settings: settings)
    let digits = try run.dataset(
      .mnist, train: settings.labelled, test: 2 * settings.principalComponents
    ).prefix(
      train: settings.trainingImages, test: settings.testImages)

    // One random distribution, three temperatures: the first figure.
    let examples = [1, 0.5, 0.1]
    let bars = sharpenedDistribution(seed: run.seeds[0], temperatures: examples)
    run.write(
      DataFile(
        name: "chapter3-sharpening",
        columns: [DataColumn("class", 0..<10)]
          + zip(examples, bars).map { DataColumn(columnName($0), $1) }))
    run.draw("sharpening", into: "sharpening.svg", data: ["chapter3-sharpening"])

    // The two trainings, seed by seed.
    var shown: [(T: Double, predictions: Predictions)] = []
    for T in run[temperatures] {
      let predictions = try run.seeds.map { seed in
        let name = "train \(columnName(T)) seed \(seed)"
        let predictions = try run.stage(
          name, on: digits,
          inputs: ["settings": settings, "temperature": T, "seed": seed],
          counting: .images(perStep: settings.labelledBatch + settings.unlabelledBatch)
        ) { progress in
          try train(on: digits, temperature: T, seed: seed, settings: settings, progress: progress)
        }
        run.record(predictions.fingerprints, ofStage: name)
        return predictions
      }
      shown.append((T, predictions[0]))
      run.record(metric: "accuracy.\(columnName(T))", values: predictions.map(\.accuracy))
    }

    // The map, and on it what each network says.
    let map = try run.stage("map of the test images", on: digits, inputs: ["settings": settings]) {
      try drawMap(of: digits.test, settings: settings, progress: $0)
    }
    run.record(metric: "tsne.kl", values: [map.divergence])
    run.write(DataFile(name: "chapter3-tsne", columns: mapColumns(map, digits.test, shown)))
    run.write(DataFile(name: "chapter3-tsne-labels", columns: nameColumns(map, digits.test)))
    for (T, predictions) in shown {
      run.draw(
        "tsne", into: "tsne-\(columnName(T)).png",
        data: ["chapter3-tsne", "chapter3-tsne-labels"],
        variables: [
          "temperature": String(columnName(T).dropFirst()),
          "accuracy": String(format: "%.1f", predictions.accuracy * 100),
        ])
      run.report([
        Comparison(
          "test accuracy at \(columnName(T))", metric: "accuracy.\(columnName(T))",
          article: articleAccuracy[T], as: .percent)
      ])
    }
    run.report([
      Comparison("t-SNE's divergence", metric: "tsne.kl", article: nil, as: .decimals(3))
    ])
  })

// ## Columns of the data files {.fold}

/// "T1" or "T0.5": how files and metrics call a temperature.
func columnName(_ T: Double) -> String {
  "T" + ("\(T)".hasSuffix(".0") ? "\(T)".dropLast(2) : "\(T)")
}

/// A row for each test image: its place, its true class, and each network's answer.
func mapColumns(
  _ map: DigitMap, _ images: LabelledImages, _ shown: [(T: Double, predictions: Predictions)]
) -> [DataColumn] {
  [DataColumn("x", map.x), DataColumn("y", map.y), DataColumn("label", images.labels)]
    + shown.flatMap { T, predictions in
      [
        DataColumn("predicted_\(columnName(T))", predictions.classes),
        DataColumn("confidence_\(columnName(T))", predictions.confidences),
      ]
    }
}

/// Where the map is to name each digit: at the median of its images.
func nameColumns(_ map: DigitMap, _ images: LabelledImages) -> [DataColumn] {
  let digits = Set(images.labels).sorted()
  func medians(_ coordinates: [Float]) -> [Float] {
    digits.map { digit in
      let values = zip(coordinates, images.labels).filter { $0.1 == digit }.map(\.0).sorted()
      return values[values.count / 2]
    }
  }
  return [
    DataColumn("digit", digits), DataColumn("x", medians(map.x)), DataColumn("y", medians(map.y)),
  ]
}
