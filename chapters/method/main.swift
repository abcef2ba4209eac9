// # Appendix: One iteration in numbers
//
// Chapter 4 describes an iteration of MixMatch with symbols. This appendix computes one with numbers that fit on a
// page, draws the schedule of the learning rate and the network, and lists the hyperparameters.
//
//     make method
//
// takes a second and trains nothing.

import ChapterKit
import Engine
import Experiments
import Foundation
import MixMatch

// ## A network to compute by hand
//
// An image of the example has a single pixel, and the classes are the colours red, green and blue. The network has no
// weights: its three logits are four times the pixel's three values. So it predicts the class of the image's strongest
// colour; the greyer the image, the less certain the prediction.

/// A network for images of one pixel, (N, 1, 1, 3) → logits (N, 3).
final class ColourNetwork: Layer {
  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { 4 * globalAveragePool(x) }
}

// The batch has one labelled image, a green one with the label green, and one unlabelled image, of which two
// versions are given. They are chosen by hand.

/// The images of the example, values from 0 to 1.
struct Pictures {
  let labelled: [Float] = [0.2, 0.7, 0.3]
  let unlabelled: [Float] = [0.7, 0.4, 0.35]
  let versions: [[Float]] = [[0.6, 0.5, 0.4], [0.85, 0.4, 0.35]]

  /// The batch that the data pipeline would make of them.
  var batch: Batch {
    Batch(
      labelled: Examples(
        images: Tensor(labelled, shape: [1, 1, 1, 3]), labels: oneHot([1], classes: 3)),
      unlabelled: Tensor(versions.flatMap { $0 }, shape: [2, 1, 1, 3]))
  }
}

// ## The steps
//
// The functions are those of the training: `mix` and `loss`, which chapter 4 shows. The random numbers, the partners
// and λ′, come from a fixed seed.

/// The values of one iteration.
struct Iteration {
  let mixed: MixMatchStep.Mixed
  let loss: Loss
  /// The network's predictions for the versions, and for the mixed examples.
  let versionPredictions: [[Float]]
  let mixturePredictions: [[Float]]

  /// Computes the iteration after the end of the ramp.
  init(of pictures: Pictures, by method: MixMatchStep, seed: UInt64) {
    let (network, batch) = (ColourNetwork(), pictures.batch)
    func predict(_ images: Tensor) -> [[Float]] {
      let p = softmax(network(images, .evaluation))
      return (0..<images.shape[0]).map { p[$0..<$0 + 1].scalars }
    }
    var random = MixMatchStep.random(ofStep: method.rampSteps, seed: seed)
    mixed = method.mix(batch, by: network, random: &random)
    // The loss mixes again, with the same random numbers.
    loss = method.loss(batch, by: MethodNetworks(network), step: method.rampSteps, seed: seed)
    versionPredictions = predict(batch.unlabelledImages)
    mixturePredictions = predict(Examples(concatenating: [mixed.X, mixed.U]).images)
  }
}

// ![One iteration of MixMatch with numbers: guess, sharpen, mix, and compare with the predictions. Bars are
// probabilities of the classes red, green and blue.](mixmatch.svg "A diagram in two parts. Above, from left to right:
// one unlabelled image, its two augmented versions, the network's prediction for each, their mean, and the sharpened
// guess, in which the largest probability has grown. Below, three rows, one for the labelled image and one for each
// version: the image, its random partner, their mixture with the share lambda prime, the network's prediction for the
// mixture, the mixture of their labels, and the loss. The sum of the losses is below.")
//
// Step 4: the predictions for the two versions give the class red {method.version1.red .3} and
// {method.version2.red .3}; their mean is {method.guess.red .3}. Step 5: sharpening with T = 0.5 squares the
// probabilities and divides the squares by their sum, which raises the probability of red to {method.sharpened.red .3}.
// The entropy of the guess falls from {method.guess.entropy .3} to {method.sharpened.entropy .3} nats. Step 6 gives the
// sharpened guess to both versions. Steps 7 to 9: each example gets a random partner, possibly itself, and keeps the
// share λ′ = {method.lambda .3}, which is drawn once for the batch, as in the article. The labelled image gets one of
// the versions as its partner. Its label, which is certainly green, becomes λ′ · (0, 1, 0) + (1 − λ′) · the sharpened
// guess, which has {method.mixed.red .3} for red, {method.mixed.green .3} for green and {method.mixed.blue .3} for
// blue.
//
// The cross-entropy of X′ is {method.loss.labelled .3}; the mean squared error of U′ is {method.loss.unlabelled .5}.
// The second is small, which is why its weight λᵤ is large: with λᵤ = 75, and after the ramp, the loss is
// {method.loss .3}.
//
// {.fold}

/// A row of the data file: a picture, a distribution, or both.
struct Row: Codable {
  var name: String
  /// The colour of the picture; NaN where there is none.
  var colour: [Float]
  /// The distribution over the classes; NaN where there is none.
  var label: [Float]
  /// The picture's share of a mixture; NaN where it is not part of one.
  var share = Float.nan
}

/// The rows of the diagram.
func rows(_ pictures: Pictures, _ iteration: Iteration) -> [Row] {
  let none = [Float](repeating: .nan, count: 3)
  let mixed = iteration.mixed
  func row(_ tensor: Tensor, _ index: Int) -> [Float] { tensor[index..<index + 1].scalars }
  var rows = [
    Row(name: "labelled", colour: pictures.labelled, label: [0, 1, 0]),
    Row(name: "unlabelled", colour: pictures.unlabelled, label: none),
  ]
  rows += zip(pictures.versions, iteration.versionPredictions).map {
    Row(name: "version", colour: $0, label: $1)
  }
  rows += [
    Row(name: "guess", colour: none, label: row(mixed.guesses.raw, 0)),
    Row(name: "sharpened", colour: none, label: row(mixed.guesses.sharpened, 0)),
  ]
  let mixtures = Examples(concatenating: [mixed.X, mixed.U])
  for index in 0..<mixtures.count {
    let (partner, share) = (mixed.partners[index], mixed.lambda.values[index])
    rows += [
      Row(
        name: "image", colour: row(mixed.unmixed.images, index),
        label: row(mixed.unmixed.labels, index), share: share),
      Row(
        name: "partner", colour: row(mixed.unmixed.images, partner),
        label: row(mixed.unmixed.labels, partner), share: 1 - share),
      Row(
        name: "mixture", colour: row(mixtures.images, index), label: row(mixtures.labels, index)),
      Row(name: "prediction", colour: none, label: iteration.mixturePredictions[index]),
    ]
  }
  return rows
}

// {.fold}

/// The rows as columns of a data file.
func columns(_ rows: [Row]) -> [DataColumn] {
  [DataColumn("row", rows.map(\.name)), DataColumn("share", rows.map(\.share))]
    + ["red", "green", "blue"].enumerated().flatMap { index, name in
      [
        DataColumn(name, rows.map { $0.colour[index] }),
        DataColumn("p_\(name)", rows.map { $0.label[index] }),
      ]
    }
}

/// The numbers that the text quotes, by the names of their metrics.
func metrics(_ iteration: Iteration) -> [String: Float] {
  let (raw, sharpened) = (iteration.mixed.guesses.raw, iteration.mixed.guesses.sharpened)
  let mixed = iteration.mixed.X.labels.scalars
  return [
    "mixed.red": mixed[0], "mixed.green": mixed[1], "mixed.blue": mixed[2],
    "version1.red": iteration.versionPredictions[0][0],
    "version2.red": iteration.versionPredictions[1][0],
    "guess.red": raw.scalars[0], "sharpened.red": sharpened.scalars[0],
    "guess.entropy": Float(meanEntropy(raw)), "sharpened.entropy": Float(meanEntropy(sharpened)),
    "lambda": iteration.mixed.lambda.values[0], "loss.labelled": iteration.loss.labelled.scalar,
    "loss.unlabelled": iteration.loss.unlabelled?.scalar ?? 0, "loss": iteration.loss.total.scalar,
  ]
}

/// The diagram and the numbers of an iteration.
struct Outcome: Codable {
  var rows: [Row]
  var metrics: [String: Float]
}

// ## The learning rate
//
// All training runs here use the *one-cycle* schedule: the learning rate rises to its highest value over the first
// [30 %]{.article} of the steps and then falls almost to zero, both along half a cosine. Meanwhile Adam's β₁, the decay
// of its moving average of gradients, goes the opposite way. High rates in the middle of the training regularise [^21],
// and with the small ones at the end the weights change less and less from step to step.
//
// ![The one-cycle schedule of chapter 4: learning rate and β₁ over the steps of a training.](one-cycle.svg "Two curves
// over the steps. The learning rate rises for 30 percent of the steps and falls to zero at the end; beta 1 falls from
// 0.95 to 0.85 and returns.")
//
// {.fold}

/// The schedule of chapter 4 at 201 steps of the preset `short`.
func scheduleColumns(_ experiment: Experiment) -> [DataColumn] {
  let training = experiment.training
  let schedule = OneCycle(steps: training.steps, peak: training.peakLearningRate)
  let steps = (0...200).map { min(training.steps - 1, $0 * training.steps / 200) }
  return [
    DataColumn("step", steps), DataColumn("rate", steps.map { schedule($0).learningRate }),
    DataColumn("beta1", steps.map { schedule($0).momentum }),
  ]
}

// ## The network
//
// A *wide residual network* is a convolutional network of blocks. A block computes a *residual*, the result of two 3×3
// convolutions, and adds it to a *shortcut* from its input. In fastai's variant the residual is multiplied by 0.2
// first, and the shortcut starts after the block's first batch norm and ReLU. The addition gives gradients a short way
// back to the first layers. "Wide" means that the blocks have w times as many channels as those of the first residual
// networks, which have 16, 32 and 64. WRN-28-2 has w = 2 and 28 convolutions. The first is followed by three groups of
// four blocks with two convolutions each. The other three are 1×1 convolutions in the shortcut of each group's first
// block, which change the number of channels. The second and the third group halve height and width and double the
// channels; the mean over the positions that remain goes into a linear layer. In fastai's code, w multiplies the
// channels of the first convolution. The notebook gives this convolution 32 channels instead of 16, so that the groups
// have the channels of WRN-28-4.
//
// ![The wide residual network of the preset `short` and that of the article. The width of a group shows its channels,
// its height the size of its images. Below, one block: 3×3 stands for a convolution, norm for batch
// norm.](wide-resnet.svg "Two rows of boxes: a convolution, three groups of residual blocks that become smaller and
// deeper, the mean over positions, and a linear layer with ten outputs. The article's row has more channels and more
// blocks. Below, a block: the input passes norm and ReLU, a convolution, norm and ReLU, and a second convolution, and
// a fifth of the result is added to the shortcut, which starts after the first norm and ReLU.")
//
// {.fold}

/// The groups of the networks in the sketch, for images of 32 by 32 pixels.
func networkColumns(_ networks: [(name: String, settings: NetworkSettings)]) -> [DataColumn] {
  let groups = networks.enumerated().flatMap { row, network in
    (0..<3).map { group in
      (
        row: row, name: network.name, blocks: (network.settings.depth - 4) / 6,
        start: network.settings.startChannels,
        channels: network.settings.startChannels * network.settings.widenFactor << group,
        side: 32 >> group, parameters: network.settings.make(seed: 0).parameterCount
      )
    }
  }
  return [
    DataColumn("row", groups.map(\.row)), DataColumn("name", groups.map(\.name)),
    DataColumn("blocks", groups.map(\.blocks)), DataColumn("start", groups.map(\.start)),
    DataColumn("channels", groups.map(\.channels)), DataColumn("side", groups.map(\.side)),
    DataColumn("parameters", groups.map(\.parameters)),
  ]
}

// ## The hyperparameters
//
// ![The hyperparameters](hyperparameters.md)
//
// The columns `article`, `short` and `overnight` are generated from the settings of the presets. Leave T and K as they
// are: the paper does so for all its data sets. Tune α and λᵤ; if you change the number of steps, tune the ramp and the
// learning rate too. Chapter 4 has options for α, λᵤ and the ramp (`ALPHA`, `UNLABELLED_WEIGHT`, `RAMP`). Where the
// ramp is longer than the training, the weight ends below λᵤ: at `short` and `overnight` at a third of it. A network is
// named by its number of layers and by w; its channels are w times 16, 32 and 64, or twice that where the first
// convolution has 32 channels instead of 16.
//
// ## Running it {.fold}

/// The cells of the table of hyperparameters.
func hyperparameters() -> [[String]] {
  let presets = [Preset.article, .short, .overnight].map { Experiment.mixMatch($0) }
  func row(
    _ symbol: String, _ meaning: String, _ paper: String, _ advice: String,
    _ value: (Experiment, MixMatchStep) -> String
  ) -> [String] {
    let cells = presets.map { value($0.experiment, $0.method) }
    return [symbol, meaning, cells[0], paper, cells[1], cells[2], advice]
  }
  return [
    row("K", "versions of an unlabelled image", "2", "leave") { "\($1.versions)" },
    row("T", "temperature of sharpening", "0.5", "leave") { "\($1.temperature)" },
    row("α", "parameter of mixup's Beta distribution", "0.75", "tune") { "\($1.alpha)" },
    row("λᵤ", "weight of the unlabelled loss", "75", "tune") { "\(Int($1.unlabelledWeight))" },
    row("", "steps until the weight is λᵤ", "16,000", "tune") { countText($1.rampSteps) },
    row("", "λ′ drawn for each", "example", "") { $1.sharing.rawValue },
    row("Bₓ", "labelled images in a batch", "64", "") { experiment, _ in
      "\(experiment.training.labelledBatch)"
    },
    row("Bᵤ", "unlabelled images in a batch", "64", "") { experiment, _ in
      "\(experiment.training.unlabelledBatch)"
    },
    row("", "steps", "about 1,000,000", "") { experiment, _ in countText(experiment.training.steps)
    },
    row("", "highest learning rate", "0.002, constant", "tune") { experiment, _ in
      "\(experiment.training.peakLearningRate)"
    },
    row("", "weight decay", "0.02 in its code, not on biases and batch norm", "") { experiment, _ in
      "\(experiment.training.weightDecay)"
    },
    row("", "augmentation", "mirror-and-shift", "") { experiment, _ in
      experiment.training.augmentation.name
    },
    row("", "network", "WRN-28-2", "") { experiment, _ in
      "WRN-\(experiment.network.depth)-\(experiment.network.widenFactor)"
    },
    row("", "channels of its first convolution", "16", "") { experiment, _ in
      "\(experiment.network.startChannels)"
    },
  ]
}

let chapter = Chapter(
  "method", "One iteration in numbers",
  summary:
    "computes one iteration of MixMatch on images of one pixel, and draws the schedule and the network.",
  presets: [
    .scale(.smoke, costs: "a second; marked as meaningless like every smoke run"),
    .alias(.short, of: .article), .alias(.overnight, of: .article),
    .scale(.article, costs: "a second"),
  ])

exit(
  chapter.run { run in
    let method = MixMatchStep()
    let outcome = try run.stage("iteration", inputs: ["seed": run.seeds[0]]) { _ in
      let pictures = Pictures()
      let iteration = Iteration(of: pictures, by: method, seed: UInt64(run.seeds[0]))
      return Outcome(rows: rows(pictures, iteration), metrics: metrics(iteration))
    }
    try run.record(settings: method)
    for (name, value) in outcome.metrics { run.record(metric: name, values: [value]) }
    func text(_ metric: String, _ format: String) -> String {
      String(format: format, outcome.metrics[metric] ?? .nan)
    }
    run.write(DataFile(name: "method-iteration", columns: columns(outcome.rows)))
    run.draw(
      "mixmatch", into: "mixmatch.svg", data: ["method-iteration"],
      variables: [
        "lossX": text("loss.labelled", "%.3f"), "lossU": text("loss.unlabelled", "%.5f"),
        "weight": String(format: "%g", method.unlabelledWeight), "loss": text("loss", "%.3f"),
        "temperature": String(format: "%g", method.temperature),
      ])
    let short = Experiment.mixMatch(.short).experiment
    run.write(DataFile(name: "method-schedule", columns: scheduleColumns(short)))
    run.draw("one-cycle", into: "one-cycle.svg", data: ["method-schedule"])
    let networks = [("preset short", short.network), ("the article", Experiment().network)]
    run.write(DataFile(name: "method-networks", columns: networkColumns(networks)))
    run.draw("wide-resnet", into: "wide-resnet.svg", data: ["method-networks"])
    run.write(
      TextTable(
        name: "hyperparameters", title: "Hyperparameters",
        explanation:
          "The column \"article\" has the settings of the article's notebook, and λᵤ from its text; the notebook "
          + "multiplies the unlabelled loss by 100.",
        columns: ["symbol", "meaning", "article", "paper", "short", "overnight", "advice"],
        rows: hyperparameters()))
    run.report([
      Comparison("loss of the example", metric: "loss", article: nil, as: .decimals(3))
    ])
  })
