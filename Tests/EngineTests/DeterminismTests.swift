import Engine
import Testing

/// The same bits, whatever the number of threads.
@Suite struct DeterminismTests {
  /// The bits of all numbers that `body` gives, for each of several numbers of threads.
  private func expectSameBits(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> [Tensor]
  ) throws {
    let results = try [1, 2, 3, 7, 1].map { threads in
      try Parallel.$threads.withValue(threads) { try body().map { $0.scalars.map(\.bitPattern) } }
    }
    let reference = try #require(results.first)
    #expect(
      !reference.isEmpty && reference.allSatisfy { !$0.isEmpty }, sourceLocation: sourceLocation)
    for result in results { #expect(result == reference, sourceLocation: sourceLocation) }
  }

  /// Both ways of computing a convolution are in it.
  @Test func training() throws {
    try expectSameBits {
      var random = RandomStream(seed: 2, "determinism")
      let network = Sequential(
        Conv2d(inputChannels: 3, outputChannels: 16, kernelSize: 3, stride: 2, random: &random),
        ReLU(),
        Conv2d(inputChannels: 16, outputChannels: 32, kernelSize: 3, padding: 1, random: &random),
        ReLU(),
        BatchNorm(channels: 32), GlobalAveragePool(),
        Linear(inputs: 32, outputs: 4, random: &random))
      let adam = AdamW(network.parameters, weightDecay: 0.01)
      let schedule = OneCycle(steps: 20, peak: 0.01)
      let losses = (0..<schedule.steps).map { step in
        let x = Tensor.uniform(in: -1..<1, shape: [32, 9, 9, 3], random: &random)
        let labels = (0..<32).map { _ in random.integer(below: 4) }
        let loss = crossEntropy(network(x, .training), labels: labels)
        loss.backward()
        let (learningRate, momentum) = schedule(step)
        adam.update(learningRate: learningRate, momentum: momentum)
        return loss.scalar
      }
      let moments = network.buffers.map(\.buffer.moments)
      return [Tensor(losses, shape: [losses.count])] + network.parameters.map(\.parameter.value)
        + moments.flatMap { [$0.mean, $0.variance] }
    }
  }

  /// A sum over the images of a batch is that over its first half plus that over its second half, to the bit,
  /// where a part has one image: 16 parts, and 8 for large filters. In order of the parts it would be another
  /// one.
  @Test(arguments: [
    (images: 16, channels: 3, stride: 1), (16, 16, 1), (16, 16, 2), (8, 128, 1),
  ])
  func sumsAreAddedInATree(images: Int, channels: Int, stride: Int) throws {
    var random = RandomStream(seed: 4, "determinism")
    let x = Tensor.uniform(in: -1..<1, shape: [images, 8, 8, channels], random: &random)
    let weights = Parameter(
      .uniform(in: -1..<1, shape: [3, 3, channels, channels], random: &random))
    let bias = Parameter(.uniform(in: -1..<1, shape: [channels], random: &random))
    let side = 8 / stride
    let t = Tensor.uniform(
      in: -1..<1, shape: [images, side, side, channels], random: &random)
    func gradients(_ range: Range<Int>) throws -> [Tensor] {
      (weights.gradient, bias.gradient) = (nil, nil)
      let y = conv2d(
        x[range], weights.value, bias: bias.value, stride: stride, padding: 1)
      (y * t[range]).sum().backward()
      return [try #require(weights.gradient), try #require(bias.gradient)]
    }
    let whole = try gradients(0..<images)
    let halves = zip(try gradients(0..<images / 2), try gradients(images / 2..<images)).map(+)
    for (whole, halves) in zip(whole, halves) { #expect(whole.scalars == halves.scalars) }
  }

  /// The blocks take moments and sums of gradients while they convolve.
  @Test func wideResNet() throws {
    try expectSameBits {
      var random = RandomStream(seed: 3, "determinism")
      let network = WideResNet(depth: 10, widenFactor: 1, random: &random)
      let x = Tensor.uniform(in: -1..<1, shape: [21, 8, 8, 3], random: &random)
      let logits = network(x, .training)
      meanSquaredError(logits, Tensor(repeating: 1, shape: logits.shape)).backward()
      let moments = network.buffers.map(\.buffer.moments)
      return try [logits] + network.parameters.map { try #require($0.parameter.gradient) }
        + moments.flatMap { [$0.mean, $0.variance] }
    }
  }

  /// Batches large enough that the work really is shared, in both ways of computing a convolution.
  @Test(arguments: [(channels: 16, stride: 1), (channels: 12, stride: 2)])
  func convolution(channels: Int, stride: Int) throws {
    let shape = [64, 16, 16, channels]
    let weightShape = [3, 3, channels, 2 * channels + 16 * (channels % 16)]
    try expectSameBits {
      let x = Parameter(Fixture.uniform("determinism/x", in: [-1, 1], shape: shape))
      let weights = Parameter(Fixture.uniform("determinism/w", in: [-1, 1], shape: weightShape))
      let bias = Parameter(Tensor(repeating: 0.5, shape: [weightShape[3]]))
      let y = conv2d(
        x.value, weights.value, bias: bias.value, stride: stride, padding: 1, activation: .relu)
      meanSquaredError(y, Tensor(repeating: 1, shape: y.shape)).backward()
      return try [y] + [x, weights, bias].map { try #require($0.gradient) }
    }
  }

  @Test func batchNormAndPooling() throws {
    try expectSameBits {
      let x = Parameter(Fixture.uniform("determinism/x", in: [-1, 3], shape: [64, 16, 16, 20]))
      let norm = BatchNorm(channels: 20)
      let y = globalAveragePool(leakyReLU(norm(x.value, .training), slope: 0.1))
      meanSquaredError(y, Tensor(repeating: 1, shape: y.shape)).backward()
      let gradients = try ([x] + norm.parameters.map(\.parameter)).map { try #require($0.gradient) }
      let moments = norm.buffers[0].buffer.moments
      return [y, moments.mean, moments.variance] + gradients
    }
  }
}
