// # Chapter 3: Sharpening, seen on MNIST
//
// MixMatch predicts a distribution over the classes for each unlabelled image and *sharpens* it, which raises the
// largest probabilities and lowers the small ones. The result is the guess that the network is trained on. This chapter
// looks at that one step alone. There is no mixup here and no augmentation; there are handwritten digits, a network of
// two convolutions, and a single number, the temperature T.
//
//     make chapter3
//
// trains the network twice, once without sharpening (T = 1) and once with it (T = 0.5), and draws all 10,000 test
// digits on a map, coloured by each network's predictions.

import ChapterKit
import Datasets
import Embedding
import Engine
import Experiments
import Foundation
import MixMatch

// ## What sharpening does
//
// Sharpening raises each probability of a distribution q̄ over the classes to the power 1/T and normalises the
// result; T is called the temperature:
//
// $$ \operatorname{sharpen}(\bar q, T)_i = \frac{\bar q_i^{1/T}}{\sum_j \bar q_j^{1/T}} $$
//
// At T = 1 nothing happens. Below 1 the larger probabilities gain and the smaller ones lose, and in the limit T → 0 the
// largest one becomes 1: the guess has become a hard label.
//
// [[Sources/MixMatch/Sharpening.swift: sharpen]]
//
// To see it at work, draw ten numbers from a normal distribution, make them a distribution with a softmax, and sharpen
// that. Sharpening raises the ratio of two probabilities to the power 1/T, so two classes with almost equal
// probabilities can both remain at a low temperature, while the entropy falls.
//
// ![A random distribution over ten classes, sharpened at three temperatures.](sharpening.svg "Three bar charts of the
// same ten classes, for T = 1, 0.5 and 0.1: the two highest bars grow, and at T = 0.1 hardly another is left.")
//
// [[try sharpening: chapter3-sharpening T1]]

/// One random distribution over ten classes, at several temperatures; a column each.
func sharpenedDistribution(seed: Int, temperatures: [Double]) -> [[Float]] {
  var random = RandomStream(seed: UInt64(seed), "sharpening a random distribution")
  let logits = Tensor.normal(shape: [1, 10], random: &random)
  return temperatures.map { T in sharpen(softmax(logits), temperature: T).scalars }
}

// ## Why it should help
//
// A network that is trained on its own guesses can reach a loss of zero without changing. If it gives a "3" a
// probability of 0.3, a little more than each other digit, and is then told "0.3, as you said", it learns nothing. A
// sharpened guess asks for more certainty than the network has, unless all classes are equally likely or one is
// certain. A network can be sure of most unlabelled images only if its decision boundaries, where the predicted class
// changes, lie where there are few images. If the images of a class form clusters, such boundaries run between
// clusters, and a few labels in a cluster decide the class of all its images. This is *entropy minimisation* [^8], one
// of the three kinds of regularisation that MixMatch combines.
//
// ## The experiment
//
// Of the 60,000 training images of MNIST, 500 drawn at random keep their label. The unlabelled batches are drawn from
// all 60,000, as in the article's notebook. These are the settings:

/// The scale and the constants of the experiment.
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

  /// A run of a few seconds that exercises all code; its results mean nothing.
  static let smoke = Settings(
    labelled: 100, trainingImages: 2000, testImages: 600, epochs: 2, rampSteps: 10,
    embeddingIterations: 300)
}

// The network is small: two convolutions that each halve the image, one batch normalisation, the mean over the
// remaining pixels, and a linear layer. The digits are grey; the article's library reads them as three equal
// channels, and so does this chapter.

// [[Sources/Experiments/DigitClassifier.swift: digitClassifier]]
//
// ## Training
//
// Each step sees a batch X of 64 labelled images x with their labels p, and a batch U of 128 unlabelled images u.
// We write f(x) for the network's prediction, a distribution over the classes. The prediction for u, q̄ = f(u), is
// sharpened to the guess q. No gradient flows through q, because it is the target. The loss has two terms,
//
// $$ L = \frac{1}{|X|} \sum_{(x, p) \in X} H(p, f(x)) + λ_u\, r\, \frac{1}{C\,|U|} \sum_{u \in U} \lVert f(u) − q \rVert^2 $$
//
// the cross-entropy $H(p, f) = − \sum_i p_i \ln f_i$ where the label is known, and the squared error where it is only
// guessed: the squared error is bounded, and so is the harm that a confident wrong guess can do. Both are means over
// their batch, the squared error also over the C = 10 classes. The weight λᵤ is 10 here, and the ramp r grows from 0 to
// 1 over the first 800 steps, while guesses are still poor. The optimiser is Adam with decoupled weight decay, and the
// learning rate follows a one-cycle schedule up to 3·10⁻³.
//
// Departure: the notebook runs the network on the unlabelled images twice in each step, for the guess and for the
// loss. Each run moves batch norm's running statistics, the mean and variance that evaluation uses, towards those of
// the unlabelled images. Here the network runs once, because without augmentation both runs give the same prediction.
//
// At T = 1 the guess *is* the prediction: the second term and its gradient are exactly zero. Apart from batch norm's
// running statistics, which the unlabelled images also change, the network then learns from the 500 labelled images
// only. That is the baseline that the article's "without sharpening" amounts to.

/// The loss of a batch, with guesses sharpened at temperature `T`, and the predictions for the unlabelled images.
func batchLoss(
  of network: any Layer, labelled: [Int], unlabelled: [Int], in images: LabelledImages,
  temperature T: Double, step: Int, settings: Settings
) -> (loss: Tensor, prediction: Tensor) {
  let prediction = softmax(network(images.tensor(unlabelled, scaling: .unit), .training))
  let guess = sharpen(prediction.detached, temperature: T)
  let labelledLoss = crossEntropy(
    network(images.tensor(labelled, scaling: .unit), .training),
    labels: images.labels(at: labelled))
  let unlabelledLoss = meanSquaredError(prediction, guess)
  let ramp = linearRamp(step, over: settings.rampSteps)
  return (labelledLoss + settings.unlabelledWeight * ramp * unlabelledLoss, prediction)
}

// The test images are evaluated after each epoch, as in the article. These accuracies are only reported; no setting is
// chosen by them.
//
// The rest is the training loop. An interrupted run resumes from the last of its `checkpoints`. A fingerprint of the
// weights shows whether two runs agree to the last bit.
//
// {.fold}

/// A trained network's evaluation on the test images, its accuracy on them after each epoch, and fingerprints of its
/// weights after 1, 10, 100 … steps.
struct Outcome: Codable {
  var evaluation: Evaluation
  var curve: [Double]
  var fingerprints: WeightFingerprints
}

// {.fold}

/// Trains a network with guesses sharpened at temperature `T`, and evaluates it on the test images.
func train(
  on digits: ImageDataset, temperature T: Double, seed: Int, settings: Settings,
  progress: StageProgress
) throws -> Outcome {
  let images = digits.train
  let split = try LabelSplit(
    labels: images.labels, labelled: settings.labelled, seed: UInt64(seed))
  var labelledBatches = ShuffledBatches(
    of: settings.labelled, size: settings.labelledBatch, seed: UInt64(seed), name: "labelled")
  var unlabelledBatches = ShuffledBatches(
    of: images.count, size: settings.unlabelledBatch, seed: UInt64(seed), name: "unlabelled")

  var random = RandomStream(seed: UInt64(seed), "initial weights")
  let network = digitClassifier(random: &random)
  let stepsPerEpoch = unlabelledBatches.batchesPerEpoch
  let steps = settings.epochs * stepsPerEpoch
  let trainer = Trainer(
    network, schedule: OneCycle(steps: steps, peak: settings.peakLearningRate),
    weightDecay: settings.weightDecay)

  let curve = ResumableValue([Double]())
  let checkpoints = progress.checkpoints(steps, of: ["trainer": trainer, "curve": curve])
  for step in try checkpoints.resume() {
    let unlabelled = unlabelledBatches(step)
    let (loss, prediction) = batchLoss(
      of: network, labelled: labelledBatches(step).map { split.labelled[$0] },
      unlabelled: unlabelled, in: images, temperature: T, step: step, settings: settings)
    try trainer.step(loss)
    if (step + 1).isMultiple(of: stepsPerEpoch) {
      curve.value.append(try evaluate(network, on: digits.test, scaling: .unit).accuracy)
    }
    progress.update(
      step + 1, of: steps,
      [
        .loss(loss.scalar),
        // For the progress display only: the method does not see these labels.
        .accuracy(accuracy(of: prediction, labels: images.labels(at: unlabelled))),
      ])
    try checkpoints.saveIfDue(after: step)
  }
  return Outcome(
    evaluation: try evaluate(network, on: digits.test, scaling: .unit), curve: curve.value,
    fingerprints: trainer.fingerprints)
}

// ## A map of the test images
//
// To see where a network is unsure, put the 10,000 test images on a map on which similar images are
// neighbours. The pixels of an image are reduced to 50 principal components, which keep most of what tells the digits
// apart. t-SNE [^9] starts from the first two components and then moves the images in the plane: images with similar
// components attract each other, and all images repel each other. It uses neither labels nor networks, so the same map
// serves for every temperature. Its settings are the usual ones. The perplexity, roughly the number of neighbours that
// attract an image, is 30. Of the 1,000 iterations, the first 250 have *early exaggeration*, which makes the attraction
// 12 times as strong. The repulsion by distant images is approximated (Barnes–Hut, θ = 0.5). The map does not depend on
// the number of threads.

/// The position of each test image on the map, and t-SNE's final divergence.
struct DigitMap: Codable {
  var x: [Float]
  var y: [Float]
  var divergence: Double
}

/// Computes the t-SNE map of the images.
func embed(of images: LabelledImages, settings: Settings, progress: StageProgress) throws
  -> DigitMap
{
  let rows = Matrix(
    rows: images.count, columns: images.height * images.width,
    values: images.pixels.map { Float($0) / 255 })
  let components = try PCA(fitting: rows, components: settings.principalComponents).transform(rows)
  var tsne = TSNE()
  tsne.iterations = settings.embeddingIterations
  let embedding = try tsne.embed(components) { iteration, divergence in
    let metrics = divergence.map { [ProgressMetric.divergence($0)] } ?? []
    progress.update(iteration, of: settings.embeddingIterations, metrics)
  }
  return DigitMap(
    x: embedding.points.map(\.x), y: embedding.points.map(\.y),
    divergence: embedding.klDivergence)
}

// ## Results
//
// | test accuracy              | measured                   | article            |
// | -------------------------- | -------------------------- | ------------------ |
// | T = 1, without sharpening  | {chapter3.accuracy.T1 %}   | [80.1 %]{.article} |
// | T = 0.5, with it           | {chapter3.accuracy.T0.5 %} | [90.7 %]{.article} |
//
// The article's notebook, as saved, has [78.57 %]{.article} at T = 1 and [90.70 %]{.article} at T = 0.5.
//
// ![The accuracy on the test images after each epoch.](sharpening-curves.svg "Two lines over ten epochs, with bands.
// Both rise; the one without sharpening stays level from the fourth epoch on, the other rises further, along the dots
// of the article's run.")
//
// On the maps below, the colour is the predicted class, a mark is larger the less confident the prediction is, and an
// outline marks a wrong one.
//
// ![The t-SNE map of the 10,000 test images, and the predictions of the first seed's network, trained without
// sharpening (T = 1).](tsne-T1.png "A map of 10,000 dots in some ten clusters, most of one colour each, with many large
// dots of other colours in between.")
//
// ![The same map, with the predictions of the first seed's network trained with sharpening (T = 0.5).](tsne-T0.5.png
// "The same map of 10,000 dots; the clusters are more of one colour each, and large dots are fewer.")
//
// The clusters come from the images alone. t-SNE minimises a divergence, which measures how badly the map keeps
// neighbourhoods. Here it ends at {chapter3.tsne.kl .3}; it can only be compared between maps of the same images.
//
// ## Findings
//
// Sharpening raises the accuracy by {chapter3.accuracy.T0.5 > accuracy.T1 points}, measured with {chapter3.seeds}
// seeds. The lowest accuracy of a seed with sharpening is {chapter3.accuracy.T0.5 lowest %}, the highest without it
// {chapter3.accuracy.T1 highest %}. The difference appears in the second epoch, and grows from the fifth on. After the
// first epoch the accuracy is {chapter3.epoch1.T1 %} without sharpening and {chapter3.epoch1.T0.5 %} with it, after the
// second {chapter3.epoch2.T1 %} and {chapter3.epoch2.T0.5 %}. From the fourth epoch on it no longer rises without
// sharpening. The article's values after each epoch, which are with sharpening, lie in the range of the seeds here.
//
// The maps show the first seed only. Without sharpening, uncertain and wrong predictions are scattered through whole
// clusters, most of all through those of 2 and 5. With it, most clusters have one colour: a guess that most images of a
// cluster agree on becomes the answer for nearly all of them. Far fewer marks are large, and those that remain lie more
// often than before at the edges of clusters and in the small islands between them. This is the sense in which decision
// boundaries move to places with few images. There is a danger in it, too: where the network guesses one wrong class
// for many images of a group, sharpening can make this class the confident answer for them. The maps have a small case,
// a patch of some fifty zeros at the lower right edge of their cluster. Without sharpening its predictions are mixed,
// and a quarter of them are right. With it half are right, but more than a quarter of the patch is predicted as 5,
// nearly always with a confidence above 0.9. Chapter 4 has a larger case, a class of which most images are lost. In the
// [ablations](#ablations), on CIFAR-10, the lowest recall of a class is {ablations.smallestRecall.no-sharpening %}
// without sharpening and {ablations.smallestRecall.mixmatch %} with it; the seeds differ too much to decide whether
// sharpening is the cause.
//
// ## Running it {.fold}
//
// Each training run and the map are stages: parts of the program whose results are cached. A changed setting only
// repeats the stages that depend on it. With several seeds (`make chapter3 SEEDS=3`) the table has the mean and the
// standard deviation over them, the curves have their mean and range, and the other figures show the first seed.
// `make chapter3 TEMPERATURES=1,0.5,0.25` adds a third temperature.

let temperatures = CommandLineOption(
  "temperatures", .numbers("numbers above 0") { $0 > 0 }, default: [1, 0.5],
  "temperatures to train with; each has a figure of its own")

// The article's accuracies after ten epochs, as its text gives them.

let articleAccuracy = [1: 0.801, 0.5: 0.907]

let chapter = Chapter(
  3, "Sharpening",
  summary: "trains a small network on MNIST with 500 labels, without and with sharpened guesses,\n"
    + "and draws its predictions for the test images on a t-SNE map.",
  presets: [
    .scale(.smoke, costs: "seconds; runs all code, the results mean nothing"),
    .alias(.short, of: .article), .alias(.overnight, of: .article),
    .scale(.article, costs: "2 to 14 minutes per seed on 2 cores"),
  ],
  options: [temperatures])

exit(
  chapter.run { run in
    let settings = run.preset == .smoke ? Settings.smoke : Settings.article
    try run.record(settings: settings)
    let digits = try run.dataset(
      .mnist, minimumTrain: max(settings.labelled, settings.unlabelledBatch),
      minimumTest: 2 * settings.principalComponents
    ).prefix(train: settings.trainingImages, test: settings.testImages)
    drawSharpening(run)
    let trained = try run[temperatures].map { T in
      (T: T, runs: try outcomes(of: digits, temperature: T, run, settings))
    }
    drawCurves(trained, run, settings)
    let shown = trained.map { (T: $0.T, evaluation: $0.runs[0].evaluation) }
    let map = try run.stage("map of the test images", on: digits, inputs: ["settings": settings]) {
      try embed(of: digits.test, settings: settings, progress: $0)
    }
    run.record(metric: "tsne.kl", values: [map.divergence])
    drawPredictions(shown, on: map, of: digits.test, run)
    run.report(
      shown.map {
        let metric = "accuracy.\(columnName($0.T))"
        return Comparison(
          "test accuracy at \(columnName($0.T))", metric: metric,
          article: articleAccuracy[$0.T], as: .percent)
      } + [Comparison("t-SNE's divergence", metric: "tsne.kl", article: nil, as: .decimals(3))])
  })

/// Draws a random distribution at three temperatures.
func drawSharpening(_ run: Run) {
  let examples = [1, 0.5, 0.1]
  let bars = sharpenedDistribution(seed: run.seeds[0], temperatures: examples)
  run.write(
    DataFile(
      name: "chapter3-sharpening",
      columns: [DataColumn("class", 0..<10)]
        + zip(examples, bars).map { DataColumn(columnName($0), $1) }))
  run.draw("sharpening", into: "sharpening.svg", data: ["chapter3-sharpening"])
}

/// Trains at a temperature with every seed, and records the accuracies.
///
/// - Returns: The outcome for each seed.
func outcomes(
  of digits: ImageDataset, temperature T: Double, _ run: Run, _ settings: Settings
) throws -> [Outcome] {
  let outcomes = try run.seeds.map { seed in
    let name = "train \(columnName(T)) seed \(seed)"
    let outcome = try run.stage(
      name, on: digits,
      inputs: ["settings": settings, "temperature": T, "seed": seed],
      counting: .images(perStep: settings.labelledBatch + settings.unlabelledBatch)
    ) { progress in
      try train(on: digits, temperature: T, seed: seed, settings: settings, progress: progress)
    }
    run.record(outcome.fingerprints, ofStage: name)
    return outcome
  }
  run.record(metric: "accuracy.\(columnName(T))", values: outcomes.map(\.evaluation.accuracy))
  for epoch in 1...settings.epochs {
    run.record(
      metric: "epoch\(epoch).\(columnName(T))", values: outcomes.map { $0.curve[epoch - 1] })
  }
  return outcomes
}

/// Draws the accuracies on the test images after each epoch.
func drawCurves(_ outcomes: [(T: Double, runs: [Outcome])], _ run: Run, _ settings: Settings) {
  let columns = outcomes.flatMap { T, runs in
    let accuracies = (0..<settings.epochs).map { epoch in runs.map { $0.curve[epoch] } }
    return [
      DataColumn("mean_\(columnName(T))", accuracies.map { Metric(of: $0).mean }),
      DataColumn("lowest_\(columnName(T))", accuracies.map { $0.min()! }),
      DataColumn("highest_\(columnName(T))", accuracies.map { $0.max()! }),
    ]
  }
  run.write(
    DataFile(
      name: "chapter3-curves", columns: [DataColumn("epoch", 1...settings.epochs)] + columns))
  run.draw(
    "sharpening-curves", into: "sharpening-curves.svg", data: ["chapter3-curves"],
    variables: [
      "temperatures": outcomes.map { String(columnName($0.T).dropFirst()) }.joined(separator: " "),
      "seeds": "\(run.seeds.count)",
    ])
}

/// Draws the map of the test images once for each temperature, with the predictions of its network.
func drawPredictions(
  _ shown: [(T: Double, evaluation: Evaluation)], on map: DigitMap, of images: LabelledImages,
  _ run: Run
) {
  run.write(DataFile(name: "chapter3-tsne", columns: mapColumns(map, images, shown)))
  run.write(DataFile(name: "chapter3-tsne-labels", columns: nameColumns(map, images)))
  for (T, evaluation) in shown {
    run.draw(
      "tsne", into: "tsne-\(columnName(T)).png",
      data: ["chapter3-tsne", "chapter3-tsne-labels"],
      variables: [
        "temperature": String(columnName(T).dropFirst()),
        "accuracy": String(format: "%.1f", evaluation.accuracy * 100),
      ])
  }
}

// ## Columns of the data files {.fold}

/// The name of a temperature in files and metrics: "T1" or "T0.5".
func columnName(_ T: Double) -> String {
  "T" + ("\(T)".hasSuffix(".0") ? "\(T)".dropLast(2) : "\(T)")
}

/// The columns of a row for each test image: position, true class, and each network's prediction.
func mapColumns(
  _ map: DigitMap, _ images: LabelledImages, _ shown: [(T: Double, evaluation: Evaluation)]
) -> [DataColumn] {
  [DataColumn("x", map.x), DataColumn("y", map.y), DataColumn("label", images.labels)]
    + shown.flatMap { T, evaluation in
      [
        DataColumn("predicted_\(columnName(T))", evaluation.classes),
        DataColumn("confidence_\(columnName(T))", evaluation.confidences),
      ]
    }
}

/// The positions of the digits' names on the map: the medians of their images.
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
