import Engine
import Testing

/// The network whose blocks are one operation each against ``WideResNetReference``.
@Suite struct WideResNetTests {
  /// A variant, the first convolution's channels (16 and more go by Winograd's algorithm), and the
  /// depth: 10 has one block in each group, 16 has two, the second of which has an identity for a
  /// shortcut.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let variant: WideResNet.Variant
    let reference: WideResNetReference.Variant
    let startChannels: Int
    let depth: Int
  }

  private static let cases = [(16, 10), (16, 16), (3, 16)].flatMap { channels, depth in
    [
      Case(
        testDescription: "fastai, \(channels) channels, depth \(depth)", variant: .fastai,
        reference: .fastai, startChannels: channels, depth: depth),
      Case(
        testDescription: "paper, \(channels) channels, depth \(depth)", variant: .paper,
        reference: .paper, startChannels: channels, depth: depth),
    ]
  }

  private let images = Fixture.uniform("residual/images", in: [-1, 1], shape: [5, 12, 4, 3])
  private let target = Fixture.uniform("residual/target", in: [-1, 1], shape: [5, 10])

  /// A network whose batch norms differ from channel to channel.
  private func makeNetwork(_ c: Case) -> WideResNet {
    var random = RandomStream(seed: 5, "residual/weights")
    let network = WideResNet(
      depth: c.depth, widenFactor: 1, startChannels: c.startChannels, variant: c.variant,
      random: &random)
    for (name, parameter) in network.parameters {
      let shape = parameter.value.shape
      if name.hasSuffix("scale") {
        parameter.value = .uniform(in: 0.5..<1.5, shape: shape, random: &random)
      } else if name.hasSuffix("shift") {
        parameter.value = .uniform(in: -0.5..<0.5, shape: shape, random: &random)
      }
    }
    return network
  }

  /// Two batches in training, then one in evaluation by the running statistics of these. Both networks
  /// round, at different places, and some seventeen layers on top of each other enlarge what they
  /// round off.
  @Test(arguments: cases)
  func agreesWithPlainOperations(_ c: Case) throws {
    let tolerance = 1e-4
    let network = makeNetwork(c)
    var reference = WideResNetReference(
      of: network, c.reference, blocksInGroup: (c.depth - 4) / 6)
    for mode in [Mode.training, .trainingWithFrozenStatistics, .training, .evaluation] {
      let (ours, expected) = (network(images, mode), reference(images, mode))
      #expect(relativeDistance(ours, expected) <= tolerance, "logits, \(mode)")
      meanSquaredError(ours, target).backward()
      meanSquaredError(expected, target).backward()
      for (name, parameter) in network.parameters {
        let other = try #require(reference.parameters[name])
        let gradients = try (#require(parameter.gradient), #require(other.gradient))
        #expect(
          relativeDistance(gradients.0, gradients.1) <= tolerance, "gradient by \(name), \(mode)")
        (parameter.gradient, other.gradient) = (nil, nil)
      }
      for (name, buffer) in network.buffers {
        let (moments, other) = try (buffer.moments, #require(reference.running[name]))
        #expect(relativeDistance(moments.mean, other.mean) <= tolerance, "\(name), \(mode)")
        #expect(
          relativeDistance(moments.variance, other.variance) <= tolerance, "\(name), \(mode)")
      }
    }
  }

  /// The groups with stride 2 halve height and width, rounding up: 7×5, 4×3, 2×2.
  @Test func takesImagesOfOddSizes() {
    let c = Self.cases[0]
    let network = makeNetwork(c)
    var reference = WideResNetReference(
      of: network, c.reference, blocksInGroup: (c.depth - 4) / 6)
    let images = Fixture.uniform("residual/odd images", in: [-1, 1], shape: [5, 7, 5, 3])
    let (ours, expected) = (network(images, .training), reference(images, .training))
    #expect(ours.shape == [5, 10])
    #expect(relativeDistance(ours, expected) <= 1e-4)
  }

  /// Grey images in one channel: logits, and the gradient of the filters that they meet.
  @Test func takesGreyImages() throws {
    var random = RandomStream(seed: 5, "residual/weights")
    let network = WideResNet(depth: 10, widenFactor: 1, inputChannels: 1, random: &random)
    #expect(network.parameters[0].parameter.value.shape == [3, 3, 1, 16])
    var reference = WideResNetReference(of: network, .fastai, blocksInGroup: 1)
    let images = Fixture.uniform("residual/grey images", in: [-1, 1], shape: [5, 12, 4, 1])
    let (ours, expected) = (network(images, .training), reference(images, .training))
    #expect(relativeDistance(ours, expected) <= 1e-4)
    meanSquaredError(ours, target).backward()
    meanSquaredError(expected, target).backward()
    let gradient = try #require(network.parameters[0].parameter.gradient)
    let other = try #require(reference.parameters["stem.weights"]?.gradient)
    #expect(relativeDistance(gradient, other) <= 1e-4)
  }

  /// The largest distance in units of the root mean square.
  private func relativeDistance(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return .infinity }
    let expected = b.scalars.map(Double.init)
    return largestDistance(a.scalars.map(Double.init), expected) / rootMeanSquare(expected)
  }

  /// WRN-28-2 has 1.47 million parameters, as the literature counts them, and 5.86 million in the
  /// article's notebook, which starts with twice the channels; both as PyTorch counts its own.
  @Test(arguments: [(16, 1_467_610), (32, 5_859_754)])
  func parameterCount(startChannels: Int, expected: Int) {
    var random = RandomStream(seed: 0, "residual/count")
    let network = WideResNet(
      depth: 28, widenFactor: 2, startChannels: startChannels, random: &random)
    #expect(network.parameterCount == expected)
  }
}
