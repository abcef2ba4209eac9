import Datasets
import Engine
import Experiments
import MixMatch

/// Steps of MixMatch as chapter 4 runs them, on WRN-28-2 with the paper's batch: 64 labelled images, and
/// 64 unlabelled images in K = 2 versions, mirrored and shifted, with an EMA of the weights.
final class MixMatchIteration {
  private let method = {
    var method = MixMatchStep()
    // The peer guesses the labels of all versions as one batch, too.
    method.batchNorm = .whole
    return method
  }()
  private let trainer: Trainer
  private let batches: Prefetcher<(batch: Batch, hiddenLabels: [Int])>
  private var curve = LearningCurve()
  private var step = 0
  /// A second pipeline, to measure its time separately.
  private var timedPipeline: BatchPipeline

  private static let experiment = {
    var experiment = Experiment()
    experiment.network.startChannels = 16
    experiment.validation = 0
    experiment.training.augmentation = .mirrorAndShift
    experiment.training.unlabelledBatch = 64
    experiment.training.emaDecay = 0.999
    experiment.training.peakLearningRate = harmlessLearningRate
    return experiment
  }()

  private init() throws {
    let images = noiseBytes(10_000)
    let noise = ImageDataset(
      name: "noise", classNames: (0..<10).map { "\($0)" }, train: images, test: images)
    let training = try Self.experiment.makeTraining(by: method, on: noise, seed: 0)
    trainer = training.trainer
    var pipeline = training.batches
    timedPipeline = pipeline
    batches = Prefetcher(count: Self.experiment.training.steps) { pipeline($0) }
  }

  static let benchmark = Benchmark(
    name: "mixmatch",
    quantities: [
      Quantity(
        metric: "mixmatchIterationsPerSecond", title: "MixMatch iterations, 64 + 2·64 images",
        unit: "1/s", decimals: 2),
      Quantity(
        metric: "mixmatchPipelineShare",
        title: "share of data pipeline and learning curve in the time",
        unit: "%", decimals: 2),
    ]
  ) { _ in
    let iteration = try MixMatchIteration()
    for _ in 0..<2 { try iteration.run() }
    return {
      let seconds = try secondsPerCall(filling: networkSampleDuration) { try iteration.run() }
      let share = try iteration.secondsBesideTheNetwork() / seconds
      return [1 / seconds, 100 * share]
    }
  }

  /// One step: augment, guess, sharpen, mix, update the weights and their EMA and the learning curve.
  private func run() throws {
    let (loss, hiddenLabels) = try loss()
    try trainer.step(loss.total)
    curve.add(loss, hiddenLabels: hiddenLabels)
    step += 1
  }

  private func loss() throws -> (Loss, hiddenLabels: [Int]) {
    let (batch, hiddenLabels) = try batches(step)
    return (method.loss(batch, by: MethodNetworks(trainer), step: step), hiddenLabels)
  }

  /// The time of an iteration that goes into batches and the learning curve. One thread prepares batches,
  /// and is then missing for the network.
  private func secondsBesideTheNetwork() throws -> Double {
    let pipeline = Parallel.$threads.withValue(1) {
      secondsPerCall(filling: networkSampleDuration / 4) { _ = timedPipeline(step) }
    }
    let (loss, hiddenLabels) = try loss()
    let bookkeeping = secondsPerCall(filling: networkSampleDuration / 8) {
      curve.add(loss, hiddenLabels: hiddenLabels)
    }
    return pipeline / Double(Parallel.threads) + bookkeeping
  }
}
