import Engine

/// The small convolutional network that the fixture trains with PyTorch, its first weights and its
/// batches.
struct SmallNetwork {
  let run: TrainingFixture.NetworkRun
  let layers: Sequential
  let adam: AdamW

  /// All that a training of it carries from step to step.
  var state: [NamedState] { layers.state(under: "network") + adam.state(under: "adam") }

  init(_ run: TrainingFixture.NetworkRun) {
    self.run = run
    var random = RandomStream(seed: 0, "overwritten by the fixture's weights")
    layers = Sequential(
      Conv2d(inputChannels: 3, outputChannels: 8, kernelSize: 3, padding: 1, random: &random),
      ReLU(),
      Conv2d(inputChannels: 8, outputChannels: 8, kernelSize: 3, padding: 1, random: &random),
      ReLU(),
      BatchNorm(channels: 8),
      GlobalAveragePool(),
      Linear(inputs: 8, outputs: run.classes, random: &random))
    let parameters = layers.parameters
    precondition(
      parameters.map(\.name) == run.parameters.map(\.name), "The fixture is of another network.")
    for (fixture, (name, parameter)) in zip(run.parameters, parameters) {
      parameter.value = Fixture.uniform(
        "\(run.draw)/\(name)", in: fixture.range, shape: fixture.shape)
    }
    adam = AdamW(parameters, weightDecay: run.weightDecay)
  }

  /// Trains with AdamW on the one-cycle schedule; gives the loss of each step.
  func train(_ steps: Range<Int>) -> [Double] {
    let schedule = OneCycle(steps: run.steps, peak: run.peak)
    return steps.map { step in
      let batch = batch(step)
      let loss = crossEntropy(layers(batch.images, .training), labels: batch.labels)
      loss.backward()
      let (learningRate, momentum) = schedule(step)
      adam.update(learningRate: learningRate, momentum: momentum)
      return Double(loss.scalar)
    }
  }

  /// Random images, each with one quarter twice as strong: which one is its label.
  private func batch(_ step: Int) -> (images: Tensor, labels: [Int]) {
    let (size, half) = (run.size, run.size / 2)
    let labels = Fixture.uniform("\(run.draw)/labels \(step)", in: [0, 1], shape: [run.batch])
      .scalars.map { Int($0 * Float(run.classes)) }
    let shape = [run.batch, size, size, 3]
    var pixels = Fixture.uniform("\(run.draw)/images \(step)", in: [-1, 1], shape: shape).scalars
    for (image, label) in labels.enumerated() {
      for row in label / 2 * half..<(label / 2 + 1) * half {
        for column in label % 2 * half..<(label % 2 + 1) * half {
          for channel in 0..<3 {
            pixels[((image * size + row) * size + column) * 3 + channel] *= 2
          }
        }
      }
    }
    return (Tensor(pixels, shape: shape), labels)
  }
}
