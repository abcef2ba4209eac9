import Datasets
import Engine
import MixMatch
import Testing

/// The course of a training run: image sizes, computing time, evaluations.
@Suite struct TrainingScheduleTests {
  private func settings(_ change: (inout TrainingSettings) -> Void) -> TrainingSettings {
    var settings = TrainingSettings()
    change(&settings)
    return settings
  }

  @Test func imageSizesFollowThePhases() {
    let growing = settings {
      $0.steps = 10
      $0.phases = [
        .init(share: 0.3, size: 16), .init(share: 0.3, size: 24), .init(share: 0.4, size: 32),
      ]
    }
    let original = ImageSize(height: 40, width: 30)
    let sizes = (0..<10).map { growing.imageSize(at: $0, original: original) }
    #expect(
      sizes == [16, 16, 16, 24, 24, 24, 32, 32, 32, 32].map { ImageSize(height: $0, width: $0) })
    #expect(TrainingSettings().imageSize(at: 5, original: original) == original)
  }

  @Test func workIsProportionalToPixels() {
    let growing = settings {
      $0.steps = 10
      $0.phases = [.init(share: 0.5, size: 16), .init(share: 0.5, size: 32)]
    }
    #expect([0, 5, 6, 10].map(growing.fractionOfWork) == [0, 0.2, 0.36, 1])
    #expect(settings { $0.steps = 10 }.fractionOfWork(ofSteps: 4) == 0.4)
  }

  @Test func evaluationsAreEvenlySpacedAndTheLastIsAtTheLastStep() {
    let three = settings {
      $0.steps = 10
      $0.evaluationCount = 3
    }
    #expect((0..<10).filter(three.isEvaluationDue) == [3, 6, 9])
    let often = settings {
      $0.steps = 4
      $0.evaluationCount = 9
    }
    #expect((0..<4).filter(often.isEvaluationDue) == [0, 1, 2, 3])
  }
}

/// Settings, methods and data that do not fit are refused in one line, before any work is done.
@Suite struct TrainingSettingsTests {
  private func images(_ count: Int, size: Int = 4, channels: Int = 3) -> LabelledImages {
    LabelledImages(
      height: size, width: size, channels: channels,
      pixels: (0..<count * size * size * channels).map { UInt8($0 * 37 % 256) },
      labels: (0..<count).map { UInt8($0 % 2) })
  }

  private func dataset(_ train: LabelledImages, test: LabelledImages, knownLabels: Int? = nil)
    -> ImageDataset
  {
    ImageDataset(
      name: "stripes", classNames: ["even", "odd"], train: train, test: test,
      knownLabels: knownLabels)
  }

  private var settings: TrainingSettings {
    var settings = TrainingSettings()
    (settings.labelledBatch, settings.unlabelledBatch) = (2, 2)
    return settings
  }

  /// The error of a check; nil for settings that fit.
  private func complaint(
    about method: any SemiSupervisedMethod = MixMatchStep(), _ dataset: ImageDataset? = nil,
    split: LabelSplit? = nil, scaling: PixelScaling = .cifar
  ) throws -> String? {
    let dataset = dataset ?? self.dataset(images(12), test: images(4))
    let chosen = try split ?? LabelSplit(labels: dataset.train.labels, labelled: 4, seed: 0)
    do {
      try settings.check(
        for: method, on: TrainingData(dataset, split: chosen, scaling: scaling))
      return nil
    } catch let error as TrainingError {
      return error.description
    }
  }

  @Test func hyperparametersMustHaveAnEffect() throws {
    var mixMatch = MixMatchStep()
    mixMatch.alignment = DistributionAlignment()
    #expect(try complaint(about: mixMatch) == nil)
    mixMatch.alignment?.decay = 1
    #expect(
      try complaint(about: mixMatch)
        == "decay of the distribution alignment: found 1.0, expected a number from 0 to below 1")
    var vat = VirtualAdversarialTraining(rampSteps: 10)
    #expect(try complaint(about: vat) == nil)
    vat.probe = 0
    #expect(try complaint(about: vat) == "ξ of VAT: found 0.0, expected a finite number above 0")
    for radius in [Float.nan, .infinity] {
      (vat.probe, vat.radius) = (0.1, radius)
      #expect(
        try complaint(about: vat) == "ε of VAT: found \(radius), expected a finite number above 0")
    }
  }

  @Test func weightsOfLossesMustBeNumbersOfAtLeastZero() throws {
    for weight in [Float.nan, .infinity, -1] {
      var mixMatch = MixMatchStep()
      mixMatch.unlabelledWeight = weight
      var mixup = MixupAlone()
      mixup.unlabelledWeight = weight
      for method in [mixMatch, mixup] as [any SemiSupervisedMethod] {
        #expect(
          try complaint(about: method)
            == "weight of the unlabelled loss: found \(weight), expected a finite number of at least 0"
        )
      }
      var vat = VirtualAdversarialTraining(rampSteps: 10)
      vat.entropyWeight = weight
      #expect(
        try complaint(about: vat)
          == "weight of the entropy: found \(weight), expected a finite number of at least 0")
    }
  }

  @Test func batchesMustHaveImages() throws {
    let data = TrainingData(
      dataset(images(12), test: images(4)),
      split: try LabelSplit(labelled: [0, 1], unlabelled: [2, 3], validation: []), scaling: .cifar)
    for (batch, kind) in [
      (\TrainingSettings.labelledBatch, "labelled"), (\.unlabelledBatch, "unlabelled"),
    ] {
      var settings = settings
      settings[keyPath: batch] = 0
      let error = #expect(throws: TrainingError.self) {
        try settings.check(for: MixMatchStep(), on: data)
      }
      #expect(error?.description == "\(kind) images in a batch: found 0, expected at least 1")
    }
  }

  @Test func phasesAreSharesOfTheSteps() throws {
    var settings = settings
    let data = TrainingData(
      dataset(images(12), test: images(4)),
      split: try LabelSplit(labelled: [0, 1], unlabelled: [2, 3], validation: []), scaling: .cifar)
    for (shares, sizes) in [
      ([-0.5, 1.5], [4, 4]), ([0.5, 0.5], [1, 4]), ([0.5, 0.5], [4, 1 << 40]),
    ] {
      settings.phases = zip(shares, sizes).map { .init(share: $0, size: $1) }
      let error = #expect(throws: TrainingError.self) {
        try settings.check(for: Supervised(), on: data)
      }
      #expect(
        error?.description
          == "phases: found sizes \(sizes) for the shares \(shares) of the steps, "
          + "expected sizes from 2 to 4096 pixels, and shares above 0 that sum to 1")
    }
  }

  /// The labels of images beyond the known ones mean nothing, so that only the method may see those images.
  @Test func labelsMustBeKnown() throws {
    let half = dataset(images(12), test: images(4), knownLabels: 6)
    func complaint(_ labelled: [Int], _ unlabelled: [Int], _ validation: [Int]) throws -> String? {
      try self.complaint(
        half,
        split: LabelSplit(labelled: labelled, unlabelled: unlabelled, validation: validation))
    }
    let line =
      "split: found the index 6 of a labelled or validation image, expected indices below 6, "
      + "because the classes of the other images are not known"
    #expect(try complaint([0, 6], [7, 8], [1]) == line)
    #expect(try complaint([0, 1], [7, 8], [6]) == line)
    #expect(try complaint([0, 1], [6, 7], [5]) == nil)
  }

  @Test func thereMustBeTestImages() throws {
    let found = try complaint(dataset(images(12), test: images(0)))
    #expect(found == "test images: found none, expected at least 1")
  }

  @Test func imagesMustBeLargeEnoughToResample() throws {
    let found = try complaint(dataset(images(12, size: 1), test: images(4, size: 1)))
    #expect(found == "images: found 1×1 pixels, expected at least 2×2 pixels")
  }

  /// Grey images fit any number of channels; the augmentation has at most 4.
  @Test(arguments: [(1, 1, true), (1, 3, true), (2, 3, false), (3, 1, false), (5, 5, false)])
  func channelsMustFitTheScaling(ofImages channels: Int, ofScaling: Int, fits: Bool) throws {
    let stripes = dataset(images(12, channels: channels), test: images(4, channels: channels))
    let scaling = PixelScaling(
      mean: Array(repeating: 0.5, count: ofScaling),
      deviation: Array(repeating: 1, count: ofScaling))
    let found = try complaint(stripes, scaling: scaling)
    let expected =
      "normalisation of pixel values: found \(ofScaling) channels for images of \(channels), "
      + "expected as many channels as the images have, or any number for grey images; at most 4"
    #expect(found == (fits ? nil : expected))
  }

  /// Expects the error `line` for a method after `change`.
  private func expectComplaint<Method: SemiSupervisedMethod>(
    _ line: String, about method: Method, changedBy change: (inout Method) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var method = method
    change(&method)
    let found = try complaint(about: method)
    #expect(found == line, sourceLocation: sourceLocation)
  }

  @Test func hyperparametersOfMethodsAreChecked() throws {
    let noRamp = "steps of the ramp: found 0, expected at least 1"
    let noStage = "stages before which mixup can happen: found 0, expected at least 1"
    let noBeta = "alpha: found 0.0, expected a finite number above 0"
    try expectComplaint(noRamp, about: MixMatchStep()) { $0.rampSteps = 0 }
    try expectComplaint(noStage, about: MixMatchStep()) { $0.mixupStages = 0 }
    try expectComplaint(noBeta, about: MixMatchStep()) { $0.alpha = 0 }
    try expectComplaint(
      "alpha: found inf, expected a finite number above 0", about: MixMatchStep()
    ) { $0.alpha = .infinity }
    try expectComplaint(
      "temperature: found 0.0, expected a number above 0", about: MixMatchStep()
    ) { $0.temperature = 0 }
    try expectComplaint(
      "versions of an unlabelled image: found 0, expected at least 1", about: MixMatchStep()
    ) { $0.versions = 0 }
    try expectComplaint(noRamp, about: PseudoLabel(rampSteps: 0))
    try expectComplaint(
      "threshold of pseudo-labels: found 95.0, expected a probability from 0 to 1",
      about: PseudoLabel(rampSteps: 1)
    ) { $0.threshold = 95 }
    try expectComplaint(noRamp, about: PiModel(rampSteps: 0))
    try expectComplaint(noRamp, about: MeanTeacher(rampSteps: 0))
    try expectComplaint(noRamp, about: VirtualAdversarialTraining(rampSteps: 0))
    try expectComplaint(noBeta, about: MixupAlone()) { $0.alpha = 0 }
    try expectComplaint(noBeta, about: ManifoldMixup()) { $0.alpha = 0 }
    try expectComplaint(noStage, about: ManifoldMixup()) { $0.stages = 0 }
  }

  /// A method outside of the library reports its hyperparameters in the same words.
  @Test func othersCanThrowTrainingErrors() {
    let error = TrainingError("margin", found: "-1", expected: "a number of at least 0")
    #expect(error.description == "margin: found -1, expected a number of at least 0")
  }

  @Test func hyperparametersInTheirRangesAreAccepted() throws {
    let methods: [any SemiSupervisedMethod] = [
      MixMatchStep(), PseudoLabel(rampSteps: 1), PiModel(rampSteps: 1), MixupAlone(),
      ManifoldMixup(), AdaMixUp(), Supervised(), VirtualAdversarialTraining(rampSteps: 1),
    ]
    for method in methods {
      let found = try complaint(about: method)
      #expect(found == nil, "\(type(of: method))")
    }
  }

  /// Between the lowest and the highest learning rate there is at least one step.
  @Test func aLearningRateCurveHasTwoSteps() throws {
    let error = #expect(throws: TrainingError.self) {
      try learningRateCurve(by: Supervised(), steps: 1)
    }
    #expect(
      error?.description == "steps of the learning-rate curve: found 1, expected at least 2")
  }

  @Test func theNetworkOfALearningRateCurveHasAnOutputForEachClass() {
    let error = #expect(throws: TrainingError.self) {
      try learningRateCurve(by: Supervised(), steps: 2, outputs: 10)
    }
    #expect(
      error?.description == "network: found 10 outputs, expected 2, the number of classes")
  }

  /// A loss of up to four times the smallest one is part of the curve; a larger one ends it, and `body` sees it.
  @Test func aLearningRateCurveEndsWhereTheLossExceedsFourTimesItsMinimum() throws {
    var seen: [Float] = []
    let curve = try learningRateCurve(by: GivenLosses([1, 0.5, 2, 2.1, 0.1]), steps: 6) {
      #expect($0 == seen.count)
      seen.append($1)
    }
    #expect(curve.losses == [1, 0.5, 2])
    #expect(seen == [1, 0.5, 2, 2.1])
    // From 10⁻⁵ to 1 in five equal factors.
    #expect(curve.learningRates.count == 3)
    for (rate, expected) in zip(curve.learningRates, [1e-5, 1e-4, 1e-3] as [Float]) {
      #expect(abs(rate / expected - 1) < 1e-5)
    }
  }

  @Test(arguments: [[1, .nan], [1, 4.5], [.infinity]] as [[Float]])
  func aLossThatDivergesAtOnceHasNoCurve(losses: [Float]) {
    let error = #expect(throws: TrainingError.self) {
      try learningRateCurve(by: GivenLosses(losses), steps: 6)
    }
    #expect(
      error?.description
        == "learning rates: found a loss that diverges in the first steps, expected it to decrease at first; "
        + "change the settings")
  }

  @discardableResult
  private func learningRateCurve(
    by method: some SemiSupervisedMethod, steps: Int, outputs: Int = 2,
    inEachStep body: (_ step: Int, _ loss: Float) throws -> Void = { _, _ in }
  ) throws -> LearningRateCurve {
    let stripes = dataset(images(12), test: images(4))
    let data = TrainingData(
      stripes, split: try LabelSplit(labels: stripes.train.labels, labelled: 4, seed: 0),
      scaling: .cifar)
    var random = RandomStream(seed: 0, "initial weights")
    let network = Sequential(
      GlobalAveragePool(), Linear(inputs: 3, outputs: outputs, random: &random))
    return try LearningRateCurve(
      of: network, by: method, on: data, settings: settings, steps: steps, seed: 0,
      inEachStep: body)
  }
}

/// A method with a given loss in each step, whose gradients are zero.
private struct GivenLosses: SemiSupervisedMethod {
  let losses: [Float]
  var versions: Int { 0 }

  init(_ losses: [Float]) { self.losses = losses }

  func loss(
    _ batch: Batch, by networks: MethodNetworks, step: Int, random: inout RandomStream
  ) -> Loss {
    let zero = 0 * networks.model(batch.labelled.images, .training).sum()
    return Loss(labelled: zero + Tensor([losses[step]], shape: []))
  }
}
