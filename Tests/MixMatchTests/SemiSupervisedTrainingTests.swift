import Datasets
import Engine
import Foundation
import MixMatch
import Testing

@Suite struct SemiSupervisedTrainingTests {
  private let data: TrainingData
  private let settings: TrainingSettings

  init() throws {
    let dataset = syntheticColourImages(trainCount: 80, testCount: 20, seed: 0)
    data = TrainingData(
      dataset,
      split: try LabelSplit(labels: dataset.train.labels, labelled: 20, validation: 16, seed: 0),
      scaling: .cifar)
    var settings = TrainingSettings()
    (settings.steps, settings.labelledBatch, settings.unlabelledBatch) = (6, 4, 4)
    (settings.evaluationCount, settings.emaDecay) = (3, 0.9)
    settings.phases = [.init(share: 0.5, size: 8), .init(share: 0.5, size: 16)]
    self.settings = settings
  }

  /// A run of a small network whose initial weights are drawn with `initial`.
  private func training(
    initial: UInt64 = 0, by method: any SemiSupervisedMethod = MixMatchStep(),
    on other: TrainingData? = nil, seed: UInt64 = 0,
    change: (inout TrainingSettings) -> Void = { _ in }
  ) throws -> SemiSupervisedTraining {
    let data = other ?? self.data
    var settings = settings
    change(&settings)
    var random = RandomStream(seed: initial, "initial weights")
    let network = Sequential(
      Conv2d(
        inputChannels: data.scaling.mean.count, outputChannels: 8, kernelSize: 3, stride: 2,
        padding: 1, random: &random),
      BatchNorm(channels: 8), ReLU(), GlobalAveragePool(),
      Linear(inputs: 8, outputs: 10, random: &random))
    return try SemiSupervisedTraining(
      of: network, by: method, on: data, settings: settings, seed: seed)
  }

  @Test func everyStepIsReportedOnceWithAFiniteLoss() throws {
    let training = try training()
    var reports: [SemiSupervisedTraining.StepReport] = []
    try training.run { reports.append($0) }
    #expect(reports.map(\.step) == Array(0..<6))
    #expect(reports.allSatisfy { $0.loss.total.scalar.isFinite && $0.loss.unlabelled != nil })
    // Steps at 16×16 pixels take four times as long as those at 8×8.
    #expect(reports.map(\.workDone) == [1, 2, 3, 7, 11, 15].map { $0 / 15 })
    #expect(training.curve.points.map(\.step) == [2, 4, 6])
    let mean =
      (Double(reports[0].loss.labelled.scalar) + Double(reports[1].loss.labelled.scalar)) / 2
    #expect(abs(training.curve.points[0].labelledLoss - mean) < 1e-6)
  }

  /// Images have the size of the step's phase, and are augmented as the settings say, in each epoch of the 20 labelled
  /// images in another way.
  @Test func batchesHaveTheSizeAndTheAugmentationOfTheirStep() throws {
    var batches = try training(seed: 1) { $0.augmentation = .fastai }.batches
    var order = ShuffledBatches(of: 20, size: 4, seed: 1, name: "labelled")
    for step in 0..<6 {
      let batch = batches(step).batch
      let side = step < 3 ? 8 : 16
      #expect(batch.labelled.images.shape == [4, side, side, 3])
      #expect(batch.unlabelledImages.shape == [8, side, side, 3])
      let augmented = AugmentedImages(
        data.dataset.train, by: .fastai, size: ImageSize(height: side, width: side),
        scaling: .cifar, seed: 1, name: "labelled")
      let expected = augmented(order(step).map { data.split.labelled[$0] }, epoch: step / 5)
      #expect(batch.labelled.images.scalars == expected.scalars, "step \(step)")
    }
  }

  /// The test set is evaluated at every point of the curve if the settings ask for it, otherwise only at the end.
  @Test func theCurveHasTheTestAccuracyOnRequest() throws {
    let (without, with) = (try training(), try training { $0.evaluatesTest = true })
    try without.run()
    try with.run()
    #expect(without.curve.points.allSatisfy { $0.testAccuracy == nil })
    #expect(with.curve.points.count { $0.testAccuracy != nil } == 3)
    #expect(try with.curve.points.last?.testAccuracy == with.outcome().test.accuracy)
  }

  @Test func theOutcomeHasTheAccuracyOfBothSets() throws {
    let training = try training()
    try training.run()
    let outcome = try training.outcome()
    let validation = try #require(outcome.validation)
    #expect((0...1).contains(validation.accuracy) && (0...1).contains(outcome.test.accuracy))
    #expect(validation.classes.count == 16 && outcome.test.classes.count == 20)
    #expect(
      accuracy(validation, on: data.dataset.train, data.split.validation) == validation.accuracy)
    #expect(accuracy(outcome.test, on: data.dataset.test, Array(0..<20)) == outcome.test.accuracy)
    #expect(outcome.curve.points.last?.validationAccuracy == validation.accuracy)
    #expect(outcome.fingerprints.entries.map(\.step) == [1, 6])
  }

  /// The fraction of images whose predicted class is their label, counted one by one.
  private func accuracy(_ evaluation: Evaluation, on images: LabelledImages, _ indices: [Int])
    -> Double
  {
    let right = zip(evaluation.classes, indices).count { $0 == Int(images.labels[$1]) }
    return Double(right) / Double(indices.count)
  }

  /// MixMatch with distribution alignment, which keeps running means between steps.
  private static var alignedMixMatch: MixMatchStep {
    var method = MixMatchStep()
    method.alignment = DistributionAlignment()
    return method
  }

  /// The method's own networks are made for images of the size and the normalisation of the first step.
  @Test func theMethodIsShownImagesAsTheNetworkGetsThem() throws {
    let training = try training(by: ImageKeeper())
    let kept = try #require(training.trainer.auxiliary as? ImageKeeper.Images)
    let expected = data.dataset.train.tensor(
      [0], size: ImageSize(height: 8, width: 8), scaling: .cifar)
    #expect(kept.images.shape == [1, 8, 8, 3])
    #expect(kept.images.scalars == expected.scalars)
  }

  /// Grey images with one channel, through methods with networks of their own.
  @Test(arguments: [alignedMixMatch, AdaMixUp()] as [any SemiSupervisedMethod])
  func greyImagesCanHaveOneChannel(method: any SemiSupervisedMethod) throws {
    let digits = syntheticDigits(trainCount: 80, testCount: 20)
    let training = try training(
      by: method,
      on: TrainingData(
        digits, split: LabelSplit(labels: digits.train.labels, labelled: 20, seed: 0),
        scaling: PixelScaling(of: digits.train)))
    try training.run()
    #expect(training.curve.points.map(\.step) == [2, 4, 6])
    #expect(try training.evaluateTest().classes.count == 20)
  }

  /// Before the first step, and without a trace in the network.
  @Test(
    arguments: [
      MixMatchStep(), alignedMixMatch, AdaMixUp(), MeanTeacher(rampSteps: 1), Supervised(),
    ] as [any SemiSupervisedMethod])
  func aNetworkNeedsAnOutputForEachClass(method: any SemiSupervisedMethod) {
    var random = RandomStream(seed: 0, "initial weights")
    let network = Sequential(
      BatchNorm(channels: 3), GlobalAveragePool(), Linear(inputs: 3, outputs: 4, random: &random))
    let before = Snapshot(of: network.state).encoded()
    func complaint(about network: any Layer) -> String? {
      let error = #expect(throws: TrainingError.self) {
        _ = try SemiSupervisedTraining(
          of: network, by: method, on: data, settings: settings, seed: 0)
      }
      return error?.description
    }
    #expect(
      complaint(about: network) == "network: found 4 outputs, expected 10, the number of classes")
    #expect(Snapshot(of: network.state).encoded() == before)
    #expect(
      complaint(about: ReLU())
        == "network: found outputs of the shape [1, 8, 8, 3] for one image, expected 10, "
        + "the number of classes")
  }

  @Test func adaMixUpNeedsFeaturesBeforeTheLastStage() {
    var random = RandomStream(seed: 0, "initial weights")
    let oneStage = Sequential(
      Sequential(GlobalAveragePool(), Linear(inputs: 3, outputs: 10, random: &random)))
    let error = #expect(throws: TrainingError.self) {
      _ = try SemiSupervisedTraining(
        of: oneStage, by: AdaMixUp(), on: data, settings: settings, seed: 0)
    }
    #expect(
      error?.description
        == "network: found inputs of the shape [1, 8, 8, 3] for the last of its stages (1), expected "
        + "features (N, C) as the input of the last stage, which AdaMixUp discriminates")
  }

  /// An evaluation inside a scope of the evaluation weights evaluates these weights too.
  @Test func evaluationsCanBeNested() throws {
    let training = try training()
    try training.run()
    let alone = try training.evaluateTest().confidences
    let nested = try training.trainer.withEvaluationWeights {
      try training.evaluateTest().confidences
    }
    #expect(nested == alone)
  }

  /// Two calls take the same steps as one, and a call without steps takes none.
  @Test func aRunContinuesWhereItIs() throws {
    let (whole, divided) = (try training(), try training())
    var steps: [Int] = []
    try whole.run()
    for end in [0, 2, 2, 6] { try divided.run(until: end) { steps.append($0.step) } }
    try divided.run { _ in Issue.record("All steps have been taken.") }
    #expect(steps == Array(0..<6))
    #expect(divided.trainer.fingerprints == whole.trainer.fingerprints)
  }

  /// Before a step is taken: otherwise hours of training could end with the message.
  @Test func aRunEndsWithinItsSteps() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      try SemiSupervisedTrainingTests().training().run(until: 7) { _ in exit(0) }
    }
    #expect(
      standardError(of: result).contains(
        "Fatal error: Training has taken 0 of 6 steps; found 7 as its end."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let training = try SemiSupervisedTrainingTests().training()
      try training.run(until: 2)
      try training.run(until: 1)
    }
    #expect(
      standardError(of: result).contains(
        "Fatal error: Training has taken 2 of 6 steps; found 1 as its end."))
  }

  /// It would continue with other steps, silently.
  @Test func aStateOfAnotherRunIsRefused() throws {
    let run = try training()
    try run.run(until: 2)
    let snapshot = Snapshot(of: run.state)
    func complaint(_ other: SemiSupervisedTraining) -> String {
      let error = #expect(throws: SnapshotError.self) { try snapshot.restore(other.state) }
      return "\(error, default: "nothing")"
    }
    #expect(try complaint(training(seed: 1)) == "found the state \"seed\" with 0, expected 1")
    #expect(
      try complaint(training(by: Supervised())).hasPrefix(
        "found the state \"method\" with MixMatchStep {"))
    let longer = try complaint(training { $0.steps = 7 })
    #expect(longer.hasPrefix("found the state \"settings\" with {"))
    #expect(longer.contains("\"steps\":6") && longer.contains("\"steps\":7"))
    let split = try LabelSplit(labels: data.dataset.train.labels, labelled: 20, seed: 9)
    let other = TrainingData(data.dataset, split: split, scaling: data.scaling)
    #expect(try complaint(training(on: other)).hasPrefix("found the state \"data\" with "))
    let scaled = TrainingData(data.dataset, split: data.split, scaling: .unit)
    #expect(try complaint(training(on: scaled)).hasPrefix("found the state \"data\" with "))
    try snapshot.restore(training().state)
  }

  /// The new run starts from other initial weights, so that everything has to come from the snapshot.
  @Test(
    arguments: [0, 2, 4],
    [MixMatchStep(), alignedMixMatch, AdaMixUp()] as [any SemiSupervisedMethod])
  func aRestoredRunContinuesWithTheSameBits(last: Int, method: any SemiSupervisedMethod) throws {
    let uninterrupted = try training(by: method)
    var saved: [UInt8] = []
    try uninterrupted.run { report in
      if report.step == last { saved = Snapshot(of: uninterrupted.state).encoded() }
    }
    let resumed = try training(initial: 1, by: method)
    // Whatever networks the method itself has must come from the snapshot too.
    for (_, parameter) in resumed.trainer.auxiliary?.parameters ?? [] {
      parameter.value = Tensor(repeating: 0, shape: parameter.value.shape)
    }
    try Snapshot(decoding: saved).restore(resumed.state)
    try resumed.run()
    #expect(resumed.trainer.fingerprints == uninterrupted.trainer.fingerprints)
    #expect(
      Snapshot(of: resumed.state).encoded() == Snapshot(of: uninterrupted.state).encoded(),
      "weights, optimiser, EMA and learning curve")
    let (points, expected) = (resumed.curve.points, uninterrupted.curve.points)
    #expect(points.map(\.step) == expected.map(\.step))
    #expect(points.map(\.labelledLoss) == expected.map(\.labelledLoss))
    #expect(points.map(\.validationAccuracy) == expected.map(\.validationAccuracy))
    #expect(
      try resumed.outcome().test.confidences == uninterrupted.outcome().test.confidences)
  }
}

/// Learning from the labelled images alone, with the images that it is shown as its own network.
private struct ImageKeeper: SemiSupervisedMethod {
  final class Images: Module {
    let images: Tensor
    init(_ images: Tensor) { self.images = images }
  }

  var versions: Int { 0 }

  func makeAuxiliary(for network: any Layer, images: Tensor, random: inout RandomStream)
    -> (any Module)?
  { Images(images) }

  func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  ) -> Loss {
    Supervised().loss(batch, by: networks, step: step, random: &random)
  }
}

/// Evaluation of a network whose logits are the mean colour, so that it predicts the strongest channel.
@Suite struct EvaluationTests {
  /// Images of 2×2 pixels of one colour.
  private let images: LabelledImages = {
    let colours: [[UInt8]] = [
      [200, 9, 9], [9, 200, 9], [9, 9, 200], [9, 99, 9], [150, 9, 160],
    ]
    return LabelledImages(
      height: 2, width: 2, channels: 3,
      pixels: colours.flatMap { Array(repeating: $0, count: 4).flatMap { $0 } },
      labels: [0, 1, 0, 1, 2])
  }()

  /// Only the third image, blue with the label 0, is classified wrongly.
  @Test func accuracyIsTheFractionOfRightPredictions() throws {
    let evaluation = try evaluate(GlobalAveragePool(), on: images, scaling: .unit)
    #expect(evaluation.classes == [0, 1, 2, 1, 2])
    #expect(evaluation.accuracy == 0.8)
    #expect(evaluation.confidences.allSatisfy { $0 > 1 / 3 && $0 < 1 })
  }

  @Test func predictionsThatAreNotNumbersAreAnError() {
    final class Diverged: Layer {
      func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { .infinity * globalAveragePool(x) }
    }
    let error = #expect(throws: TrainingError.self) {
      try evaluate(Diverged(), on: images, scaling: .unit)
    }
    #expect(error?.description.hasPrefix("predictions: found some that are not numbers") == true)
  }

  /// Otherwise a network that has diverged would recognise all images of class 0.
  @Test func predictionsThatAreNotNumbersAreWrong() {
    let evaluation = Evaluation(
      of: Tensor([.nan, .nan, 0.25, 0.75, 0.5, .nan], shape: [3, 2]), labels: [0, 1, 1])
    #expect(evaluation.classes == [0, 1, 1])
    #expect(evaluation.confidences.map(\.isNaN) == [true, false, true])
    #expect(evaluation.accuracy == 1.0 / 3)
  }

  @Test func indicesSelectTheImages() throws {
    let evaluation = try evaluate(
      GlobalAveragePool(), on: images, indices: [4, 2], size: ImageSize(height: 3, width: 3),
      scaling: .unit)
    #expect(evaluation.classes == [2, 2])
    #expect(evaluation.accuracy == 0.5)
  }
}
