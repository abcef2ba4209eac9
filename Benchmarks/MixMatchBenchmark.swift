import Datasets
import Engine
import Experiments
import MixMatch

/// Iterations of MixMatch as chapter 4 runs them, on WRN-28-2 with the paper's batch: 64 labelled
/// images, and 64 unlabelled ones in K = 2 versions, mirrored and shifted; the weights are averaged.
final class MixMatchIteration {
  private let method = MixMatchStep()
  private let trainer: Trainer
  private let batches: Prefetcher<(batch: Batch, truth: [Int])>
  private var curve = LearningCurve()
  private var step = 0
  /// A pipeline of its own, to be timed.
  private var timedPipeline: Pipeline

  private static let experiment = {
    var experiment = Experiment()
    experiment.network.startChannels = 16
    experiment.validation = 0
    experiment.augmentation = .mirrorAndShift
    experiment.unlabelledBatch = 64
    experiment.emaDecay = 0.999
    experiment.peakLearningRate = harmlessLearningRate
    return experiment
  }()

  private init() throws {
    let experiment = Self.experiment
    trainer = experiment.trainer(seed: 0)
    let images = noiseBytes(10_000)
    var pipeline = try experiment.pipeline(for: method, on: images, seed: 0)
    timedPipeline = pipeline
    batches = Prefetcher(count: experiment.steps) { pipeline($0) }
  }

  static let benchmark = Benchmark(
    name: "mixmatch",
    quantities: [
      Quantity(
        metric: "mixmatchIterationsPerSecond", title: "MixMatch iterations, 64 + 2·64 images",
        unit: "1/s", decimals: 2),
      Quantity(
        metric: "mixmatchPipelineShare", title: "share of the pipeline and of bookkeeping",
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

  /// Augment, guess, sharpen, mix, a step of Adam, average; and the notes for the learning curve.
  private func run() throws {
    let (loss, truth) = try loss()
    try trainer.step(loss.total, at: step)
    curve.add(loss, truth: truth)
    step += 1
  }

  private func loss() throws -> (Loss, truth: [Int]) {
    let (batch, truth) = try batches(step)
    return (method.loss(batch, by: trainer, step: step, seed: 0), truth)
  }

  /// What an iteration would take less if batches and notes came for nothing. Batches are prepared by
  /// one thread, which the network then lacks.
  private func secondsBesideTheNetwork() throws -> Double {
    let pipeline = Parallel.$threads.withValue(1) {
      secondsPerCall(filling: networkSampleDuration / 4) { _ = timedPipeline(step) }
    }
    let (loss, truth) = try loss()
    let notes = secondsPerCall(filling: networkSampleDuration / 8) {
      curve.add(loss, truth: truth)
    }
    return pipeline / Double(Parallel.threads) + notes
  }
}
