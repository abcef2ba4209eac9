import ChapterKit
import Datasets
import Experiments
import MixMatch
import ResultTables
import Testing

@Suite struct StepTimeTests {
  private static func times(_ size: Int, _ seconds: [Double]) -> [(
    size: ImageSize, seconds: Double
  )] {
    seconds.map { (ImageSize(height: size, width: size), $0) }
  }

  /// The process was stopped for 40 s, and each size has a slow first step.
  @Test func aPauseIsNotCounted() {
    let small = Self.times(16, [3, 1, 1, 41, 1])
    let large = Self.times(32, [9, 4, 4, 4, 4])
    #expect(meanOfMedians(small + large) == 2.5)
    #expect(meanOfMedians(Self.times(32, [1, 2, 3, 6])) == 2.5)
  }

  /// Two measurements of a time never have the same bits, so an equal one was loaded.
  @Test func aRunWithOtherSettingsKeepsEarlierMeasurements() throws {
    let chapter = try TestChapter()
    defer { chapter.remove() }
    let dataset = syntheticColourImages(trainCount: 60, testCount: 12, seed: 0)

    func seconds(_ augmentation: Augmentation) throws -> Double {
      var (experiment, method) = Experiment.mixMatch(.smoke)
      (experiment.labels, experiment.validation) = (20, 0)
      experiment.training.augmentation = augmentation
      method.rampSteps = 4
      var result: Double?
      _ = chapter.run { run in
        result = try run.secondsPerStep(of: experiment, by: method, on: dataset, timing: 2)
      }
      return try #require(result)
    }
    let first = try seconds(.mirrorAndShift)
    #expect(first > 0)
    #expect(try seconds(.none) != first)
    #expect(try seconds(.mirrorAndShift) == first)
  }
}
