import Engine
import MixMatch
import Testing

/// Losses and gradients from PyTorch by `Fixtures/make_comparators.py`.
private struct ComparatorFixture: Decodable {
  /// Weights and biases of two linear layers.
  let model, teacher: [[Float]]
  /// Images (N, 2, 2, 3).
  let labelled, unlabelled, direction: [Float]
  let labels: [Int]
  let labelledLoss: Double
  let perturbation: [Double]
  let pseudoLabel, piModel, meanTeacher, vat, entropy: Case

  /// An unlabelled loss, and its gradients with respect to the model's weights and biases.
  struct Case: Decodable {
    let unlabelled: Double
    let gradients: [[Double]]
  }
}

/// Each method's loss and gradient, compared with PyTorch in double precision.
@Suite struct OtherMethodTests {
  private let fixture: ComparatorFixture
  private let model, teacher: PooledPerceptron
  private let batchOfTwo, batchOfOne: Batch

  init() throws {
    let fixture: ComparatorFixture = try loadFixture("comparators.json")
    self.fixture = fixture
    (model, teacher) = (PooledPerceptron(fixture.model), PooledPerceptron(fixture.teacher))
    let X = Examples(
      images: images(fixture.labelled), labels: oneHot(fixture.labels, classes: 5))
    let U = images(fixture.unlabelled)
    batchOfTwo = Batch(labelled: X, unlabelled: U)
    batchOfOne = Batch(labelled: X, unlabelled: U[0..<U.shape[0] / 2])
  }

  private var networks: MethodNetworks {
    MethodNetworks(model) { images in withoutGradients { teacher(images, .evaluation) } }
  }

  /// Expects the loss of a method in step 50, half way through a ramp of 100 steps, with the weight `weight`.
  private func expect(
    _ method: some SemiSupervisedMethod, _ expected: ComparatorFixture.Case, weight: Float
  ) throws {
    var random = RandomStream(seed: 0, "test")
    let batch = method.versions == 2 ? batchOfTwo : batchOfOne
    let loss = method.loss(batch, by: networks, step: 50, random: &random)
    #expect(loss.weight == weight)
    try expect(loss, expected)
  }

  private func expect(
    _ loss: Loss, _ expected: ComparatorFixture.Case, tolerance: Double = 1e-6,
    gradientTolerance: Double = 2e-6
  ) throws {
    #expect(abs(Double(loss.labelled.scalar) - fixture.labelledLoss) < 1e-6)
    let unlabelled = try #require(loss.unlabelled)
    #expect(abs(Double(unlabelled.scalar) - expected.unlabelled) < tolerance)
    unlabelled.backward()
    try expectGradients(model, expected.gradients, tolerance: gradientTolerance)
  }

  @Test func pseudoLabelsCountAboveTheThreshold() throws {
    var method = PseudoLabel(rampSteps: 100)
    method.threshold = 0.35
    try expect(method, fixture.pseudoLabel, weight: 0.5)
  }

  @Test func thePiModelComparesTwoVersions() throws {
    try expect(PiModel(rampSteps: 100), fixture.piModel, weight: 5)
  }

  @Test func meanTeacherUsesTheEMA() throws {
    try expect(MeanTeacher(rampSteps: 100), fixture.meanTeacher, weight: 25)
  }

  @Test func supervisedLearningHasTheCrossEntropyAlone() {
    let loss = Supervised().loss(batchOfOne, by: networks, step: 50)
    #expect(abs(Double(loss.labelled.scalar) - fixture.labelledLoss) < 1e-6)
    #expect(loss.unlabelled == nil && loss.penalty == nil && loss.guesses == nil)
    #expect(loss.total.scalar == loss.labelled.scalar)
  }

  /// The teacher of a trainer has the EMA of the weights, normalises by its batch, and leaves the network as it is.
  @Test func theTeacherOfATrainerIsTheEMA() throws {
    var random = RandomStream(seed: 0, "network")
    let network = Sequential(
      BatchNorm(channels: 3), GlobalAveragePool(), Linear(inputs: 3, outputs: 5, random: &random))
    let schedule = OneCycle(steps: 10, peak: 0.1)
    let trainer = Trainer(network, schedule: schedule, weightDecay: 0, emaDecay: 0.9)
    let (x, labels) = (batchOfOne.labelled.images, batchOfOne.labelled.labels)
    for _ in 0..<3 { try trainer.step(crossEntropy(network(x, .training), labels)) }
    let trained = Snapshot(of: network.state).encoded()
    func logits() -> [Float] {
      withoutGradients { network(x, .trainingWithFrozenStatistics) }.scalars
    }
    let expected = trainer.withEvaluationWeights { logits() }
    let teacher = try #require(MethodNetworks(trainer).teacher)
    #expect(teacher(x).scalars == expected)
    #expect(expected != logits())
    #expect(Snapshot(of: network.state).encoded() == trained)
    let alone = Trainer(network, schedule: schedule, weightDecay: 0)
    #expect(MethodNetworks(alone).teacher == nil)
  }

  /// The perturbation from a given direction, and the divergence that it causes, with its gradient: none flows
  /// through the perturbation or the prediction for the image itself.
  @Test func vatPerturbsInTheDirectionOfTheGreatestDivergence() throws {
    let U = batchOfOne.unlabelledImages
    let p = softmax(withoutGradients { model(U, .evaluation) })
    let vat = VirtualAdversarialTraining(rampSteps: 100)
    let r = vat.perturbation(of: U, from: p, towards: images(fixture.direction), by: model)
    try #require(r.count == fixture.perturbation.count)
    for (a, b) in zip(r.scalars, fixture.perturbation) { #expect(abs(Double(a) - b) < 1e-3) }
    #expect(model.parameters.allSatisfy { $0.parameter.gradient == nil })
    let loss = vat.loss(
      batchOfOne, by: networks, step: 50, towards: images(fixture.direction))
    // The perturbation is a quotient of small numbers in single precision.
    try expect(loss, fixture.vat, tolerance: 1e-4, gradientTolerance: 1e-4)
  }

  /// VAT's further term is the entropy of the predictions, without a ramp.
  @Test func vatMinimisesTheEntropy() throws {
    let vat = VirtualAdversarialTraining(rampSteps: 100)
    var random = RandomStream(seed: 0, "test")
    let loss = vat.loss(batchOfOne, by: networks, step: 0, random: &random)
    let penalty = try #require(loss.penalty)
    #expect(abs(Double(penalty.scalar) - 0.06 * fixture.entropy.unlabelled) < 1e-6)
    #expect(loss.weight == 0)
    #expect(loss.total.scalar == loss.labelled.scalar + penalty.scalar)
    penalty.backward()
    try expectGradients(model, fixture.entropy.gradients, times: 0.06, tolerance: 1e-6)
  }

  /// The methods leave the running statistics to the labelled images. Mixup is not among them, because its
  /// labelled images are mixed.
  @Test(arguments: ComparedLoss.all)
  func onlyLabelledImagesUpdateTheRunningStatistics(_ compared: ComparedLoss) {
    var random = RandomStream(seed: 0, "test")
    let images = Tensor((0..<12 * 8 * 8 * 3).map { _ in random.normal() }, shape: [12, 8, 8, 3])
    let labels = oneHot([0, 1, 2, 3], classes: 10)
    func moments(_ train: (MethodNetworks, Batch) -> Void) -> [[Float]] {
      var random = RandomStream(seed: 1, "weights")
      let network = WideResNet(
        depth: 10, widenFactor: 1, startChannels: 8, variant: .fastai, random: &random)
      let batch = Batch(
        labelled: Examples(images: images[0..<4], labels: labels),
        unlabelled: images[4..<4 + 4 * compared.method.versions])
      let networks = MethodNetworks(network) { images in
        withoutGradients { network(images, .trainingWithFrozenStatistics) }
      }
      train(networks, batch)
      return network.buffers.map(\.buffer.moments.mean.scalars)
    }
    let expected = moments { networks, batch in
      _ = networks.model(batch.labelled.images, .training)
    }
    let found = moments { networks, batch in
      _ = compared.method.loss(batch, by: networks, step: 50)
    }
    #expect(found == expected)
  }

  /// VAT's perturbation changes predictions more than random perturbations of the same length do on average.
  @Test func vatPerturbsMoreThanNoise() throws {
    let vat = VirtualAdversarialTraining(rampSteps: 100)
    var random = RandomStream(seed: 0, "test")
    let loss = vat.loss(batchOfOne, by: networks, step: 50, random: &random)
    let U = batchOfOne.unlabelledImages
    let p = softmax(withoutGradients { model(U, .evaluation) })
    let noise = (0..<20).map { _ in
      let d = Tensor((0..<U.count).map { _ in random.normal() }, shape: U.shape)
      let length = d.scalars.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let r = (0.75 * Float(U.shape[0]).squareRoot() / length) * d
      return klDivergence(model(U + r, .evaluation), p).scalar
    }
    #expect(try #require(loss.unlabelled).scalar > noise.reduce(0, +) / 20)
    #expect(abs(loss.weight - 0.15) < 1e-6)
  }

  /// The factor that would give a nearly flat gradient the length ε is larger than any Float.
  @Test func vatLeavesGradientsThatAreNearlyZero() {
    let gradients = Tensor([.leastNonzeroMagnitude, 0, 0, 0, 3, 4], shape: [3, 2])
    #expect(scaled(gradients, to: 10).scalars == [.leastNonzeroMagnitude, 0, 0, 0, 6, 8])
  }

  /// With a perturbation of length 0 the divergence is 0, even though batch norm makes predictions depend on
  /// the rest of the batch.
  @Test func vatComparesPredictionsFromEqualBatches() throws {
    var random = RandomStream(seed: 0, "test")
    let network = WideResNet(
      depth: 10, widenFactor: 1, startChannels: 8, variant: .fastai, random: &random)
    let images = Tensor((0..<8 * 8 * 8 * 3).map { _ in random.normal() }, shape: [8, 8, 8, 3])
    let X = Examples(images: 3 * images[0..<4], labels: oneHot([0, 1, 2, 3], classes: 10))
    var vat = VirtualAdversarialTraining(rampSteps: 100)
    vat.radius = 0
    let loss = vat.loss(
      Batch(labelled: X, unlabelled: images[4..<8]), by: MethodNetworks(network), step: 50,
      random: &random)
    #expect(abs(try #require(loss.unlabelled).scalar) < 1e-6)
  }

  /// Labelled examples are mixed with each other, and unlabelled ones, with the model's predictions, with
  /// each other; both losses are cross-entropies.
  @Test func mixupAloneMixesUnsharpenedPredictions() throws {
    var random = RandomStream(seed: 3, "test")
    let loss = MixupAlone().loss(batchOfOne, by: networks, step: 50, random: &random)

    let (X, U) = (batchOfOne.labelled, batchOfOne.unlabelledImages)
    let q = softmax(withoutGradients { model(U, .evaluation) })
    var again = RandomStream(seed: 3, "test")
    let entropies = [X, Examples(images: U, labels: q)].map { examples in
      let partners = again.permutation(of: examples.count)
      let λ = MixingCoefficients(.perExample, count: examples.count, alpha: 0.75, random: &again)
      let mixed = mixup(examples, examples.gathered(partners), lambda: λ)
      let p = softmax(withoutGradients { model(mixed.images, .evaluation) }).scalars
      let total = p.indices.reduce(0.0) {
        $0 - Double(mixed.labels.scalars[$1]) * .log(Double(p[$1]))
      }
      return total / Double(examples.count)
    }
    #expect(abs(Double(loss.labelled.scalar) - entropies[0]) < 1e-5)
    #expect(abs(Double(try #require(loss.unlabelled).scalar) - entropies[1]) < 1e-5)
    #expect(loss.weight == 1)
    #expect(loss.guesses?.sharpened.scalars == q.scalars)
  }
}

/// A method to be compared, with its name.
struct ComparedLoss: Sendable, CustomTestStringConvertible {
  let method: any SemiSupervisedMethod
  var testDescription: String { "\(type(of: method))" }

  static let all = [
    Supervised(), PseudoLabel(rampSteps: 100), PiModel(rampSteps: 100), MeanTeacher(rampSteps: 100),
    VirtualAdversarialTraining(rampSteps: 100),
  ].map { (method: any SemiSupervisedMethod) in ComparedLoss(method: method) }
}

private func images(_ values: [Float]) -> Tensor {
  Tensor(values, shape: [values.count / 12, 2, 2, 3])
}

/// Global average pooling and two linear layers with a ReLU between them.
private final class PooledPerceptron: Layer {
  private let layers: Sequential

  init(_ weights: [[Float]]) {
    var random = RandomStream(seed: 0, "perceptron")
    layers = Sequential(
      GlobalAveragePool(), Linear(inputs: 3, outputs: 6, random: &random), ReLU(),
      Linear(inputs: 6, outputs: 5, random: &random))
    set(layers, to: weights)
  }

  var parameters: [NamedParameter] { layers.parameters }

  func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { layers(x, mode) }
}
