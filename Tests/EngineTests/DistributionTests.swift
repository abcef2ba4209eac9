import Engine
import Reference
import Testing

/// The same bits, whatever the number of processes among which the images of a batch are divided.
@Suite struct DistributionTests {
  /// The bits of all numbers that `body` gives, alone and for each rank of several numbers of processes.
  private func expectSameBits(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable () throws -> [Tensor]
  ) throws {
    let reference = try body().map { $0.scalars.map(\.bitPattern) }
    #expect(!reference.isEmpty, sourceLocation: sourceLocation)
    for processes in [1, 2, 4, 8] {
      let results = try ThreadCommunicator.run(processes: processes) {
        try body().map { $0.scalars.map(\.bitPattern) }
      }
      for (rank, result) in results.enumerated() {
        #expect(
          result == reference, "rank \(rank) of \(processes)", sourceLocation: sourceLocation)
      }
    }
  }

  /// The loss, and the gradients and running statistics after a step; the input has a gradient too. The
  /// numbers of images are divided evenly, unevenly, and not at all by most numbers of processes.
  @Test(arguments: [32, 21, 8, 3]) func wideResNet(images: Int) throws {
    try expectSameBits {
      var random = RandomStream(seed: 5, "distribution")
      let network = WideResNet(depth: 10, widenFactor: 2, random: &random)
      let x = Parameter(.uniform(in: -1..<1, shape: [images, 8, 8, 3], random: &random))
      let loss = crossEntropy(network(x.value, .training), labels: (0..<images).map { $0 % 10 })
      loss.backward()
      let moments = network.buffers.map(\.buffer.moments)
      return try [loss, try #require(x.gradient), network(x.value, .evaluation)]
        + network.parameters.map { try #require($0.parameter.gradient) }
        + moments.flatMap { [$0.mean, $0.variance] }
    }
  }

  /// A chain of layers is divided up to the first one that is not divisible.
  @Test func chainOfLayers() throws {
    try expectSameBits {
      var random = RandomStream(seed: 6, "distribution")
      let network = Sequential(
        Conv2d(inputChannels: 3, outputChannels: 16, kernelSize: 3, padding: 1, random: &random),
        LeakyReLU(slope: 0.1), MaxPool2d(kernelSize: 2),
        Conv2d(inputChannels: 16, outputChannels: 20, kernelSize: 3, stride: 2, random: &random),
        BatchNorm(channels: 20), ReLU(), GlobalAveragePool(),
        Linear(inputs: 20, outputs: 12, random: &random), ReLU(), BatchNorm(channels: 12),
        Linear(inputs: 12, outputs: 4, random: &random))
      let adam = AdamW(network.parameters, weightDecay: 0.01)
      let losses = (0..<5).map { _ in
        let x = Tensor.uniform(in: -1..<1, shape: [19, 12, 12, 3], random: &random)
        let loss = meanSquaredError(
          network(x, .training), Tensor(repeating: 1, shape: [19, 4]))
        loss.backward()
        adam.update(learningRate: 0.01, momentum: 0.9)
        return loss
      }
      return losses + network.parameters.map(\.parameter.value)
    }
  }

  /// The gradient of the loss is zero for all images but the first, so that all processes but one have nothing to add,
  /// and still take part in the sums.
  @Test func lossOfOneImage() throws {
    try expectSameBits {
      var random = RandomStream(seed: 9, "distribution")
      let network = Sequential(
        Conv2d(inputChannels: 3, outputChannels: 16, kernelSize: 3, padding: 1, random: &random),
        BatchNorm(channels: 16), ReLU(),
        Conv2d(inputChannels: 16, outputChannels: 4, kernelSize: 3, random: &random),
        GlobalAveragePool())
      let x = Tensor.uniform(in: -1..<1, shape: [16, 8, 8, 3], random: &random)
      // In training batch norm would spread the gradient over all images.
      let logits = network(x, .evaluation)
      (logits[0..<1] * logits[0..<1]).sum().backward()
      return try [logits] + network.parameters.map { try #require($0.parameter.gradient) }
    }
  }

  /// Each process flattens its own images; the linear layer gets those of all.
  @Test func flattenedImages() throws {
    #expect(Flatten().isDivisible)
    try expectSameBits {
      var random = RandomStream(seed: 8, "distribution")
      let network = Sequential(
        Conv2d(inputChannels: 3, outputChannels: 4, kernelSize: 3, random: &random), Flatten(),
        Linear(inputs: 4 * 4 * 4, outputs: 3, random: &random))
      let logits = network(.uniform(in: -1..<1, shape: [10, 6, 6, 3], random: &random), .training)
      (logits * logits).sum().backward()
      return try [logits] + network.parameters.map { try #require($0.parameter.gradient) }
    }
  }

  /// The states between stages are those of all images, so that they can be mixed.
  @Test func stages() throws {
    try expectSameBits {
      var random = RandomStream(seed: 7, "distribution")
      let network = WideResNet(depth: 10, widenFactor: 1, random: &random)
      let x = Tensor.uniform(in: -1..<1, shape: [10, 8, 8, 3], random: &random)
      let first = network.run(0..<2, on: HiddenState(x), .training)
      let mixed = 0.5 * (first.values + gathered(Array((0..<10).reversed()), of: first.values))
      let logits = network.run(2..<5, on: HiddenState(mixed), .training).values
      logits.sum().backward()
      return try [first.values, logits]
        + network.parameters.map { try #require($0.parameter.gradient) }
    }
  }
}
