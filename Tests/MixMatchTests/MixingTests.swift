import Engine
import Foundation
import MixMatch
import Testing

/// Losses and gradients from PyTorch by `Fixtures/make_mixing.py`.
private struct MixingFixture: Decodable {
  /// Images (N, 8, 8, 3).
  let images: [Float]
  let labels, partners: [Int]
  let lambda, u: [Float]
  /// The weights of a wide residual network.
  let parameters: [[Float]]
  /// Manifold mixup in the images, and after the first and the second group.
  let manifold: [Manifold]
  let adaMixUp: AdaMixUp

  struct Manifold: Decodable {
    let loss: Double
    let gradients: [[Double]]
    /// Mean and variance of each batch norm after the step.
    let running: [[Double]]
  }

  struct AdaMixUp: Decodable {
    let low, high, lambda: [Double]
    let classification, intrusion: Double
    let parameters: Parts<Float>
    let gradients: Parts<Double>
  }

  struct Parts<Number: Decodable>: Decodable {
    let classifier, policy, discriminator: [[Number]]
  }

  var X: Examples {
    Examples(
      images: Tensor(images, shape: [labels.count, 8, 8, 3]), labels: oneHot(labels, classes: 4))
  }
}

/// A small wide residual network with random weights.
private func wideResNet(classes: Int = 10, seed: UInt64 = 0) -> WideResNet {
  var random = RandomStream(seed: seed, "network")
  return WideResNet(
    depth: 10, widenFactor: 1, startChannels: 3, classes: classes, random: &random)
}

/// Random labelled images (N, 8, 8, 3).
private func labelled(_ count: Int, classes: Int = 10) -> Examples {
  var random = RandomStream(seed: 1, "images")
  let images = Tensor(
    (0..<count * 8 * 8 * 3).map { _ in random.normal() }, shape: [count, 8, 8, 3])
  return Examples(
    images: images, labels: oneHot((0..<count).map { $0 % classes }, classes: classes))
}

@Suite struct LayerStageTests {
  /// The forward pass cut in two after any stage, and the whole one: the same logits, gradients and running
  /// statistics, to the bit.
  @Test(arguments: 0...5, [Mode.training, .evaluation])
  func stagesMakeUpTheForwardPass(cut: Int, mode: Mode) throws {
    let (whole, parts) = (wideResNet(), wideResNet())
    let x = labelled(6).images
    let expected = whole(x, mode)
    let state = parts.run(0..<cut, on: HiddenState(x), mode)
    let found = parts.run(cut..<parts.stageCount, on: state, mode).values
    #expect(found.scalars == expected.scalars)
    expected.sum().backward()
    found.sum().backward()
    for (a, b) in zip(parts.parameters, whole.parameters) {
      #expect(a.parameter.gradient?.scalars == b.parameter.gradient?.scalars, "\(a.name)")
    }
    #expect(Snapshot(of: parts.state).encoded() == Snapshot(of: whole.state).encoded())
  }

  @Test func aChainHasAStageForEachLayerAndAnyOtherLayerHasOne() {
    let chain = Sequential(ReLU(), GlobalAveragePool())
    let x = labelled(2).images
    #expect(chain.stageCount == 2 && ReLU().stageCount == 1)
    #expect(chain.run(0..<1, on: HiddenState(x), .training).values.scalars == relu(x).scalars)
    #expect(ReLU().run(0..<0, on: HiddenState(x), .training).values.scalars == x.scalars)
    #expect(ReLU().run(0..<1, on: HiddenState(x), .training).values.scalars == relu(x).scalars)
  }
}

@Suite struct ManifoldMixupTests {
  /// Value, gradients and running statistics with mixing in the images and in two hidden layers, against
  /// PyTorch in double precision.
  @Test(arguments: 0..<3) func lossAndGradientsMatchPyTorch(stage: Int) throws {
    let fixture: MixingFixture = try loadFixture("mixing.json")
    let network = wideResNet(classes: 4)
    set(network, to: fixture.parameters)
    let expected = fixture.manifold[stage]
    let loss = ManifoldMixup().crossEntropy(
      of: fixture.X, by: network, mixedBefore: stage, with: fixture.partners,
      lambda: MixingCoefficients(fixture.lambda))
    #expect(abs(Double(loss.scalar) - expected.loss) < 1e-6)
    loss.backward()
    try expectGradients(network, expected.gradients)
    let running = network.buffers.flatMap { [$0.buffer.moments.mean, $0.buffer.moments.variance] }
    try #require(running.count == expected.running.count)
    for (found, expected) in zip(running, expected.running) {
      for (a, b) in zip(found.scalars, expected) { #expect(abs(Double(a) - b) < 1e-6) }
    }
  }

  /// With one stage, the method is mixup of the images: the same loss and gradients, to the bit.
  @Test func atTheInputItIsMixup() throws {
    let X = labelled(8)
    let method = ManifoldMixup.ofImages(alpha: 2)
    let (ours, other) = (wideResNet(), wideResNet())
    let loss = method.loss(Batch(labelled: X, unlabelled: nil), by: MethodNetworks(ours), step: 0)

    var random = RandomStream(seed: 0, "method", 0)
    let partners = random.permutation(of: 8)
    let λ = MixingCoefficients(.perExample, count: 8, alpha: 2, random: &random)
    let mixed = mixup(X, X.gathered(partners), lambda: λ)
    let expected = crossEntropy(other(mixed.images, .training), mixed.labels)
    #expect(loss.total.scalar == expected.scalar)
    loss.total.backward()
    expected.backward()
    for (a, b) in zip(ours.parameters, other.parameters) {
      #expect(a.parameter.gradient?.scalars == b.parameter.gradient?.scalars, "\(a.name)")
    }
    #expect(Snapshot(of: ours.state).encoded() == Snapshot(of: other.state).encoded())
  }

  /// In each step the method mixes before the stage that it draws, after partners and λ.
  @Test func theLossMixesAtTheDrawnPlace() {
    let X = labelled(8)
    var places: Set<Int> = []
    for step in 0..<20 {
      let (ours, other) = (wideResNet(), wideResNet())
      let loss = ManifoldMixup().loss(
        Batch(labelled: X, unlabelled: nil), by: MethodNetworks(ours), step: step)
      var random = RandomStream(seed: 0, "method", step)
      let partners = random.permutation(of: 8)
      let λ = MixingCoefficients(.perExample, count: 8, alpha: 2, random: &random)
      let place = random.integer(below: 3)
      let expected = ManifoldMixup().crossEntropy(
        of: X, by: other, mixedBefore: place, with: partners, lambda: λ)
      #expect(loss.total.scalar == expected.scalar, "step \(step), stage \(place)")
      places.insert(place)
    }
    #expect(places == [0, 1, 2])
  }

  /// Each of the three places is drawn about as often as the others.
  @Test func thePlaceIsDrawnAnewInEachStep() {
    let network = wideResNet()
    let places = (0..<300).map { step in
      var random = RandomStream(seed: 0, "method", step)
      return mixedStage(of: network, among: 3, random: &random)
    }
    for place in 0..<3 { #expect((70...130).contains(places.count { $0 == place })) }
    var random = RandomStream(seed: 0, "method")
    #expect(mixedStage(of: ReLU(), among: 3, random: &random) == 0)
  }
}

/// Manifold mixup in MixMatch.
@Suite struct HiddenMixMatchTests {
  private let batch = Batch(labelled: labelled(4), unlabelled: labelled(8).images)

  private func method(stages: Int?, _ batchNorm: BatchNormGroups = .whole) -> MixMatchStep {
    var method = MixMatchStep()
    (method.mixupStages, method.batchNorm, method.rampSteps) = (stages, batchNorm, 100)
    return method
  }

  /// One stage is the paper's mixup, to the bit.
  @Test(arguments: BatchNormGroups.allCases) func oneStageIsMixMatch(groups: BatchNormGroups) {
    let losses = [nil, 1].map { stages in
      let network = wideResNet()
      let loss = method(stages: stages, groups).loss(
        batch, by: MethodNetworks(network), step: 50)
      loss.total.backward()
      return (
        loss.total.scalar, network.parameters.map { $0.parameter.gradient?.scalars },
        network.fingerprint
      )
    }
    #expect(losses[0].0 == losses[1].0 && losses[0].1 == losses[1].1 && losses[0].2 == losses[1].2)
  }

  /// In a network without batch norm the groups make no difference; each example must meet its own partner,
  /// however the groups order them.
  @Test func groupsOnlyChangeBatchNorm() throws {
    var random = RandomStream(seed: 0, "network")
    let network = Sequential(
      Conv2d(
        inputChannels: 3, outputChannels: 4, kernelSize: 3, activation: .relu, random: &random),
      Conv2d(
        inputChannels: 4, outputChannels: 4, kernelSize: 3, activation: .relu, random: &random),
      GlobalAveragePool(), Linear(inputs: 4, outputs: 10, random: &random))
    var stages: Set<Int> = []
    for step in 1...12 {
      let losses = BatchNormGroups.allCases.map {
        method(stages: 3, $0).loss(batch, by: MethodNetworks(network), step: step)
      }
      let unlabelled = try losses.map { try #require($0.unlabelled).scalar }
      for (loss, unlabelledLoss) in zip(losses, unlabelled).dropFirst() {
        #expect(abs(losses[0].labelled.scalar - loss.labelled.scalar) < 1e-6)
        #expect(abs(unlabelled[0] - unlabelledLoss) < 1e-6)
      }
      // Mixing in the images gives another loss, unless the step drew that place.
      let input = method(stages: nil).loss(batch, by: MethodNetworks(network), step: step)
      stages.insert(input.labelled.scalar == losses[0].labelled.scalar ? 0 : 1)
    }
    #expect(stages == [0, 1])
  }

  /// Hidden states are mixed with their partners' by each example's own λ′.
  @Test func hiddenStatesAreMixed() {
    let network = wideResNet()
    let step = method(stages: 3)
    var random = RandomStream(seed: 0, "test")
    let mixed = step.mix(batch, by: network, random: &random)
    let groups = step.batchNorm.groups(of: 12, versions: 2)
    let found = mixed.examples(before: 1, of: network, groups)
    let h = network.run(0..<1, on: HiddenState(mixed.unmixed.images), .training).values
    let expected = mixup(h, gathered(mixed.partners, of: h), lambda: mixed.lambda)
    #expect(found.images.scalars == expected.scalars)
    #expect(found.images.needsGradient)
    #expect(found.labels.scalars == mixed.X.labels.scalars + mixed.U.labels.scalars)
  }

  /// Gradients flow through the mixture to the stages before it: those of the method are, up to rounding, those of the
  /// same loss written with the network's parts.
  @Test func gradientsFlowThroughHiddenMixtures() throws {
    let (ours, other) = (wideResNet(), wideResNet())
    let step = method(stages: 3)
    // The first step that mixes after two stages.
    let index = try #require((1...20).first { place(inStep: $0, of: step) == 2 })
    let loss = step.loss(batch, by: MethodNetworks(ours), step: index)
    loss.total.backward()

    var random = RandomStream(seed: 0, "method", index)
    let mixed = step.mix(batch, by: other, random: &random)
    let h = other.run(0..<2, on: HiddenState(mixed.unmixed.images), .training).values
    let states = mixup(h, gathered(mixed.partners, of: h), lambda: mixed.lambda)
    let logits = other.run(2..<other.stageCount, on: HiddenState(states), .training).values
    let (labelled, unlabelled) = (Array(0..<4), Array(4..<12))
    let supervised = crossEntropy(gathered(labelled, of: logits), mixed.X.labels)
    let difference = softmax(gathered(unlabelled, of: logits)) - mixed.U.labels
    let expected =
      supervised + loss.weight * (1 / Float(8 * 10)) * (difference * difference).sum()
    #expect(abs(loss.total.scalar - expected.scalar) < 1e-5)
    expected.backward()
    for (a, b) in zip(ours.parameters, other.parameters) {
      let (found, gradient) = (
        try #require(a.parameter.gradient).scalars, try #require(b.parameter.gradient).scalars
      )
      for (a, b) in zip(found, gradient) { #expect(abs(a - b) < 1e-4 * max(1, abs(b))) }
    }
    #expect(ours.parameters[0].parameter.gradient?.scalars.contains { $0 != 0 } == true)
  }

  /// The stage that `method` draws in a step with seed 0, after everything else.
  private func place(inStep step: Int, of method: MixMatchStep) -> Int {
    var random = RandomStream(seed: 0, "method", step)
    let network = wideResNet()
    _ = method.mix(batch, by: network, random: &random)
    return mixedStage(of: network, among: 3, random: &random)
  }

  /// The setting is encoded only where it is used, so that recorded runs keep their keys.
  @Test func unusedSettingsAreNotEncoded() throws {
    let texts = try [nil, 3].map { stages in
      String(decoding: try JSONEncoder().encode(method(stages: stages)), as: UTF8.self)
    }
    #expect(!texts[0].contains("mixupStages") && texts[1].contains("\"mixupStages\":3"))
  }
}

@Suite struct AdaMixUpTests {
  /// Intervals, both losses, and the gradients of all three networks, against PyTorch in double precision.
  @Test func lossesAndGradientsMatchPyTorch() throws {
    let fixture: MixingFixture = try loadFixture("mixing.json")
    let expected = fixture.adaMixUp
    var random = RandomStream(seed: 0, "network")
    let classifier = Sequential(
      Conv2d(inputChannels: 3, outputChannels: 6, kernelSize: 3, padding: 1, random: &random),
      BatchNorm(channels: 6), ReLU(), GlobalAveragePool(),
      Linear(inputs: 6, outputs: 4, random: &random))
    let networks = AdaMixUpNetworks(channels: 3, features: 6, random: &random)
    set(classifier, to: expected.parameters.classifier)
    set(networks.policy, to: expected.parameters.policy)
    set(networks.discriminator, to: expected.parameters.discriminator)

    let X = fixture.X
    let intervals = networks.policy(X.images, partners: fixture.partners, .training)
    let λ = intervals.lambda(at: fixture.u)
    for (pair, bounds) in intervals.bounds.enumerated() {
      #expect(abs(Double(bounds.lowerBound) - expected.low[pair]) < 1e-6)
      #expect(abs(Double(bounds.upperBound) - expected.high[pair]) < 1e-6)
      #expect(abs(Double(λ.values[pair]) - expected.lambda[pair]) < 1e-6)
    }
    let (classification, intrusion) = AdaMixUp().losses(
      of: mixup(X, X.gathered(fixture.partners), lambda: λ), and: X, by: classifier,
      networks.discriminator)
    #expect(abs(Double(classification.scalar) - expected.classification) < 1e-6)
    #expect(abs(Double(intrusion.scalar) - expected.intrusion) < 1e-6)
    (classification + intrusion).backward()
    try expectGradients(classifier, expected.gradients.classifier)
    try expectGradients(networks.policy, expected.gradients.policy)
    try expectGradients(networks.discriminator, expected.gradients.discriminator)
  }

  /// Also where the softmax rounds to 0 and 1, and at both ends of the interval.
  @Test func intervalsAndCoefficientsLieBetween0And1() {
    var random = RandomStream(seed: 0, "logits")
    for scale: Float in [0, 1, 10, 100, 1e4] {
      let logits = Tensor((0..<300).map { _ in scale * random.normal() }, shape: [100, 3])
      let intervals = MixingIntervals(logits: logits)
      let drawn = (0..<20).map { _ in intervals.draw(random: &random).values }
      let ends = [Float(0), 1].map { intervals.lambda(at: Array(repeating: $0, count: 100)).values }
      // Before rounding errors are removed.
      let parts = softmax(logits).scalars
      for (pair, bounds) in intervals.bounds.enumerated() {
        #expect(bounds.lowerBound == parts[3 * pair])
        #expect(abs(bounds.upperBound - (parts[3 * pair] + parts[3 * pair + 1])) < 1e-6)
        #expect(bounds.lowerBound >= 0 && bounds.upperBound <= 1)
        for λ in drawn.map({ $0[pair] }) {
          #expect((0...1).contains(λ))
          #expect(λ >= bounds.lowerBound - 1e-6 && λ <= bounds.upperBound + 1e-6)
        }
        #expect(abs(ends[0][pair] - bounds.lowerBound) <= 1e-6)
        #expect(abs(ends[1][pair] - bounds.upperBound) <= 1e-6)
      }
    }
  }

  /// Logits that are not numbers give the interval [0, 1], which can be reported, and a λ that is not a number, so that
  /// the loss is none either.
  @Test func logitsThatAreNotNumbersEndInTheLoss() {
    let intervals = MixingIntervals(logits: Tensor([.nan, 0, 0, 0, .nan, 0], shape: [2, 3]))
    #expect(intervals.bounds == [0...1, 0...1])
    #expect(intervals.lambda(at: [0, 1]).values.allSatisfy { $0.isNaN })
  }

  /// Without learning, λ is uniform in [⅓, ⅔], the policy network gets no gradient, and the rest is the same.
  @Test func fixedIntervalsAreTheMiddleThird() throws {
    var method = AdaMixUp()
    method.learnsIntervals = false
    let X = labelled(8)
    let network = wideResNet()
    var random = RandomStream(seed: 0, "test")
    let networks = try #require(
      try method.makeAuxiliary(for: network, images: X.images, random: &random) as? AdaMixUpNetworks
    )
    let loss = method.loss(
      Batch(labelled: X, unlabelled: nil), by: MethodNetworks(network, auxiliary: networks),
      step: 0)
    let pairs = try #require(loss.mixing).pairs
    for pair in pairs {
      #expect(abs(pair.interval.lowerBound - 1 / 3) < 1e-6)
      #expect(abs(pair.interval.upperBound - 2 / 3) < 1e-6)
    }
    loss.total.backward()
    #expect(networks.policy.parameters.allSatisfy { $0.parameter.gradient == nil })
    #expect(networks.discriminator.parameters.allSatisfy { $0.parameter.gradient != nil })
  }

  /// On a wide residual network the discriminator reads the channels of the last group, and its gradient reaches the
  /// first convolution and the policy network.
  @Test func theDiscriminatorReadsTheLastGroup() throws {
    let X = labelled(8)
    let network = wideResNet()
    var random = RandomStream(seed: 0, "test")
    let networks = try #require(
      try AdaMixUp().makeAuxiliary(for: network, images: X.images, random: &random)
        as? AdaMixUpNetworks
    )
    #expect(networks.discriminator.parameters[0].parameter.value.shape == [12, 2])
    let loss = AdaMixUp().loss(
      Batch(labelled: X, unlabelled: nil), by: MethodNetworks(network, auxiliary: networks),
      step: 0)
    try #require(loss.penalty).backward()
    for parameter in [network.parameters[0]] + networks.policy.parameters {
      let gradient = try #require(parameter.parameter.gradient, "\(parameter.name)")
      #expect(gradient.scalars.contains { $0 != 0 }, "\(parameter.name)")
    }
  }

  /// Three classes on a line around −1, 0 and 1: mixtures of the outer two intrude into the one between them at λ = ½.
  /// The discriminator's loss falls below guessing, and the intervals of these pairs leave ½, in either direction.
  @Test(arguments: 0..<3) func intervalsLeaveTheClassInTheMiddle(run: Int) throws {
    let line = Line(run: run)
    let trainer = try line.trainer(AdaMixUp())
    let losses = try line.train(trainer, by: AdaMixUp())
    let (first, last) = (losses.prefix(20).reduce(0, +) / 20, losses.suffix(50).reduce(0, +) / 50)
    #expect(last < first - 0.02, "\(first) → \(last)")
    #expect(last < Float(log(2.0)) - 0.03, "\(last)")
    let policy = try #require(trainer.auxiliary as? AdaMixUpNetworks).policy
    // The classes at −1 and 1 with each other, the one at 0 with itself.
    let partners = line.classes.indices.map { line.classes[$0] == 1 ? $0 : 59 - $0 }
    let bounds = policy(line.X.images, partners: partners, .training).bounds
    let outer = bounds.indices.filter { line.classes[$0] != 1 }.map { bounds[$0] }
    #expect(outer.count { !$0.contains(0.5) } > outer.count * 9 / 10, "\(outer)")
  }

  /// After a training with all intervals [⅓, ⅔], the policy network alone lowers the discriminator's loss, by the
  /// gradient of this loss.
  @Test(arguments: 0..<3) func thePolicyHelpsTheDiscriminator(run: Int) throws {
    var fixed = AdaMixUp()
    fixed.learnsIntervals = false
    let line = Line(run: run)
    let trainer = try line.trainer(fixed)
    _ = try line.train(trainer, by: fixed)
    let policy = try #require(trainer.auxiliary as? AdaMixUpNetworks).policy
    let optimiser = AdamW(policy.parameters, weightDecay: 0)
    let losses = try (0..<200).map { step in
      let loss = AdaMixUp().loss(
        Batch(labelled: line.X, unlabelled: nil), by: MethodNetworks(trainer), step: step)
      let intrusion = try #require(loss.penalty)
      intrusion.backward()
      optimiser.update(learningRate: 0.01, momentum: 0.9)
      return intrusion.scalar
    }
    let (first, last) = (losses.prefix(20).reduce(0, +) / 20, losses.suffix(20).reduce(0, +) / 20)
    #expect(last < first - 0.01, "\(first) → \(last)")
  }

  /// Points of three classes on a line, and a small classifier of them.
  private struct Line {
    let classes = (0..<60).map { $0 % 3 }
    let X: Examples
    private let random: RandomStream

    init(run: Int) {
      var random = RandomStream(seed: 0, "line", run)
      let x = classes.flatMap { c -> [Float] in [Float(c - 1) + 0.3 * random.normal(), 1] }
      X = Examples(
        images: Tensor(x, shape: [60, 1, 1, 2]), labels: oneHot(classes, classes: 3))
      self.random = random
    }

    func trainer(_ method: AdaMixUp) throws -> Trainer {
      var random = random
      let network = Sequential(
        GlobalAveragePool(), Linear(inputs: 2, outputs: 32, random: &random), ReLU(),
        Linear(inputs: 32, outputs: 3, random: &random))
      return Trainer(
        network,
        auxiliary: try method.makeAuxiliary(for: network, images: X.images[0..<1], random: &random),
        schedule: OneCycle(steps: 600, peak: 0.01), weightDecay: 0)
    }

    /// Takes 600 steps; returns the discriminator's loss in each.
    func train(_ trainer: Trainer, by method: AdaMixUp) throws -> [Float] {
      try (0..<600).map { step in
        let loss = method.loss(
          Batch(labelled: X, unlabelled: nil), by: MethodNetworks(trainer), step: step)
        try trainer.step(loss.total)
        return try #require(loss.penalty).scalar
      }
    }
  }

  /// The curve holds the mean interval of like and of unlike pairs as the share of the lesser image, for every 100
  /// steps, and leaves out images that are their own partners.
  @Test func theCurveHasMeanIntervals() throws {
    // a and Δ of the pairs (0, 1), (1, 0), (2, 3), (3, 4), (4, 2) and of image 5 with itself.
    let parts: [(Float, Float)] = [
      (0.1, 0.2), (0.3, 0.2), (0.2, 0.7), (0.01, 0.02), (0.6, 0.1), (0.9, 0.05),
    ]
    let logits = parts.flatMap { a, Δ -> [Float] in
      [a, Δ, 1 - a - Δ].map { Float(log(Double($0))) }
    }
    let labels = oneHot([0, 0, 1, 1, 2, 2], classes: 3)
    let mixing = LearnedMixing(
      MixingIntervals(logits: Tensor(logits, shape: [6, 3])), partners: [1, 0, 3, 4, 2, 5],
      labels: labels)
    #expect(mixing.pairs.map(\.classes) == [[0, 0], [0, 0], [1, 1], [1, 2], [2, 1]])
    var curve = LearningCurve()
    #expect(curve.mixing == nil)
    for step in 0..<130 {
      let intrusion: Float = step < 50 ? 0.25 : step < 100 ? 0.75 : 2
      let loss = Loss(
        labelled: Tensor([1], shape: []), penalty: Tensor([intrusion], shape: []), mixing: mixing)
      #expect(loss.total.scalar == 1 + intrusion)
      curve.add(loss, hiddenLabels: [])
    }
    let means = try #require(curve.mixing)
    #expect(means.map(\.step) == [100, 130] && means.map(\.count) == [100, 30])
    #expect(abs(means[0].intrusionLoss - 0.5) < 1e-12 && means[1].intrusionLoss == 2)
    let (like, unlike) = (means[0].like, means[0].unlike)
    #expect(like.pairs == 300 && unlike.pairs == 200)
    // [0.2, 0.9] and [0.6, 0.7] become [0.1, 0.8] and [0.3, 0.4].
    #expect(abs(like.low - 0.5 / 3) < 1e-6 && abs(like.high - 1.6 / 3) < 1e-6)
    #expect(abs(unlike.low - 0.155) < 1e-6 && abs(unlike.high - 0.215) < 1e-6)
    #expect(like.unmixed == 0 && abs(unlike.unmixed - 0.5) < 1e-12)
  }
}
