import Datasets
import Engine
import Experiments
import MixMatch
import Testing

/// Fingerprints of the weights after 1, 10 and 100 steps.
@Suite struct TrainingFingerprints {
  private static let digits = syntheticDigits(trainCount: 500, testCount: 1).train
  private static let colours = syntheticColourImages(trainCount: 500, testCount: 60)

  /// A network with strides 1 and 2, kernels of 1 and 3, channel counts that are not multiples of the
  /// vector length, and weight decay.
  @Test func smallNetwork() throws {
    try expectWeights("1 d2ad8811937d90de 10 48825e6888b05b27 100 d1bb5c7e7e5721ba") { steps in
      var random = RandomStream(seed: 1, "initial weights")
      let network = Sequential(
        Conv2d(inputChannels: 3, outputChannels: 20, kernelSize: 3, padding: 1, random: &random),
        ReLU(),
        Conv2d(
          inputChannels: 20, outputChannels: 24, kernelSize: 3, stride: 2, padding: 1,
          random: &random),
        BatchNorm(channels: 24), ReLU(),
        Conv2d(inputChannels: 24, outputChannels: 16, kernelSize: 1, random: &random),
        GlobalAveragePool(), Linear(inputs: 16, outputs: 10, random: &random))
      let trainer = Trainer(
        network, schedule: OneCycle(steps: 100, peak: 0.01), weightDecay: 0.01)
      for step in 0..<steps {
        let images = Array(16 * step % 480..<16 * step % 480 + 16)
        let x = Self.colours.train.tensor(images)
        let loss = crossEntropy(
          network(x, .training), labels: Self.colours.train.labels(at: images))
        try trainer.step(loss)
      }
      return trainer.fingerprints
    }
  }

  /// MixMatch on a small wide residual network, with an EMA of the weights.
  @Test func wideResNetByMixMatch() throws {
    var experiment = Experiment()
    (experiment.network.depth, experiment.network.startChannels) = (10, 16)
    (experiment.labels, experiment.validation) = (50, 0)
    (experiment.training.labelledBatch, experiment.training.unlabelledBatch) = (8, 8)
    experiment.training.steps = 100
    experiment.training.phases = [.init(share: 1, size: 16)]
    experiment.training.emaDecay = 0.99
    var method = MixMatchStep()
    method.batchNorm = .whole
    try expectWeights("1 488e0d9dec838839 10 dd7a97230ef4a259 100 a1a1ffbb9d093585") {
      [experiment, method] steps in
      let training = try experiment.makeTraining(by: method, on: Self.colours, seed: 1)
      try training.run(until: steps)
      return training.trainer.fingerprints
    }
  }

  /// Chapter 3's network and its loss.
  @Test func sharpening() throws {
    try expectWeights("1 40db2993f2464a44 10 67315ac818725c3c 100 cf2b8ca6412efbb1") { steps in
      var random = RandomStream(seed: 1, "initial weights")
      let network = digitClassifier(random: &random)
      let trainer = Trainer(
        network, schedule: OneCycle(steps: 100, peak: 3e-3), weightDecay: 1e-4)
      var batches = ShuffledBatches(of: 500, size: 16, seed: 1, name: "unlabelled")
      for step in 0..<steps {
        let labelled = Array(step..<step + 8)
        let x = Self.digits.tensor(batches(step), scaling: .unit)
        let prediction = softmax(network(x, .training))
        let guess = sharpen(prediction.detached, temperature: 0.5)
        let labelledLoss = crossEntropy(
          network(Self.digits.tensor(labelled, scaling: .unit), .training),
          labels: Self.digits.labels(at: labelled))
        try trainer.step(labelledLoss + 10 * meanSquaredError(prediction, guess))
      }
      return trainer.fingerprints
    }
  }

  /// A prediction does not depend on the other images of its batch.
  @Test(arguments: [1, 7, 60]) func evaluation(batchSize: Int) {
    var network = NetworkSettings()
    (network.depth, network.startChannels) = (10, 16)
    expectBits("4dcb77ae542f1a7f", threads: batchSize == 7 ? [1, 3, 16] : [2]) {
      [
        predict(network.make(seed: 1), count: 60, batchSize: batchSize) {
          Self.colours.test.tensor($0)
        }
      ]
    }
  }
}
