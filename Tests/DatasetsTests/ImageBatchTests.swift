import Datasets
import Engine
import Testing

@Suite struct ImageBatchTests {
  /// Two images of 1×2 pixels, taken in reverse; x/255 is exact for 0, 51 and 255 to a rounding.
  @Test func greyImagesAreRepeatedInEachChannel() {
    let images = LabelledImages(
      height: 1, width: 2, channels: 1, pixels: [0, 51, 255, 0], labels: [3, 7])
    let batch = images.tensor([1, 0])
    #expect(batch.shape == [2, 1, 2, 3])
    #expect(batch.scalars == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0.2, 0.2, 0.2])
    #expect(images.classes([1, 0, 1]) == [7, 3, 7])
  }

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

  @Test func whatLiesBeyondBlackAndWhiteIsCutOff() {
    let beyond = Tensor([-0.1, 0.5, 1.1], shape: [1, 1, 1, 3])
    #expect(PixelScaling.unit.bytes(beyond) == [[0, 128, 255]])
  }
}
