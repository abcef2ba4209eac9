import Datasets
import Engine
import MixMatch
import Testing

/// Batches of images whose colour encodes their index and class: red is the index, green 40·class.
@Suite struct BatchPipelineTests {
  private static let (count, classes) = (120, 5)
  private static let labels = (0..<count).map { UInt8(($0 * 7 + $0 / 10) % classes) }
  private let data: TrainingData
  private let settings: TrainingSettings

  init() throws {
    let pixels = Self.labels.enumerated().flatMap { index, label -> [UInt8] in
      (0..<4 * 4).flatMap { _ -> [UInt8] in [UInt8(index), 40 * label, 7] }
    }
    let images = LabelledImages(
      height: 4, width: 4, channels: 3, pixels: pixels, labels: Self.labels)
    let dataset = ImageDataset(
      name: "colours", classNames: ["a", "b", "c", "d", "e"], train: images, test: images)
    data = TrainingData(
      dataset,
      split: try LabelSplit(labels: Self.labels, labelled: 20, validation: 30, seed: 3),
      scaling: .unit)
    var settings = TrainingSettings()
    (settings.labelledBatch, settings.unlabelledBatch) = (5, 7)
    // Mirroring and shifting do not change an image of one colour.
    settings.augmentation = .mirrorAndShift
    self.settings = settings
  }

  private func pipeline(seed: UInt64 = 1) -> BatchPipeline {
    BatchPipeline(data, settings: settings, versions: 2, seed: seed)
  }

  /// The index and the class that each image of a batch (N, 4, 4, 3) encodes.
  private func decoded(_ images: Tensor) -> (indices: [Int], classes: [Int]) {
    let first = stride(from: 0, to: images.count, by: 4 * 4 * 3).map { start in
      images.scalars[start..<start + 2].map { Int((255 * $0).rounded()) }
    }
    return (first.map { $0[0] }, first.map { $0[1] / 40 })
  }

  @Test func labelsBelongToTheirImages() {
    var pipeline = pipeline()
    for step in 0..<20 {
      let labelled = pipeline(step).batch.labelled
      #expect(labelled.images.shape == [5, 4, 4, 3])
      let (indices, classes) = decoded(labelled.images)
      #expect(classes == indices.map { Int(Self.labels[$0]) })
      #expect(labelled.labels.scalars == oneHot(classes, classes: Self.classes).scalars)
    }
  }

  /// The second half of the unlabelled images are second versions of the first half.
  @Test func truthBelongsToTheUnlabelledImages() {
    var pipeline = pipeline()
    for step in 0..<20 {
      let (batch, hiddenLabels) = pipeline(step)
      let (indices, classes) = decoded(batch.unlabelledImages)
      #expect(indices.count == 14)
      #expect(Array(indices[..<7]) == Array(indices[7...]))
      #expect(hiddenLabels == Array(classes[..<7]))
    }
  }

  /// Four labelled epochs and more than one unlabelled one: 20 images in batches of 5, 70 in batches of 7.
  @Test func imagesComeFromTheirPartOfTheSplit() {
    var pipeline = pipeline()
    var (labelled, unlabelled): ([Int], [Int]) = ([], [])
    for step in 0..<16 {
      let batch = pipeline(step).batch
      labelled += decoded(batch.labelled.images).indices
      unlabelled += decoded(batch.unlabelledImages).indices.prefix(7)
    }
    for epoch in 0..<4 {
      #expect(Set(labelled[20 * epoch..<20 * (epoch + 1)]) == Set(data.split.labelled))
    }
    #expect(labelled[..<20] != labelled[20..<40], "each epoch has another order")
    #expect(Set(unlabelled.prefix(70)) == Set(data.split.unlabelled))
    #expect(Set(labelled + unlabelled).isDisjoint(with: data.split.validation))
  }

  /// In any order of the steps, as after a resumed run.
  @Test func aBatchDependsOnSeedAndStepOnly() {
    var (forwards, backwards) = (pipeline(), pipeline())
    let steps = [0, 3, 4, 11]
    let first = steps.map { forwards($0) }
    let second = steps.reversed().map { backwards($0) }.reversed()
    for (a, b) in zip(first, second) {
      #expect(a.batch.labelled.images.scalars == b.batch.labelled.images.scalars)
      #expect(a.batch.unlabelledImages.scalars == b.batch.unlabelledImages.scalars)
      #expect(a.hiddenLabels == b.hiddenLabels)
    }
    var other = pipeline(seed: 2)
    #expect(other(0).batch.unlabelledImages.scalars != first[0].batch.unlabelledImages.scalars)
  }

  @Test func aNegativeStepIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var pipeline = try BatchPipelineTests().pipeline()
      _ = pipeline(-1)
    }
    #expect(standardError(of: result).contains("Steps are counted from 0; found -1."))
  }

  @Test func withoutVersionsThereAreNoUnlabelledImages() {
    var pipeline = BatchPipeline(data, settings: settings, versions: 0, seed: 1)
    let (batch, hiddenLabels) = pipeline(0)
    #expect(batch.unlabelled == nil && hiddenLabels.isEmpty && batch.labelled.count == 5)
  }
}
