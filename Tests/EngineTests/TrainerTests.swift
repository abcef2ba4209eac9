import Engine
import Testing

@Suite struct TrainerTests {
  private let images = Tensor((0..<12).map { Float($0) / 12 }, shape: [3, 2, 2, 1])
  private let labels = [0, 1, 1]

  /// The weight EMA in Double, over the weights after each step and batch norm's running statistics.
  @Test func emaFollowsItsFormula() throws {
    let (network, trainer) = make(emaDecay: 0.9)
    var ema = numbers(network)
    for step in 0..<5 {
      try trainer.step(loss(network), at: step)
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
    for step in 0..<3 { try trainer.step(loss(network), at: step) }
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
      let average = WeightEMA(of: network, decay: 0.9)
      _ = average.withAveragedWeights { Snapshot(of: average.state) }
    }
    let printed = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(printed.contains("The network has the EMA of its weights for evaluation;"))
  }

  /// A training that was put away and taken up again ends with the same bits.
  @Test func stateIsComplete() throws {
    let (network, trainer) = make(emaDecay: 0.9)
    for step in 0..<3 { try trainer.step(loss(network), at: step) }
    let bytes = Snapshot(of: trainer.state).encoded()
    for step in 3..<6 { try trainer.step(loss(network), at: step) }

    let (otherNetwork, other) = make(emaDecay: 0.9)
    try Snapshot(decoding: bytes).restore(other.state)
    #expect(other.stepCount == 3)
    for step in 3..<6 { try other.step(loss(otherNetwork), at: step) }
    #expect(numbers(otherNetwork) == numbers(network))
    #expect(
      other.withEvaluationWeights { numbers(otherNetwork) }
        == trainer.withEvaluationWeights { numbers(network) })
    #expect(other.fingerprints == trainer.fingerprints)
  }

  /// After 1, 10, 100 … steps and after the last, those of the weights at that time.
  @Test func fingerprintsAreTakenAtPowersOfTenAndAtTheEnd() throws {
    let (network, trainer) = make(steps: 12)
    var expected: [Int: Fingerprint] = [:]
    for step in 0..<12 {
      try trainer.step(loss(network), at: step)
      expected[step + 1] = network.fingerprint
    }
    #expect(trainer.fingerprints.entries.map(\.step) == [1, 10, 12])
    for entry in trainer.fingerprints.entries { #expect(entry.weights == expected[entry.step]) }
    #expect(Set(expected.values).count == 12)
  }

  @Test func damagedFingerprintsAreRefused() throws {
    let (network, trainer) = make()
    try trainer.step(loss(network), at: 0)
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
    try trainer.step(loss(network), at: 0)
    let parameters = network.parameters.map(\.parameter.value.scalars)
    let moments = network.buffers.map(\.buffer.moments.mean.scalars)
    let badLoss = bad * loss(network)
    #expect(network.buffers.map(\.buffer.moments.mean.scalars) != moments)
    let before = Snapshot(of: trainer.state).encoded()
    let error = try #require(throws: Trainer.NonFiniteLoss.self) {
      try trainer.step(badLoss, at: 1)
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
