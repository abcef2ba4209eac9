import Engine
import Foundation
import Testing

@Suite struct WideResNetTrainingTests {
  /// The losses of 200 steps of a WRN-10-2 from the same weights and batches as in PyTorch.
  ///
  /// Two trainings that differ by rounding drift apart: PyTorch's own run in single precision does
  /// so from its run in double precision. Winograd's convolution rounds more than a direct one, so
  /// ours may be twenty times as far from the double one as that was up to the same step; this bound
  /// soon exceeds the falling loss, so that later steps are compared by their means only.
  @Test func lossesFollowPyTorch() throws {
    let run = try Run.load()
    let losses = train(run)
    var drift = 0.0
    for step in 0..<60 {
      drift = max(drift, abs(run.single[step] - run.double[step]))
      #expect(
        abs(Double(losses[step]) - run.double[step]) <= 20 * drift + 2e-5, "step \(step)")
    }
    // The drift is noise around one curve: over fifty steps the means agree to 5 %.
    for steps in [50..<100, 100..<150, 150..<200] {
      let ours = losses[steps].reduce(0) { $0 + Double($1) }
      let theirs = run.double[steps].reduce(0, +)
      #expect(abs(ours - theirs) <= 0.05 * theirs, "steps \(steps)")
    }
  }

  private func train(_ run: Run) -> [Float] {
    var random = RandomStream(seed: 0, "weights that are replaced")
    let network = WideResNet(depth: 10, widenFactor: 2, random: &random)
    setWeights(network)
    let adam = AdamW(network.parameters, weightDecay: run.decay)
    let schedule = OneCycle(steps: run.steps, peak: run.peak)
    let images = run.images()
    return (0..<run.steps).map { step in
      let rows = (0..<run.batch).map { (step * run.batch + $0) % run.examples }
      let x = Tensor(
        rows.flatMap { images[$0] }, shape: [run.batch, run.size, run.size, 3])
      let loss = crossEntropy(network(x, .training), labels: rows.map { $0 * 7 % 10 })
      loss.backward()
      let (learningRate, momentum) = schedule(step)
      adam.update(learningRate: learningRate, momentum: momentum)
      return loss.scalar
    }
  }

  /// Weights by the fixture's hash; what starts at 0 or 1 stays, and the head's bias becomes 0.
  private func setWeights(_ network: WideResNet) {
    var stream: UInt64 = 0
    for (name, parameter) in network.parameters where !name.contains("norm") {
      let shape = parameter.value.shape
      guard name != "head.bias" else {
        parameter.value = Tensor(repeating: 0, shape: shape)
        continue
      }
      stream += 1
      let scale = (24 / Double(shape.dropLast().reduce(1, *))).squareRoot()
      let values = hashedUniform(stream, count: shape.reduce(1, *)).map { Float($0 * scale) }
      parameter.value = Tensor(values, shape: shape)
    }
  }
}

/// Fixtures/wide_resnet.json, made by make_wide_resnet.py.
private struct Run: Decodable {
  let steps, batch, examples, size: Int
  let peak, decay: Float
  let single, double: [Double]

  static func load() throws -> Run {
    let file = try #require(
      Bundle.module.url(
        forResource: "wide_resnet", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Run.self, from: Data(contentsOf: file))
  }

  /// A template for each class, and noise.
  func images() -> [[Float]] {
    let length = size * size * 3
    let templates = hashedUniform(100, count: 10 * length)
    let noise = hashedUniform(101, count: examples * length)
    return (0..<examples).map { example in
      let template = example * 7 % 10 * length
      return (0..<length).map { Float(templates[template + $0] + 3 * noise[example * length + $0]) }
    }
  }
}

/// Multiples of 2⁻²⁴ in [−0.5, 0.5): SplitMix64 of stream·2³² + index, counted from 1.
private func hashedUniform(_ stream: UInt64, count: Int) -> [Double] {
  (1...UInt64(count)).map { index in
    var z = (stream << 32 + index) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Double(z >> 40) * 0x1p-24 - 0.5
  }
}
