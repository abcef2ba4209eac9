import Engine
import Testing

@Suite struct TrainerTests {
  private let images = Tensor((0..<12).map { Float($0) / 12 }, shape: [3, 2, 2, 1])
  private let labels = [0, 1, 1]

  /// The weight EMA in Double, over the weights after each step and batch norm's running statistics.
  @Test func emaFollowsItsFormula() throws {
    let (network, trainer) = make(emaDecay: 0.9)
    var ema = numbers(network)
    for _ in 0..<5 {
      try trainer.step(loss(network))
      ema = zip(ema, numbers(network)).map { 0.9 * $0 + 0.1 * $1 }
    }
    let trained = numbers(network)
    let evaluated = trainer.withEvaluationWeights { numbers(network) }
    #expect(zip(evaluated, ema).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(evaluated, trained).contains { abs($0 - $1) > 1e-4 })
    #expect(numbers(network) == trained)
  }

  /// The weights stay those for evaluation until the outermost call ends, also where an inner one throws.
  @Test func evaluationWeightsCanBeNested() throws {
    struct Stop: Error {}
    let (network, trainer) = make(emaDecay: 0.9)
    for _ in 0..<3 { try trainer.step(loss(network)) }
    let trained = numbers(network)
    let averaged = trainer.withEvaluationWeights { numbers(network) }
    try #require(averaged != trained)
    trainer.withEvaluationWeights {
      #expect(trainer.withEvaluationWeights { numbers(network) } == averaged)
      #expect(numbers(network) == averaged)
      #expect(throws: Stop.self) { try trainer.withEvaluationWeights { throw Stop() } }
      #expect(numbers(network) == averaged)
    }
    #expect(numbers(network) == trained)
  }

  /// A snapshot of exchanged weights would restore a network that trains on from its average.
  @Test func stateCannotBeSavedWhileTheNetworkHasItsAverage() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let network = BatchNorm(channels: 1)
      let ema = WeightEMA(of: network, decay: 0.9)
      _ = ema.withEMAWeights { Snapshot(of: ema.state) }
    }
    let printed = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(printed.contains("The network has the EMA of its weights for evaluation;"))
  }

  /// A training that was put away and taken up again ends with the same bits.
  @Test func stateIsComplete() throws {
    let (network, trainer) = make(emaDecay: 0.9)
    for _ in 0..<3 { try trainer.step(loss(network)) }
    let bytes = Snapshot(of: trainer.state).encoded()
    for _ in 0..<3 { try trainer.step(loss(network)) }

    let (otherNetwork, other) = make(emaDecay: 0.9)
    try Snapshot(decoding: bytes).restore(other.state)
    #expect(other.stepCount == 3)
    for _ in 0..<3 { try other.step(loss(otherNetwork)) }
    #expect(numbers(otherNetwork) == numbers(network))
    #expect(
      other.withEvaluationWeights { numbers(otherNetwork) }
        == trainer.withEvaluationWeights { numbers(network) })
    #expect(other.fingerprints == trainer.fingerprints)
  }

  /// A layer that occurs twice is trained once in each step, and keeps its own weights when those of the EMA are
  /// exchanged.
  @Test func sharedLayers() throws {
    func make(_ layers: (Linear) -> [any Layer]) -> (Sequential, Trainer) {
      var random = RandomStream(seed: 0, "shared layer")
      let network = Sequential(layers(Linear(inputs: 2, outputs: 2, random: &random)))
      return (
        network,
        Trainer(
          network, schedule: OneCycle(steps: 9, peak: 0.1), weightDecay: 0.1, emaDecay: 0.9)
      )
    }
    let x = Tensor([1, 2, 3, -1], shape: [2, 2])
    let (shared, trainer) = make { [$0, ReLU(), $0] }
    let (reference, other) = make { [Twice($0)] }
    #expect(shared.parameters.map(\.name) == ["0.weights", "0.bias", "2.weights", "2.bias"])
    #expect(shared.parameterCount == 6)
    for _ in 0..<3 {
      try trainer.step(crossEntropy(shared(x, .training), labels: [0, 1]))
      try other.step(crossEntropy(reference(x, .training), labels: [0, 1]))
      #expect(shared(x, .evaluation).scalars == reference(x, .evaluation).scalars)
      let averaged = trainer.withEvaluationWeights { shared(x, .evaluation).scalars }
      #expect(averaged == other.withEvaluationWeights { reference(x, .evaluation).scalars })
      #expect(averaged != shared(x, .evaluation).scalars)
    }
    let sgd = SGD(shared.parameters, weightDecay: 0.5)
    let before = shared.parameters[0].parameter.value.scalars
    for parameter in shared.parameters {
      parameter.parameter.gradient = 0 * parameter.parameter.value
    }
    sgd.update(learningRate: 1)
    #expect(shared.parameters[0].parameter.value.scalars == before.map { $0 - 0.5 * $0 })
  }

  /// A layer, ReLU, and the same layer, listed once.
  private final class Twice: Layer {
    private let layer: Linear
    init(_ layer: Linear) { self.layer = layer }
    func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { layer(relu(layer(x, mode)), mode) }
    var parameters: [NamedParameter] { layer.parameters }
  }

  /// Numbers that no training run has, and that would make the next step trap or give NaN.
  @Test func damagedStateOfAdamIsRefused() throws {
    func expect(_ step: Int, _ square: Float, complaint: String) throws {
      let damaged = Snapshot(of: [
        .number("step", get: { step }, set: { _ in }),
        .tensor("mean.x", get: { Tensor([0], shape: [1]) }, set: { _ in }),
        .tensor("square.x", get: { Tensor([square], shape: [1]) }, set: { _ in }),
      ])
      let adam = AdamW([("x", Parameter(Tensor([1], shape: [1])))], weightDecay: 0)
      let error = try #require(throws: SnapshotError.self) { try damaged.restore(adam.state) }
      #expect("\(error)".contains(complaint), "\(error)")
    }
    try expect(-1, 0, complaint: "-1, expected 0 to")
    try expect(.max, 0, complaint: "\(Int.max), expected 0 to 9007199254740992")
    try expect(1, -0.5, complaint: "the mean square -0.5, expected at least 0")
  }

  /// After 1, 10, 100 … steps and after the last, those of the weights at that time.
  @Test func fingerprintsAreTakenAtPowersOfTenAndAtTheEnd() throws {
    let (network, trainer) = make(steps: 12)
    var expected: [Int: Fingerprint] = [:]
    for step in 0..<12 {
      try trainer.step(loss(network))
      expected[step + 1] = network.fingerprint
    }
    #expect(trainer.fingerprints.entries.map(\.step) == [1, 10, 12])
    for entry in trainer.fingerprints.entries { #expect(entry.weights == expected[entry.step]) }
    #expect(Set(expected.values).count == 12)
  }

  @Test func damagedFingerprintsAreRefused() throws {
    let (network, trainer) = make()
    try trainer.step(loss(network))
    let bytes = Snapshot(of: trainer.state).encoded()
    let digits = Array(network.fingerprint.description.utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: digits) })
    for damage in [UInt8(ascii: "g"), UInt8(ascii: " ")] {
      var damaged = bytes
      damaged[place + 7] = damage
      damaged = damaged.dropLast(16) + fingerprintDigits(of: damaged.dropLast(16))
      let snapshot = try Snapshot(decoding: damaged)
      #expect(throws: SnapshotError.self) { try snapshot.restore(trainer.state) }
    }
  }

  /// A loss of which nothing can be learned says where it came up. The step changes no parameter and nothing else;
  /// only the forward pass before it has moved batch norm's running statistics.
  @Test(arguments: [Float.nan, .infinity]) func aLossThatIsNotFiniteLeavesTheParameters(bad: Float)
    throws
  {
    let (network, trainer) = make(emaDecay: 0.9)
    try trainer.step(loss(network))
    let parameters = network.parameters.map(\.parameter.value.scalars)
    let moments = network.buffers.map(\.buffer.moments.mean.scalars)
    let badLoss = bad * loss(network)
    #expect(network.buffers.map(\.buffer.moments.mean.scalars) != moments)
    let before = Snapshot(of: trainer.state).encoded()
    let error = try #require(throws: Trainer.NonFiniteLoss.self) {
      try trainer.step(badLoss)
    }
    #expect("\(error)".contains("step 2") && "\(error)".contains("learning rate of"))
    #expect(network.parameters.map(\.parameter.value.scalars) == parameters)
    #expect(Snapshot(of: trainer.state).encoded() == before)
  }

  /// From one end to the other by the same factor in each step.
  @Test func exponentialRise() {
    let rise = ExponentialSchedule(steps: 4, from: 1e-3, to: 1)
    for (step, expected) in zip(0..<4, [1e-3, 1e-2, 1e-1, 1] as [Float]) {
      #expect(abs(rise(step).learningRate / expected - 1) < 1e-5)
    }
  }

  private func make(emaDecay: Float? = nil, steps: Int = 6) -> (Sequential, Trainer) {
    var random = RandomStream(seed: 0, "trainer test")
    let network = Sequential(
      BatchNorm(channels: 1), GlobalAveragePool(), Linear(inputs: 1, outputs: 2, random: &random))
    let trainer = Trainer(
      network, schedule: OneCycle(steps: steps, peak: 0.1), weightDecay: 0.01,
      emaDecay: emaDecay)
    return (network, trainer)
  }

  private func loss(_ network: Sequential) -> Tensor {
    crossEntropy(network(images, .training), labels: labels)
  }

  /// All weights and running statistics.
  private func numbers(_ network: Sequential) -> [Double] {
    network.parameters.flatMap { $0.parameter.value.scalars.map(Double.init) }
      + network.buffers.flatMap {
        ($0.buffer.moments.mean.scalars + $0.buffer.moments.variance.scalars).map(
          Double.init)
      }
  }
}
