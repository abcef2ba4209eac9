import Datasets
import Engine
import Testing

@Suite struct SyntheticColourImagesTests {
  private static let set = syntheticColourImages(trainCount: 800, testCount: 300)
  private var set: ImageDataset { Self.set }

  @Test func haveCIFAR10sFormat() {
    #expect(set.isSynthetic)
    #expect(set.name == "synthetic colour images")
    #expect(Set(set.classNames).count == 10)
    for (images, count) in [(set.train, 800), (set.test, 300)] {
      #expect(images.count == count)
      #expect((images.height, images.width, images.channels) == (32, 32, 3))
      #expect(Set(images.labels) == Set(0...9))
    }
  }

  @Test func areTheSameForAnyNumberOfThreads() {
    let sums = [1, 3].map { threads in
      Parallel.$threads.withValue(threads) {
        syntheticColourImages(trainCount: 150, testCount: 50).sha256
      }
    }
    #expect(sums[0] == sums[1])
  }

  @Test func dependOnSeedAndIndexOnly() {
    let fewer = syntheticColourImages(trainCount: 100, testCount: 10)
    #expect(fewer.train.pixels == set.train.prefix(100).pixels)
    #expect(fewer.train.labels == set.train.prefix(100).labels)
    let others = syntheticColourImages(trainCount: 100, testCount: 10, seed: 1)
    #expect(others.train.pixels != fewer.train.pixels)
    #expect(others.train.labels != fewer.train.labels)
    #expect(set.train.prefix(300).labels != set.test.labels)
  }

  /// A 1-nearest-neighbour classifier on the pixels of 800 training images is right for about as few of 300
  /// test images as on CIFAR-10, where it is right for 23 % (first images of each split, as JPEG).
  @Test func areAboutAsHardForPixelsAsCIFAR10() {
    let accuracy = nearestNeighbourAccuracy { images, index in
      images.pixels[(index * 3072)..<(index * 3072 + 3072)].map(Float.init)
    }
    #expect(accuracy > 0.15 && accuracy < 0.35)
  }

  /// Chance is 10 % ± 1.7 % (one standard error); with CIFAR-10's mean colours it is 18 %.
  @Test func meanColoursDoNotRevealTheClass() {
    let accuracy = nearestNeighbourAccuracy { images, index in
      (0..<3).map { channel in
        let values = stride(from: index * 3072 + channel, to: index * 3072 + 3072, by: 3)
        return values.reduce(0) { $0 + Float(images.pixels[$1]) } / 1024
      }
    }
    #expect(accuracy < 0.16)
  }

  /// Returns the test accuracy of a 1-nearest-neighbour classifier on the given features.
  private func nearestNeighbourAccuracy(
    _ features: (_ images: LabelledImages, _ index: Int) -> [Float]
  ) -> Double {
    let known = (0..<set.train.count).map { features(set.train, $0) }
    let right = (0..<set.test.count).count { image in
      let asked = features(set.test, image)
      let distances = known.map { squaredDistance($0, asked) }
      let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
      return set.train.labels[nearest] == set.test.labels[image]
    }
    return Double(right) / Double(set.test.count)
  }

  private func squaredDistance(_ first: [Float], _ second: [Float]) -> Float {
    var sum: Float = 0
    for index in first.indices {
      let difference = first[index] - second[index]
      sum += difference * difference
    }
    return sum
  }
}
