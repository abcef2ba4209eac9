import Engine
import MixMatch
import Testing

/// The loss of a MixMatch step and its gradients from PyTorch, by `Fixtures/make_mixmatch.py`.
private struct MixMatchFixture: Decodable {
  /// The weights of the network, layer by layer.
  let parameters: [[Float]]
  /// Images (N, 6, 6, 3).
  let labelled, unlabelled: [Float]
  let labels: [Int]
  let whole, versionsApart, interleaved: Case

  func expected(_ groups: BatchNormGroups) -> Case {
    switch groups {
    case .whole: whole
    case .versionsApart: versionsApart
    case .interleaved: interleaved
    }
  }

  /// Both losses, and the gradients of the total loss with respect to the parameters.
  struct Case: Decodable {
    let labelled, unlabelled: Double
    let gradients: [[Double]]
  }
}

@Suite struct MixMatchGradientTests {
  /// The gradient of the loss with respect to every parameter of a network with batch norm, against PyTorch
  /// in double precision. Without mixing, both compute the same examples.
  @Test(arguments: BatchNormGroups.allCases)
  func gradientsMatchPyTorch(groups: BatchNormGroups) throws {
    let fixture: MixMatchFixture = try loadFixture("mixmatch.json")
    let expected = fixture.expected(groups)
    let network = network(fixture.parameters)
    let batch = Batch(
      labelled: Examples(
        images: images(fixture.labelled), labels: oneHot(fixture.labels, classes: 4)),
      unlabelled: images(fixture.unlabelled))
    var method = MixMatchStep()
    (method.pairing, method.batchNorm, method.rampSteps) = (.none, groups, 100)
    let loss = method.loss(batch, by: MethodNetworks(network), step: 25)

    #expect(loss.weight == 75 * 0.25)
    #expect(abs(Double(loss.labelled.scalar) - expected.labelled) < 1e-6)
    #expect(abs(Double(try #require(loss.unlabelled).scalar) - expected.unlabelled) < 1e-6)
    loss.total.backward()
    try expectGradients(network, expected.gradients)
  }

  private func images(_ values: [Float]) -> Tensor {
    Tensor(values, shape: [values.count / (6 * 6 * 3), 6, 6, 3])
  }

  private func network(_ parameters: [[Float]]) -> Sequential {
    var random = RandomStream(seed: 0, "network")
    let network = Sequential(
      Conv2d(inputChannels: 3, outputChannels: 6, kernelSize: 3, padding: 1, random: &random),
      BatchNorm(channels: 6), ReLU(),
      Conv2d(
        inputChannels: 6, outputChannels: 8, kernelSize: 3, stride: 2, padding: 1, random: &random),
      BatchNorm(channels: 8), ReLU(), GlobalAveragePool(),
      Linear(inputs: 8, outputs: 4, random: &random))
    set(network, to: parameters)
    return network
  }
}
