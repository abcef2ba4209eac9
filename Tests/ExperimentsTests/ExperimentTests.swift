import ChapterKit
import Engine
import Experiments
import MixMatch
import Testing

@Suite struct ExperimentTests {
  private func experiment(_ change: (inout Experiment) -> Void) -> Experiment {
    var experiment = Experiment()
    change(&experiment)
    return experiment
  }

  @Test func imagesGrowFromPhaseToPhase() {
    let growing = experiment {
      $0.steps = 10
      $0.phases = [
        .init(share: 0.3, size: 16), .init(share: 0.3, size: 24), .init(share: 0.4, size: 32),
      ]
    }
    let sizes = (0..<10).map { growing.imageSize(at: $0) }
    #expect(
      sizes == [16, 16, 16, 24, 24, 24, 32, 32, 32, 32].map { ImageSize(height: $0, width: $0) })
  }

  @Test func judgementsAreEvenlySpacedAndTheLastIsAtTheEnd() {
    let judged = experiment {
      $0.steps = 10
      $0.judgements = 3
    }
    #expect((0..<10).filter(judged.judges) == [3, 6, 9])
    let often = experiment {
      $0.steps = 4
      $0.judgements = 9
    }
    #expect((0..<4).filter(often.judges) == [0, 1, 2, 3])
  }

  /// The article counts 387 iterations in an epoch, where it held nothing out and fastai drops the
  /// last batch; 49,500 / 128 is 386.7.
  @Test func anEpochIsAPassOverTheUnlabelledImages() {
    let article = experiment { $0.validation = 0 }
    #expect(
      Plan("", article, by: MixMatchStep()).stepsPerEpoch(ofTrainingImages: 50_000) == 386.71875)
    #expect(Plan("", article, by: LabelsOnly()).stepsPerEpoch(ofTrainingImages: 50_000) == 7.8125)
    #expect(Plan("", article, by: MixMatchStep()).imagesPerStep == 64 + 2 * 128)
    #expect(Plan("", article, by: LabelsOnly()).imagesPerStep == 64)
  }

  @Test func everyScaleHasAMethodThatFitsIt() {
    for preset in Preset.allCases {
      let (experiment, method) = Experiment.mixMatch(preset)
      #expect(experiment.phases.map(\.share).reduce(0, +) == 1)
      #expect(method.rampSteps <= experiment.steps)
    }
  }
}
