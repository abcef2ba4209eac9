import ChapterKit
import Datasets
import Engine
import Experiments
import Foundation
import MixMatch
import Testing

@Suite struct ExperimentTests {
  private func experiment(_ change: (inout Experiment) -> Void) -> Experiment {
    var experiment = Experiment()
    change(&experiment)
    return experiment
  }

  /// 49,500 unlabelled images have 386 whole batches of 128, 500 labelled ones 7 of 64.
  @Test func anEpochIsAPassInWholeBatches() {
    let article = experiment { $0.validation = 0 }
    #expect(
      TrainingSpec("", article, by: MixMatchStep()).stepsPerEpoch(ofTrainingImages: 50_000)
        == 386)
    #expect(
      TrainingSpec("", article, by: Supervised()).stepsPerEpoch(ofTrainingImages: 50_000) == 7)
    #expect(TrainingSpec("", article, by: MixMatchStep()).imagesPerStep == 64 + 2 * 128)
    #expect(TrainingSpec("", article, by: Supervised()).imagesPerStep == 64)
  }

  @Test(arguments: [nil, 12]) func everyPresetHasAMethodWithAFittingRamp(steps: Int?) {
    for preset in Preset.allCases {
      let (experiment, method) = Experiment.mixMatch(preset, steps: steps)
      let training = experiment.training
      #expect(steps == nil || training.steps == steps)
      #expect(training.phases.isEmpty || training.phases.map(\.share).reduce(0, +) == 1)
      #expect(method.rampSteps == (preset == .article ? 3000 : 3 * training.steps))
    }
  }

  /// Each of these values is valid by itself.
  @Test(
    arguments: [
      (10, 0, 0, "labelled images: found 10, expected at least 32"),
      (300, 10, 0, "validation images: found 10"),
      (260, 20, 0, "unlabelled images: found 20 besides 260"),
      (40, 0, 1, "decay of the weights' EMA: found 1.0"),
      (40, 200, 0.9, "nothing"),
    ] as [(Int, Int, Float, String)])
  func contradictorySettingsAreErrors(
    labels: Int, validation: Int, decay: Float, found: String
  ) {
    let dataset = syntheticColourImages(trainCount: 300, testCount: 10, seed: 0)
    let checked = experiment {
      ($0.training.labelledBatch, $0.training.unlabelledBatch) = (32, 32)
      ($0.labels, $0.validation, $0.training.emaDecay) = (labels, validation, decay)
    }
    var complaint = "nothing"
    do { try checked.check(for: MixMatchStep(), on: dataset) } catch { complaint = oneLine(error) }
    #expect(complaint.contains(found), "\(complaint)")
  }

  @Test func aSplitOfOtherImagesIsAnError() throws {
    let dataset = syntheticColourImages(trainCount: 20, testCount: 10, seed: 0)
    let split = try LabelSplit(labelled: [0, 20], unlabelled: [1])
    var checked = TrainingSettings()
    (checked.labelledBatch, checked.unlabelledBatch) = (1, 1)
    #expect {
      try checked.check(
        for: MixMatchStep(), on: TrainingData(dataset, split: split, scaling: .cifar))
    } throws: {
      oneLine($0) == "split: found the index 20, expected indices of the 20 training images"
    }
  }

  /// Without an EMA of the weights, Mean Teacher would be its own teacher.
  @Test func aMethodWithATeacherNeedsAnEMA() throws {
    let dataset = syntheticColourImages(trainCount: 300, testCount: 10, seed: 0)
    var checked = experiment {
      ($0.training.labelledBatch, $0.training.unlabelledBatch) = (32, 32)
      ($0.labels, $0.validation) = (40, 0)
    }
    #expect(throws: TrainingError.self) {
      try checked.check(for: MeanTeacher(rampSteps: 10), on: dataset)
    }
    checked.training.emaDecay = 0.9
    #expect(throws: Never.self) { try checked.check(for: MeanTeacher(rampSteps: 10), on: dataset) }
  }

  @Test func aSupervisedMethodNeedsNoUnlabelledImages() throws {
    let dataset = syntheticColourImages(trainCount: 64, testCount: 10, seed: 0)
    let checked = experiment { ($0.labels, $0.validation) = (64, 0) }
    #expect(throws: Never.self) { try checked.check(for: Supervised(), on: dataset) }
    #expect(throws: TrainingError.self) { try checked.check(for: MixMatchStep(), on: dataset) }
  }
}
