// # Appendix: Mixing further
//
// Mixup leaves two questions to its user. Where should two examples be mixed? Chapter 2 mixes the images, but a network
// computes more abstract descriptions of them, its hidden states, and those can be mixed as well. And how strongly? The
// Beta distribution of λ has a parameter α that somebody has to choose. The article ends with two papers that take up
// these questions: Manifold Mixup [^6] mixes hidden states, and AdaMixUp [^5] learns how strongly to mix.
//
//     make mixing
//
// trains both beside mixup, and beside no mixing at all, with a quarter of chapter 4's steps. Six of its eight rows
// are in the ablations too; whichever program runs second takes these training runs from the first.

import ChapterKit
import Engine
import Experiments
import Foundation
import MixMatch
import ResultTables

// ## Mixing hidden states
//
// A network is a chain of stages. The first s of them turn an image x into a hidden state, $h = g_s(x)$, and the others
// turn the hidden state into logits, $z_s(h)$. Manifold mixup draws the place s anew in each step. It lets two images
// go through the first stages unmixed, mixes their hidden states, and continues with the mixture h′, whose label p′ is
// the mixture of the two labels p. The loss L is the cross-entropy H, and λ′ = max(λ, 1 − λ) as in chapter 2:
//
// $$ h′ = λ′ g_s(x_1) + (1 − λ′) g_s(x_2) $$
// $$ p′ = λ′ p_1 + (1 − λ′) p_2 $$
// $$ L = H(p′, \operatorname{softmax} z_s(h′)) $$
//
// With s = 0 the hidden state is the image, and this is mixup. The authors of manifold mixup mix the images or the
// outputs of the first two of the three groups of residual blocks. A mixture has the shape of the hidden states that it
// is made of, so a step costs about as much as with mixup.
//
// The network can run any range of its stages, so that a method can mix in the middle of a forward pass and then go on.
// A `HiddenState` has the values between two stages, and may have the statistics that the next batch norm needs; a
// mixture has none. Gradients flow through the mixture to both images:
//
// [[Sources/MixMatch/OtherMethods/ManifoldMixup.swift: ManifoldMixup.crossEntropy]]
//
// Departure: the authors of manifold mixup draw one λ for a batch and do not replace it by λ′; here each example has
// its own λ′, as in chapter 4.
//
// MixMatch mixes too, and can do it at the same places. Nothing else of it changes: it guesses and sharpens
// first, then labelled and unlabelled images go through the first stages together, and each hidden state is mixed with
// that of its partner. (`groups` and `places` serve interleaved batch norm, chapter 4.)
//
// [[Sources/MixMatch/MixupBeforeStage.swift: MixMatchStep.examples]]
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
// If it cannot, mixtures intrude, and its loss is large. The policy network gets gradients of two losses, both of
// them through the mixture:
//
// - The discriminator's loss moves the interval to where mixtures are recognised.
// - The classifier's loss, with the mixed label taken as fixed, moves it to where the classifier predicts this label
//   best.
//
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
// The classifier learns from the images X and from the mixtures X′. A linear map and a softmax turn the classifier's
// features into the probability d(x) that x is an image; this is the discriminator:
//
// $$ L_{\text{class}} = \frac{1}{2|X|} \Big( \sum_X H(p, f(x)) + \sum_{X′} H(p′, f(x′)) \Big) $$
// $$ L_{\text{intr}} = − \frac{1}{2|X|} \Big( \sum_X \ln d(x) + \sum_{X′} \ln (1 − d(x′)) \Big) $$
// $$ L = L_{\text{class}} + L_{\text{intr}} $$
//
// f is the classifier, p the label of x, and there are as many mixtures as images. Each network is trained by the
// gradient of the same sum. This is not a contest as in generative adversarial networks, in which one network is
// trained to deceive another: here the policy network is trained to lower the losses of the other two. The labels p′ of
// the mixtures depend on λ too, but count as constants, as in the authors' code (`crossEntropy` passes no gradient to
// its targets).
//
// [[Sources/MixMatch/OtherMethods/AdaMixUp.swift: AdaMixUp.loss]]
//
// [[Sources/MixMatch/OtherMethods/AdaMixUp.swift: AdaMixUp.losses]]
//
// A training run that is interrupted must not lose what the policy has learned. The two networks are therefore
// part of the trainer, next to the classifier, and of its checkpoints.
//
// This is AdaMixUp of two images at a time, the "two-fold" mixing of its paper, which also has a version that mixes
// three.
//
// Departure: in the authors' code the policy network is as large as the classifier and reads one combination of the two
// images with a random weight for each pixel; here it is small, so that it costs little, and reads both. There only
// half of each batch is mixed, and the discriminator sees two images for each mixture; here every image is mixed with
// another one, or, about once in a batch, with itself. The discriminator there is a chain of two linear maps. One
// forward pass serves both losses here, two there.
//
// ## A test on a line
//
// The figure shows AdaMixUp on the three classes on a line. The points of each class are spread around its place with a
// standard deviation of 0.3. As a control, the same training runs are made with the interval [⅓, ⅔] for every pair:
//
// ![AdaMixUp on three classes on a line, ten runs. Above: the middle of the interval for pairs of a point at −1 and a
// point at 1, in this order, as a place on the line. Below: the discriminator's loss, with learned and with fixed
// intervals.](mixing-line.svg "Above, lines over the training steps that start near the class in the middle and leave
// it upwards or downwards; below, the loss of the discriminator in each run, with learned and with fixed intervals")
//
// The interval begins around λ = ½, so that its middle lies at the class in the middle. Within 70 steps every run moves
// its mixtures to an outer class (more than 0.9 from the middle): for this pair, the policy network stops mixing.
// {mixing.line.unmixed .0} of the 10 runs stay there. The others mix again and end between the classes, at a distance
// of {mixing.line.distance .2} from the middle; one of them crosses the middle three times. Their intervals, about a
// third long at first, end with lengths of {mixing.line.length.mixed lowest .3} to
// {mixing.line.length.mixed highest .3}.
//
// In the end the loss of the discriminator is {mixing.line.discriminatorLoss.mixed .3} in the runs that still mix. With
// fixed intervals it is {mixing.line.discriminatorLoss.fixed .3}, because mixtures of the outer classes look like
// points of the class in the middle. In the runs without mixing it is {mixing.line.discriminatorLoss.unmixed .3}: a
// pair that is not mixed gives an unchanged point that counts as a mixture, and no discriminator can recognise it.
// Guessing has ln 2 ≈ 0.693. No run comes near a loss of 0, because mixtures of two points of one class look like that
// class.
//
// {.fold}

/// The mixtures of the classes at −1 and 1 at a moment of a training run.
struct LinePoint {
  /// The number of the run.
  var run: Int
  /// Whether the policy network learns, or every interval stays [⅓, ⅔].
  var learns: Bool
  /// The number of steps so far.
  var step: Int
  /// The mean place on the line of the middle of the interval, since the point before.
  var place: Double
  /// The mean length of the interval of λ since the point before.
  var length: Double
  /// The mean loss of the discriminator since the point before.
  var discriminatorLoss: Double
  /// Whether the pair is still mixed: the mixtures are at least 0.1 away from the outer classes.
  var isMixed: Bool { abs(place) <= 0.9 }
}

// {.fold}

/// Trains AdaMixUp on points of three classes around −1, 0 and 1; reports every tenth step.
func trainOnALine(_ method: AdaMixUp, steps: Int, run: Int, seed: UInt64) throws -> [LinePoint] {
  var random = RandomStream(seed: seed, "line", run)
  let network = Sequential(
    GlobalAveragePool(), Linear(inputs: 1, outputs: 32, random: &random), ReLU(),
    Linear(inputs: 32, outputs: 3, random: &random))
  let classes = (0..<60).map { $0 % 3 }
  // Points are images of one pixel.
  let points = classes.map { Float($0 - 1) + 0.3 * random.normal() }
  let batch = Batch(
    labelled: Examples(
      images: Tensor(points, shape: [60, 1, 1, 1]), labels: oneHot(classes, classes: 3)),
    unlabelled: nil)
  let trainer = Trainer(
    network,
    auxiliary: try method.makeAuxiliary(
      for: network, images: batch.labelled.images, random: &random),
    schedule: OneCycle(steps: steps, peak: 0.01), weightDecay: 0)

  var losses: [Loss] = []
  return try (1...steps).compactMap { step in
    let loss = method.loss(
      batch, by: MethodNetworks(trainer), step: step - 1, random: &random)
    try trainer.step(loss.total)
    losses.append(loss)
    guard step % 10 == 0 else { return nil }
    defer { losses = [] }
    let intervals = outerIntervals(losses)
    return LinePoint(
      run: run, learns: method.learnsIntervals, step: step,
      // λ is the share of the class at −1, so that the mixtures lie at 1 − 2λ.
      place: mean(intervals.map { 1 - $0.lowerBound - $0.upperBound }),
      length: mean(intervals.map { $0.upperBound - $0.lowerBound }),
      discriminatorLoss: mean(losses.compactMap { $0.penalty?.scalar }))
  }
}

// {.fold}

/// The intervals of the pairs whose first point is of the class at −1 and whose second is of the
/// class at 1. The pairs in the other order have intervals of their own, which need not mirror
/// these.
func outerIntervals(_ losses: [Loss]) -> [ClosedRange<Float>] {
  losses.compactMap(\.mixing).flatMap(\.pairs).filter { $0.classes == [0, 2] }.map(\.interval)
}

func mean(_ numbers: [Float]) -> Double {
  numbers.reduce(0) { $0 + Double($1) } / Double(numbers.count)
}

// ## The training runs
//
// The eight rows of the table differ in how they mix. Six of them are supervised, on the 500 labelled images: without
// mixing, with mixup, with manifold mixup and with AdaMixUp, and two controls. The α of mixup is 0.75 as in MixMatch,
// but manifold mixup has the 2 of its authors; so mixup is also trained with α = 2. AdaMixUp differs from mixup in more
// than its intervals: each step learns from the unmixed images as well, and has a second task; so it is also trained
// with the interval [⅓, ⅔] for every pair. The last two rows are MixMatch with its own mixup and with manifold mixup,
// both with α = 0.75.
//
// The learning rates come from the [hyperparameter search](#search). The two controls use the rate of the method that
// they vary, and MixMatch with manifold mixup that of MixMatch.
//
// Departure: as in the [ablations](#ablations), an exponential moving average of the weights with a decay of 0.99 is
// evaluated for the supervised runs, and the weights themselves for MixMatch. In MixMatch this average changes the
// accuracy by {ablations.difference.average-0.99 points}.

func rows(_ preset: Preset) -> [ResultRow] {
  var fixed = AdaMixUp()
  fixed.learnsIntervals = false
  return [
    .quarterRun(of: .supervised, preset),
    .quarterRun(of: .labelsMixup, preset),
    .quarterVariant(
      of: .labelsMixup, "supervised with mixup, α = 2", key: "labels-mixup-alpha-2", preset,
      by: ManifoldMixup.ofImages(alpha: ManifoldMixup().alpha)),
    .quarterRun(of: .manifoldMixup, preset),
    .quarterRun(of: .adaMixUp, preset),
    .quarterVariant(
      of: .adaMixUp, "the same with all intervals [⅓, ⅔]", key: "labels-adamixup-fixed", preset,
      by: fixed),
    .quarterRun(of: .mixMatch, preset),
    .quarterManifoldMixMatch(preset),
  ]
}

// The papers have CIFAR-10 with all labels, with a fifth of them, or with unlabelled images and other settings, but not
// with 500 labels only, so there are no published numbers to compare with.
//
// ![Test accuracy with and without mixing](mixing.md)
//
// ![The test accuracy of each training run, with its standard deviation over the seeds. The dotted line is the mean of
// supervised training without mixing.](mixing-accuracy.svg "A bar for each training run; a dotted line marks supervised
// training without mixing")
//
// The column "difference" is that from supervised training without mixing in percentage points, over the seeds that
// both rows have. Times of different processors cannot be compared.
//
// The next figure shows what the policy network has learned: the mean interval for pairs of one class, and for pairs of
// two classes. λ and 1 − λ mix a pair equally strongly, and their mean would be ½. So before averaging, an interval [a,
// b] whose middle lies above ½ is replaced by its mirror image, [1 − b, 1 − a]; its upper end may still lie above ½. At
// λ = ½ both images have the same share, at 0 the pair is not mixed. In a pair of one class any λ gives the same label.
//
// ![The learned intervals of λ, mirrored where their middle lies above ½, and the loss of the discriminator, for each
// seed with which AdaMixUp was trained.](mixing-intervals.svg "Bands over the training steps, for pairs of one class
// and for pairs of two classes; below, the loss of the discriminator")
//
// ## Findings
//
// n is the number of seeds of a row. Points are differences over the seeds that two rows have in common.
//
// - **Supervised training.** All mixing helps. The accuracy is {mixing.accuracy.labels-alone %} without mixing,
//   {mixing.accuracy.labels-mixup %} with mixup, {mixing.accuracy.labels-manifold-mixup %} with manifold mixup and
//   {mixing.accuracy.labels-adamixup %} with AdaMixUp; neither of the last two is shown to be better than mixup
//   (intervals −3.1 to +0.8 and −2.0 to +1.9 points). Mixup changes the accuracy by
//   {mixing.difference.labels-mixup points}. MixMatch, which learns from the unlabelled images too, differs from
//   supervised training without mixing by {mixing.difference.mixmatch points}: in runs of this length most of its gain
//   can be had without unlabelled images.
// - **The place.** At the same α = 2, manifold mixup differs from mixup by
//   {mixing.accuracy.labels-manifold-mixup - accuracy.labels-mixup-alpha-2 points}. Mixup with α = 2 has
//   {mixing.accuracy.labels-mixup-alpha-2 %}, and with α = 0.75 {mixing.accuracy.labels-mixup %}.
// - **The learned intervals.** AdaMixUp has {mixing.accuracy.labels-adamixup %} with learned intervals and
//   {mixing.accuracy.labels-adamixup-fixed %} with the interval [⅓, ⅔] for every pair. Nothing shows that it helps to
//   learn how to mix. What both runs share, and what may explain their gain over training without mixing, is that each
//   step learns from the images and from nearly even mixtures of them.
// - **MixMatch** with manifold mixup in place of its mixup, at α = 0.75 too, differs from MixMatch by
//   {ablations.difference.manifold-mixup points}, and is lower in each of the three seeds (interval −4.1 to −2.0
//   points; intervals are over all seeds of both rows, so that a difference need not be in the middle of its interval).
//   Its hyperparameters are those that were searched for MixMatch.
//
// In each seed the policy network learns nearly the same mean interval for pairs of one class and of two.
// Within 500 steps its length falls from a third to about a twentieth; in the end it reaches from
// {mixing.interval.unlike.low .3} to {mixing.interval.unlike.high .3} for pairs of two classes, and from
// {mixing.interval.like.low .3} to {mixing.interval.like.high .3} for pairs of one class. Unlike in some of the runs on
// the line, it does not stop mixing: the share of the pairs of two classes that are hardly mixed, with less than 0.05
// of one image, is {mixing.interval.unlike.unmixed %}. A likely reason is that images are far from each other: a
// mixture of two of them hardly ever looks like a third. The discriminator recognises most mixtures (its loss in the
// end is {mixing.discriminatorLoss .2}), so this loss has little gradient that would move the intervals away from the
// middle.
//
// ## Running it {.fold}

/// The cells of a row; `baseline` is the row of supervised training without mixing.
func cells(_ row: ResultRow, baseline: ResultRow) -> [TableCell] {
  [TableCell(row.title)] + row.accuracyCells(of: "mixing")
    + [row.pointsCell(over: baseline, of: "mixing")] + row.timeCells(of: "mixing")
}

let chapter = Chapter(
  "mixing", "Mixing further",
  summary: "trains manifold mixup and AdaMixUp beside mixup and beside no mixing.",
  presets: [
    .scale(.smoke, costs: "half a minute; runs all code, the results mean nothing"),
    .scale(.short, costs: "one to two hours per seed on 2 cores"),
    .scale(.overnight, costs: "planned for 6 hours per seed on 2 cores; not run yet"),
    .scale(.article, costs: "days per seed on 2 cores; not run yet"),
  ],
  options: tableOptions)

exit(
  chapter.run { run in
    if try run.runFirstStepsIfRequested(of: rows(run.preset).map(\.spec)) { return }
    let rows = try run.train(rows(run.preset))
    guard run.writesRecord else { return }
    run.recordDifferences(rows)
    if let mixMatch = rows.first(where: { $0.key == "mixmatch" }) {
      run.recordCosts(of: mixMatch, comparedWith: rows)
    }
    let finished = FinishedRows(rows) { $0.accuracy != nil }
    // The runs on the line take seconds, so their results are not stored.
    let (count, steps) = run.preset == .smoke ? (2, 60) : (10, 600)
    let seed = UInt64(run.seeds[0])
    drawLines(
      try [true, false].flatMap { learns in
        var method = AdaMixUp()
        method.learnsIntervals = learns
        return try (0..<count).map {
          try trainOnALine(method, steps: steps, run: $0, seed: seed)
        }
      }, run)
    run.write(
      TextTable(
        name: "mixing", title: "Mixing images and hidden states",
        explanation:
          "Test accuracy at 500 labels, mean ± standard deviation over n seeds, a quarter of "
          + "chapter 4's steps.\(finished.remark)",
        columns: ["method", "test accuracy", "n", "difference (points)"] + ResultRow.timeColumns,
        rows: finished.rows.map { cells($0, baseline: rows[0]) }))
    run.drawAccuracies(
      of: finished.rows, named: "mixing-accuracy",
      finding: finding(rows),
      explanation:
        "Test accuracy with 500 labels in per cent (bars; lines: standard deviation over seeds). Dotted: "
        + "supervised training without mixing."
    )
    drawIntervals(rows.first { $0.key == ComparedMethod.adaMixUp.rawValue }?.runs ?? [], run)
    run.report(
      rows.filter { !$0.runs.isEmpty }.map { row in
        Comparison(row.title, metric: "accuracy.\(row.key)", article: nil, as: .percent)
      })
  })

/// The title of the figure: how much of MixMatch's gain mixup has without unlabelled images.
func finding(_ rows: [ResultRow]) -> String {
  func gain(_ method: ComparedMethod) -> String? {
    let differences = rows.first { $0.key == method.rawValue }?.differences(from: rows[0]) ?? []
    guard !differences.isEmpty else { return nil }
    return NumberStyle.signedNumberOfPoints(Metric(of: differences).mean)
  }
  guard let mixup = gain(.labelsMixup), let mixMatch = gain(.mixMatch) else {
    return "Supervised training and MixMatch with several ways of mixing"
  }
  return "Mixup of the labelled images: \(mixup) points; MixMatch: \(mixMatch) points"
}

/// Draws the runs on the line, and records how they began and ended.
///
/// - Parameters:
///   - runs: The points of each run.
///   - run: The run of the chapter.
func drawLines(_ runs: [[LinePoint]], _ run: Run) {
  let ends = runs.map { $0.last! }
  let (learned, fixed) = (ends.filter(\.learns), ends.filter { !$0.learns })
  let (mixed, unmixed) = (learned.filter(\.isMixed), learned.filter { !$0.isMixed })
  let numbers = [
    "line.length.mixed": mixed.map(\.length), "line.unmixed": [Double(unmixed.count)],
    "line.distance": mixed.map { abs($0.place) },
    "line.discriminatorLoss.fixed": fixed.map(\.discriminatorLoss),
    "line.discriminatorLoss.mixed": mixed.map(\.discriminatorLoss),
    "line.discriminatorLoss.unmixed": unmixed.map(\.discriminatorLoss),
  ]
  for (metric, values) in numbers where !values.isEmpty {
    run.record(metric: metric, values: values)
  }
  let points = runs.joined()
  run.write(
    DataFile(
      name: "mixing-line",
      columns: [
        DataColumn("run", points.map(\.run)),
        DataColumn("learns", points.map { $0.learns ? 1 : 0 }),
        DataColumn("step", points.map(\.step)), DataColumn("place", points.map(\.place)),
        DataColumn("discriminatorLoss", points.map(\.discriminatorLoss)),
      ]))
  run.draw("mixing-line", into: "mixing-line.svg", data: ["mixing-line"])
}

/// Draws the learned intervals and the discriminator's loss of each seed, and records where they
/// end; draws nothing without runs. An interval without pairs is missing.
func drawIntervals(_ runs: [TrainingRun], _ run: Run) {
  let curves = runs.compactMap { training in
    training.result.curve.mixing.map { (seed: training.seed, means: $0) }
  }
  guard !curves.isEmpty else { return }
  let points = curves.flatMap { curve in curve.means.map { (seed: curve.seed, means: $0) } }
  typealias Means = LearningCurve.MixingMeans
  func columns(_ name: String, _ kind: KeyPath<Means, LearningCurve.MeanInterval>) -> [DataColumn] {
    let intervals = points.map { $0.means[keyPath: kind] }
    let last = curves.compactMap { $0.means.last?[keyPath: kind] }
    run.record(metric: "interval.\(name).low", values: last.map(\.low))
    run.record(metric: "interval.\(name).high", values: last.map(\.high))
    run.record(metric: "interval.\(name).unmixed", values: last.map(\.unmixed))
    return [
      DataColumn("\(name)Low", intervals.map { $0.pairs > 0 ? $0.low : .nan }),
      DataColumn("\(name)High", intervals.map { $0.pairs > 0 ? $0.high : .nan }),
    ]
  }
  run.record(
    metric: "discriminatorLoss", values: curves.compactMap { $0.means.last?.intrusionLoss })
  run.write(
    DataFile(
      name: "mixing-intervals",
      columns: [
        DataColumn("seed", points.map(\.seed)), DataColumn("step", points.map(\.means.step)),
      ] + columns("like", \.like) + columns("unlike", \.unlike)
        + [DataColumn("discriminatorLoss", points.map(\.means.intrusionLoss))]))
  run.draw("mixing-intervals", into: "mixing-intervals.svg", data: ["mixing-intervals"])
}
