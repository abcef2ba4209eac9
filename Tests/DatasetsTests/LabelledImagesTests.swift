import Datasets
import Engine
import Testing

@Suite struct LabelledImagesTests {
  /// Two images of 1×2 pixels in reverse order; x/255 is exact for 0 and 255, and rounded for 51.
  @Test func greyImagesAreRepeatedInEachChannel() {
    let images = LabelledImages(
      height: 1, width: 2, channels: 1, pixels: [0, 51, 255, 0], labels: [3, 7])
    let batch = images.tensor([1, 0], scaling: .unit)
    #expect(batch.shape == [2, 1, 2, 3])
    #expect(batch.scalars == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0.2, 0.2, 0.2])
    #expect(images.labels(at: [1, 0, 1]) == [7, 3, 7])
  }

  @Test(arguments: [1, 3, 5]) func withoutAScalingImagesKeepTheirChannels(channels: Int) {
    let pixels = (0..<2 * channels).map { UInt8(51 * $0 % 256) }
    let images = LabelledImages(
      height: 1, width: 2, channels: channels, pixels: pixels, labels: [0])
    let batch = images.tensor([0])
    #expect(batch.shape == [1, 1, 2, channels])
    #expect(batch.scalars == pixels.map { Float($0) / 255 })
  }

  @Test func aTensorIsRoundedTo256Levels() throws {
    let values: [Float] = [0, 1, 0.2, 0.5, 0.4999 / 255, 0.5001 / 255]
    let images = try LabelledImages(Tensor(values, shape: [2, 1, 3, 1]), labels: [255, 0])
    #expect((images.height, images.width, images.channels, images.count) == (1, 3, 1, 2))
    #expect(images.pixels == [0, 255, 51, 128, 0, 1])
    #expect(images.labels == [255, 0])
  }

  @Test func everyByteSurvivesTheWayThroughATensor() throws {
    let pixels = (0..<3 * 256).map { UInt8($0 % 256) }
    let images = LabelledImages(height: 16, width: 16, channels: 3, pixels: pixels, labels: [1])
    #expect(try LabelledImages(images.tensor([0]), labels: [1]).pixels == pixels)
  }

  @Test(
    arguments: [
      ([2, 3], [0, 0], [], "images: found the shape [2, 3], expected (N, H, W, C) with"),
      ([1, 2, 0, 1], [0], [], "images: found the shape [1, 2, 0, 1], expected (N, H, W, C) with"),
      ([2, 1, 1, 1], [0], [], "labels: found 1, expected 2, one for each image"),
      ([2, 1, 1, 1], [0, -1], [], "labels: found -1 at index 1, expected 0 to 255"),
      ([2, 1, 1, 1], [256, 0], [], "labels: found 256 at index 0, expected 0 to 255"),
      ([2, 1, 1, 2], [0, 0], [1.5], "images: found 1.5 in image 1, expected values from 0 to 1"),
      (
        [2, 1, 1, 2], [0, 0], [-0.1], "images: found -0.1 in image 1, expected values from 0 to 1"
      ),
      ([2, 1, 1, 2], [0, 0], [.nan], "images: found nan in image 1, expected values from 0 to 1"),
    ] as [([Int], [Int], [Float], String)])
  func badTensorsAndLabelsAreErrors(
    shape: [Int], labels: [Int], lastValue: [Float], line: String
  ) {
    let zeros = [Float](repeating: 0, count: shape.reduce(1, *) - lastValue.count)
    let error = #expect(throws: DatasetError.self) {
      try LabelledImages(Tensor(zeros + lastValue, shape: shape), labels: labels)
    }
    #expect(error?.localizedDescription.hasPrefix(line) == true, "\(error?.description ?? "")")
  }
}

@Suite struct PixelScalingTests {
  @Test func eachChannelHasItsOwnMeanAndDeviation() {
    let images = LabelledImages(
      height: 1, width: 1, channels: 3, pixels: [0, 255, 51], labels: [0])
    let scaling = PixelScaling(mean: [0.5, 0.5, 0.2], deviation: [0.5, 0.25, 1])
    #expect(images.tensor([0], scaling: scaling).scalars == [-1, 2, 0])
  }

  @Test func everyByteComesBack() {
    let pixels = (0..<2 * 256 * 3).map { UInt8($0 / 3 % 256) }
    let images = LabelledImages(
      height: 16, width: 16, channels: 3, pixels: pixels, labels: [0, 1])
    for scaling in [PixelScaling.unit, .cifar] {
      let bytes = scaling.bytes(images.tensor([0, 1], scaling: scaling))
      #expect(bytes == [Array(pixels[..<768]), Array(pixels[768...])])
    }
  }

  @Test func valuesBeyondBlackAndWhiteAreClamped() {
    let beyond = Tensor([-0.1, 0.5, 1.1], shape: [1, 1, 1, 3])
    #expect(PixelScaling.unit.bytes(beyond) == [[0, 128, 255]])
  }

  @Test func aDescriptionIsOneShortLine() {
    let scaling = PixelScaling(mean: [0.5, 0.25], deviation: [1, 0.125])
    #expect("\(scaling)" == "PixelScaling(mean: [0.5, 0.25], deviation: [1.0, 0.125])")
  }

  /// Channels with two values, with all pixels equal, and with a mean of 102/255 = 0.4: the deviations
  /// are 0.5, 1 (instead of 0) and √(0.06) by hand.
  @Test func statisticsAreThoseOfTheImages() {
    let images = LabelledImages(
      height: 2, width: 1, channels: 3,
      pixels: [0, 7, 51, 255, 7, 51, 0, 7, 204, 255, 7, 102], labels: [0, 1])
    let scaling = PixelScaling(of: images)
    #expect(scaling.mean == [0.5, 7 / 255, 0.4])
    #expect(scaling.deviation[0] == 0.5 && scaling.deviation[1] == 1)
    #expect(abs(scaling.deviation[2] - Float(0.06).squareRoot()) < 1e-7)
    let batch = images.tensor([0, 1], scaling: scaling).scalars
    for channel in 0..<3 {
      let values = stride(from: channel, to: batch.count, by: 3).map { batch[$0] }
      #expect(abs(values.reduce(0, +)) < 1e-6)
    }
  }

  @Test func statisticsAreFiniteNumbersOfAtLeastOneChannel() async {
    let sentence =
      "A pixel scaling needs a finite mean and a finite, positive standard deviation for each of "
      + "at least one channel, not means "
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PixelScaling(mean: [], deviation: [])
    }
    #expect(printed(by: result).contains(sentence + "[] and deviations []."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PixelScaling(mean: [.nan], deviation: [1])
    }
    #expect(printed(by: result).contains(sentence + "[nan] and deviations [1.0]."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PixelScaling(mean: [0.5, 0.5], deviation: [1, .nan])
    }
    #expect(printed(by: result).contains(sentence + "[0.5, 0.5] and deviations [1.0, nan]."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PixelScaling(mean: [0.5], deviation: [0])
    }
    #expect(printed(by: result).contains(sentence + "[0.5] and deviations [0.0]."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PixelScaling(mean: [0.5], deviation: [.infinity])
    }
    #expect(printed(by: result).contains(sentence + "[0.5] and deviations [inf]."))
  }

  @Test func statisticsNeedAnImage() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PixelScaling(
        of: LabelledImages(height: 1, width: 1, channels: 1, pixels: [], labels: []))
    }
    #expect(printed(by: result).contains("needs at least one image"))
  }
}

@Suite struct ImageDatasetTests {
  @Test func namesFromFoldersAreOneLine() {
    let images = LabelledImages(height: 1, width: 1, channels: 1, pixels: [0, 1], labels: [0, 1])
    let dataset = ImageDataset(
      name: "pictures in a\nb\tc", classNames: ["d\u{1B}e", #"f\g"#], train: images, test: images)
    #expect(dataset.name == #"pictures in a\nb\tc"#)
    #expect(dataset.classNames == [#"d\u{1B}e"#, #"f\g"#])
    #expect(dataset.prefix(train: 1, test: 1).name == dataset.name)
  }

  private static func images(_ labels: [UInt8], width: Int = 1) -> LabelledImages {
    LabelledImages(
      height: 1, width: width, channels: 1,
      pixels: [UInt8](repeating: 9, count: labels.count * width), labels: labels)
  }

  @Test func aSetOfOnesOwnIsHashedByItsContent() {
    let set = ImageDataset(
      name: "mine", classNames: ["a", "b"], train: Self.images([0, 1]), test: Self.images([1]))
    #expect(set.name == "mine" && set.classNames == ["a", "b"] && !set.isSynthetic)
    #expect(set.sha256 == sha256Hex([9, 9, 0, 1, 9, 1] as [UInt8]))
    let known = ImageDataset(
      name: "mine", classNames: ["a"], train: Self.images([0]), test: Self.images([]),
      sha256: "abc")
    #expect(known.sha256 == "abc")
  }

  @Test func aLabelWithoutAClassIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ImageDataset(
        name: "mine", classNames: ["a"], train: Self.images([0]), test: Self.images([1]))
    }
    #expect(printed(by: result).contains("The test images have the label 1; 1 classes have"))
  }

  @Test func splitsOfDifferentSizesAreAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ImageDataset(
        name: "mine", classNames: ["a"], train: Self.images([0]),
        test: Self.images([0], width: 2))
    }
    #expect(printed(by: result).contains("the shape of the training images, 1×1×1, not 1×2×1"))
  }
}

/// Returns what a process wrote to standard error.
private func printed(by result: ExitTest.Result?) -> String {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
