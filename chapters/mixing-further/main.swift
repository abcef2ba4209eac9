// # Appendix: Mixing further
//
// Mixup leaves two questions to its user. Where should two examples be mixed? Chapter 2 mixes the images, but a
// network computes more abstract descriptions of them, and those can be mixed as well. And how strongly? The
// Beta distribution of λ has a parameter α that somebody has to choose. The article ends with two papers that
// take up these questions: Manifold Mixup [^6] mixes hidden states, and AdaMixUp [^5] learns how strongly to mix.
//
//     make mixing
//
// trains both beside mixup, and beside no mixing at all, with a quarter of chapter 4's steps. The ablations
// have the same rows; whichever program comes second takes the trainings of the first.

import ChapterKit
import Engine
import Experiments
import Foundation
import MixMatch

// ## Mixing hidden states
//
// A network is a chain of stages. The first s of them turn an image x into a hidden state, $h = g_s(x)$, and the
// others turn the hidden state into logits, $z_s(h)$. Manifold mixup draws the place s anew in each step. It
// lets two images go through the first stages unmixed, mixes their hidden states, and continues with the
// mixture:
//
// $$ h′ = λ′ g_s(x_1) + (1 − λ′) g_s(x_2) $$
// $$ p′ = λ′ p_1 + (1 − λ′) p_2 $$
// $$ L = H(p′, \operatorname{softmax} z_s(h′)) $$
//
// With s = 0 the hidden state is the image, and this is mixup. The authors of manifold mixup mix the images or the
// outputs of the first two of the three groups of residual blocks. All mixtures are as large as what they are made
// of, so the method costs hardly more than mixup.
//
// To mix in the middle of a forward pass, a method must be able to stop there. The network therefore runs any
// range of its stages. A hidden state carries the moments that batch norm needs next, if the stage before has
// computed them anyway. A mixture has new moments, so the next stage computes them from the mixture:
//
// [[Sources/Engine/Layers/WideResNet.swift: WideResNet.run]]
//
// The method then reads like its equations. Gradients flow through the mixture to both images:
//
// [[Sources/MixMatch/OtherMethods/ManifoldMixup.swift: ManifoldMixup.crossEntropy]]
//
// Departure: the authors of manifold mixup draw one λ for a batch; here each example has its own, and
// λ′ = max(λ, 1 − λ), as in chapter 4.
//
// MixMatch mixes too, and can do it at the same places. Nothing else of it changes: it guesses and sharpens
// first, then labelled and unlabelled images go through the first stages together, and each hidden state meets
// that of its partner:
//
// [[Sources/MixMatch/OtherMethods/ManifoldMixup.swift: MixMatchStep.examples]]
//
// ## When mixtures intrude
//
// A mixture of two images gets a mixture of their labels. This goes wrong where a mixture looks like a real image
// of another class: the network is then told two different labels for nearly the same picture. The authors of
// AdaMixUp call it manifold intrusion. The simplest example has three classes on a line, at −1, 0 and 1. Half of
// the one outer class and half of the other make 0, which belongs to the class in the middle.
//
// AdaMixUp trains two more networks together with the classifier. The policy network looks at a pair of images
// and proposes an interval of λ for this pair. The intrusion discriminator learns to tell mixtures from images.
// If it cannot, mixtures intrude, and its loss is large. The gradient of that loss also reaches the policy
// network, which moves the interval to where mixtures are recognised:
//
// ![Mixtures of the two outer classes while AdaMixUp learns, in several runs.](mixing-line.svg "Above, lines over
// the training steps that start near the class in the middle and leave it upwards or downwards; below, the loss
// of the discriminator in each run")
//
// The mixtures begin near the class in the middle; in the end they are {mixing.line.distance .2} away
// from it. The loss of the discriminator goes from {mixing.line.intrusion.first .2} to
// {mixing.line.intrusion.last .2}, where guessing has ln 2 ≈ 0.69. It cannot reach 0, because a mixture of two points
// of one class still looks like that class.
//
// There are two ways to keep away from the middle: to mix unevenly, or not at all. Nothing in the method forbids
// the second. In {mixing.line.unmixed %} of the runs the mixtures end on one of the outer classes: for this pair,
// the policy has stopped mixing. It is worth looking for this in the training on images below.

/// The mixtures of the classes at −1 and 1 at a moment of a training run.
struct LinePoint {
  /// The number of the run.
  var run: Int
  /// The number of steps so far.
  var step: Int
  /// The mean place of the mixtures on the line.
  var place: Double
  /// The mean loss of the discriminator since the point before.
  var intrusion: Double
}

/// Trains AdaMixUp on points of three classes at −1, 0 and 1; reports every tenth step.
func trainOnALine(steps: Int, run: Int, seed: UInt64) throws -> [LinePoint] {
  var random = RandomStream(seed: seed, "line", run)
  let network = Sequential(
    GlobalAveragePool(), Linear(inputs: 1, outputs: 32, random: &random), ReLU(),
    Linear(inputs: 32, outputs: 3, random: &random))
  let classes = (0..<60).map { $0 % 3 }
  // Points are images of one pixel.
  let points = classes.map { Float($0 - 1) + 0.02 * random.normal() }
  let batch = Batch(
    labelled: Examples(
      images: Tensor(points, shape: [60, 1, 1, 1]), labels: oneHot(classes, classes: 3)),
    unlabelled: nil)
  let method = AdaMixUp()
  let trainer = Trainer(
    network,
    auxiliary: method.makeAuxiliary(
      for: network, images: batch.labelled.images, random: &random),
    schedule: OneCycle(steps: steps, peak: 0.01), weightDecay: 0)

  var losses: [Loss] = []
  return try (1...steps).compactMap { step in
    let loss = method.loss(
      batch, by: ModelAndTeacher(trainer), step: step - 1, random: &random)
    try trainer.step(loss.total, at: step - 1)
    losses.append(loss)
    guard step % 10 == 0 else { return nil }
    defer { losses = [] }
    return LinePoint(
      run: run, step: step, place: meanPlace(losses),
      intrusion: mean(losses.compactMap { $0.penalty?.scalar }))
  }
}

/// The mean place of the mixtures of the outer classes. λ is the share of the class at −1, so they lie at
/// 1 − 2λ.
func meanPlace(_ losses: [Loss]) -> Double {
  let pairs = losses.compactMap(\.mixing).flatMap(\.pairs).filter { $0.classes == [0, 2] }
  return mean(pairs.map { 1 - $0.interval.lowerBound - $0.interval.upperBound })
}

func mean(_ numbers: [Float]) -> Double {
  numbers.reduce(0) { $0 + Double($1) } / Double(numbers.count)
}

// ## Learning how to mix
//
// For each pair the policy network gives three numbers that sum to 1, by a softmax. The first is the lower end a of
// the interval, the second its length Δ, so that the interval always lies within [0, 1]:
//
// $$ (a, Δ, 1 − a − Δ) = \operatorname{policy}(x_1, x_2) $$
// $$ λ = a + ρ Δ, \quad ρ \sim \mathcal{U}(0, 1) $$
//
// [[Sources/MixMatch/OtherMethods/MixingPolicy.swift: MixingPolicy]]
//
// To draw λ from a learned interval and still know the gradient, the randomness is drawn apart from what is
// learned: ρ is a constant for the gradient, a and Δ are not.
//
// [[Sources/MixMatch/OtherMethods/MixingPolicy.swift: MixingIntervals.lambda]]
//
// The classifier learns from the images X and from the mixtures X′. The discriminator is a linear map of the
// classifier's features to the probability d(x) that x is an image:
//
// $$ L_{\text{class}} = \frac{1}{2|X|} \Big( \sum_X H(p, f(x)) + \sum_{X′} H(p′, f(x′)) \Big) $$
// $$ L_{\text{intr}} = − \frac{1}{2|X|} \Big( \sum_X \log d(x) + \sum_{X′} \log (1 − d(x′)) \Big) $$
// $$ L = L_{\text{class}} + L_{\text{intr}} $$
//
// All three networks minimise the same sum. This is not a contest as in generative adversarial
// networks: the policy helps the discriminator.
//
// [[Sources/MixMatch/OtherMethods/AdaMixUp.swift: AdaMixUp.loss]]
//
// [[Sources/MixMatch/OtherMethods/AdaMixUp.swift: AdaMixUp.losses]]
//
// A training run that is interrupted must not lose what the policy has learned. The two networks are therefore
// part of the trainer, next to the classifier, and of its checkpoints.
//
// Departure: in the authors' code the policy network is as large as the classifier and reads a random
// combination of the two images; here it is small, so that it costs little, and reads both. The discriminator
// there also sees images that are in no mixture. One forward pass serves both losses here, two there, and so batch
// norm normalises images and mixtures together.
//
// ## The trainings
//
// Six trainings differ in how they mix. Four of them learn from the 500 labelled images alone: without mixing, with
// mixup, with manifold mixup and with AdaMixUp. The other two are MixMatch with its own mixup and with manifold
// mixup. The α of mixup is 0.75 as everywhere on this page, except for manifold mixup of the labelled images
// alone, which has the 2 of its authors. All are to have the same search for a learning rate (appendix "Choosing
// hyperparameters").
//
// Departure: as in the comparison of methods, an exponential moving average of the weights with a decay of 0.99 is
// evaluated for the four that learn from the labelled images alone, and the weights themselves for MixMatch.

func rows(_ preset: Preset) -> [ResultRow] {
  let labelsAlone: [ComparedMethod] = [.supervised, .labelsMixup, .manifoldMixup, .adaMixUp]
  return labelsAlone.map { .compared($0, preset, published: nil) } + [
    .mixMatch("MixMatch", key: "mixmatch", preset, published: nil), .manifoldMixMatch(preset),
  ]
}

// Both papers train on CIFAR-10 with all labels, so there are no published numbers to compare with.
//
// ![Test accuracy with and without mixing](mixing.md)
//
// ![The test accuracy of each training, with its standard deviation over the seeds.](mixing-accuracy.svg
// "A bar for each training; a dotted line marks the labels
// alone, without mixing")
//
// The column "points" is the difference from the labels alone in percentage points.
//
// The next figure shows what the policy network has learned: the mean interval for pairs of one class, and for
// pairs of two classes. In a pair of one class any λ gives the same label, so that its interval follows from the loss
// of the discriminator alone.
//
// ![The learned intervals of λ, and the loss of the discriminator.](mixing-intervals.svg "Two bands over the
// training steps, one for pairs of one class and one for pairs of two classes; below, the loss of the
// discriminator")
//
// ## Running it {.fold}

/// The cells of a row; `baseline` is the accuracy of the labels alone.
func cells(_ row: ResultRow, baseline: Metric?) -> [String] {
  [row.title] + row.accuracyCells(of: "mixing")
    + [row.pointsCell(over: baseline, of: "mixing"), row.timeCells(of: "mixing")[0]]
}

let chapter = Chapter(
  "mixing", "Mixing further",
  summary: "trains manifold mixup and AdaMixUp beside mixup and beside no mixing.",
  presets: [
    .scale(.smoke, costs: "half a minute; runs all code, the results mean nothing"),
    .scale(.short, costs: "one to two hours a seed on 2 cores"),
    .scale(.overnight, costs: "planned for 6 hours a seed on 2 cores; not run yet"),
    .scale(.article, costs: "days a seed on 2 cores; not run yet"),
  ],
  options: tableOptions)

exit(
  chapter.run { run in
    if let steps = run[firstSteps] {
      return try run.takeFirstSteps(steps, of: rows(run.preset).map(\.spec))
    }
    let rows = try run.train(rows(run.preset))
    // They take seconds, so they are not stored.
    let (count, steps) = run.preset == .smoke ? (2, 60) : (10, 600)
    let seed = UInt64(run.seeds[0])
    drawLines(try (0..<count).map { try trainOnALine(steps: steps, run: $0, seed: seed) }, run)
    run.write(
      TextTable(
        name: "mixing", title: "Mixing images and hidden states",
        explanation:
          "Test accuracy at 500 labels, mean ± standard deviation over n seeds, a quarter of "
          + "chapter 4's steps.",
        columns: ["", "test accuracy", "n", "points", "time a seed"],
        rows: rows.map { cells($0, baseline: rows[0].accuracy) }))
    drawBars(rows, run)
    let learned = rows.first { $0.key == ComparedMethod.adaMixUp.rawValue }
    if let summary = learned?.runs.first?.result { drawIntervals(summary.curve, run) }
    run.report(
      rows.filter { !$0.runs.isEmpty }.map { row in
        Comparison(row.title, metric: "accuracy.\(row.key)", article: nil, as: .percent)
      })
  })

/// Draws the runs on the line, and records how they began and ended.
func drawLines(_ runs: [[LinePoint]], _ run: Run) {
  let (first, last) = (runs.map { $0[0] }, runs.map { $0.last! })
  run.record(metric: "line.intrusion.first", values: first.map(\.intrusion))
  run.record(metric: "line.intrusion.last", values: last.map(\.intrusion))
  run.record(metric: "line.distance", values: last.map { abs($0.place) })
  let unmixed = last.count { abs($0.place) > 0.9 }
  run.record(metric: "line.unmixed", values: [Double(unmixed) / Double(runs.count)])
  let points = runs.flatMap { $0 }
  run.write(
    DataFile(
      name: "mixing-line",
      columns: [
        DataColumn("run", points.map(\.run)), DataColumn("step", points.map(\.step)),
        DataColumn("place", points.map(\.place)),
        DataColumn("intrusion", points.map(\.intrusion)),
      ]))
  run.draw("mixing-line", into: "mixing-line.svg", data: ["mixing-line"])
}

/// Draws a bar for each row with its standard deviation.
func drawBars(_ rows: [ResultRow], _ run: Run) {
  run.write(
    DataFile(
      name: "mixing-accuracy",
      columns: [
        DataColumn("line", rows.map(\.title)),
        DataColumn("accuracy", rows.map { $0.accuracy?.mean ?? .nan }),
        DataColumn("deviation", rows.map { $0.accuracy?.sd ?? .nan }),
      ]))
  run.draw("mixing-accuracy", into: "mixing-accuracy.svg", data: ["mixing-accuracy"])
}

/// Draws the learned intervals and the discriminator's loss; an interval without pairs is missing.
func drawIntervals(_ curve: LearningCurve, _ run: Run) {
  let points = curve.points.compactMap { point in point.mixing.map { (point.step, $0) } }
  func ends(_ name: String, _ kind: KeyPath<LearningCurve.MixingMeans, LearningCurve.MeanInterval>)
    -> [DataColumn]
  {
    let intervals = points.map { $0.1[keyPath: kind] }
    return [
      DataColumn("\(name)Low", intervals.map { $0.pairs > 0 ? $0.low : .nan }),
      DataColumn("\(name)High", intervals.map { $0.pairs > 0 ? $0.high : .nan }),
    ]
  }
  run.write(
    DataFile(
      name: "mixing-intervals",
      columns: [DataColumn("step", points.map(\.0))] + ends("like", \.like)
        + ends("unlike", \.unlike)
        + [DataColumn("intrusion", points.map(\.1.intrusionLoss))]))
  run.draw("mixing-intervals", into: "mixing-intervals.svg", data: ["mixing-intervals"])
}
