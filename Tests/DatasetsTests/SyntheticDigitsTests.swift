import Datasets
import Engine
import Testing

@Suite struct SyntheticDigitsTests {
  private let digits = syntheticDigits(trainCount: 1500, testCount: 400)

  @Test func haveMNISTsFormat() {
    #expect(digits.isSynthetic)
    #expect(digits.name == "synthetic digits")
    #expect(digits.classNames.count == 10)
    for (images, count) in [(digits.train, 1500), (digits.test, 400)] {
      #expect(images.count == count)
      #expect((images.height, images.width, images.channels) == (28, 28, 1))
      #expect(Set(images.labels) == Set(0...9))
    }
    #expect(
      digits.sha256
        == sha256Hex(
          digits.train.pixels, digits.train.labels, digits.test.pixels, digits.test.labels))
  }

  @Test func areTheSameForAnyNumberOfThreads() {
    for threads in [1, 3] {
      let again = Parallel.$threads.withValue(threads) {
        syntheticDigits(trainCount: 1500, testCount: 400)
      }
      #expect(again.sha256 == digits.sha256)
    }
  }

  @Test func dependOnSeedAndIndexOnly() {
    let fewer = syntheticDigits(trainCount: 100, testCount: 10)
    #expect(fewer.train.pixels == digits.train.prefix(100).pixels)
    #expect(fewer.train.labels == digits.train.prefix(100).labels)
    let others = syntheticDigits(trainCount: 100, testCount: 10, seed: 1)
    #expect(others.train.pixels != fewer.train.pixels)
    #expect(others.train.labels != fewer.train.labels)
    #expect(digits.train.prefix(400).labels != digits.test.labels)
  }

  /// Bright strokes on a dark ground: in MNIST 13 % of the pixels are brighter than half, and the
  /// outermost rows and columns are dark.
  @Test func showStrokesOnADarkGround() {
    let pixels = digits.train.pixels
    let bright = Double(pixels.count { $0 > 128 }) / Double(pixels.count)
    #expect(bright > 0.08 && bright < 0.2)
    #expect(pixels.max() == 255)
    let border = pixels.indices.filter { index in
      [index % 28, index / 28 % 28].contains { $0 == 0 || $0 == 27 }
    }
    #expect(border.count == 1500 * 108)
    #expect(Double(border.count { pixels[$0] > 128 }) / Double(border.count) < 0.01)
  }

  /// The nearest of 1500 known images has the right class for about as many images as on MNIST,
  /// where it is 86 % of these: neither a trifle nor a riddle.
  @Test func areAboutAsHardAsMNIST() {
    let right = (0..<digits.test.count).count { image in
      digits.train.labels[nearest(to: image)] == digits.test.labels[image]
    }
    let accuracy = Double(right) / Double(digits.test.count)
    #expect(accuracy > 0.75 && accuracy < 0.95)
  }

  /// The training image with the smallest Euclidean distance to a test image.
  private func nearest(to image: Int) -> Int {
    func squaredDistance(_ other: Int) -> Int {
      (0..<784).reduce(0) { sum, pixel in
        let difference =
          Int(digits.test.pixels[image * 784 + pixel])
          - Int(digits.train.pixels[other * 784 + pixel])
        return sum + difference * difference
      }
    }
    let distances = (0..<digits.train.count).map(squaredDistance)
    return distances.indices.min { distances[$0] < distances[$1] } ?? 0
  }

  @Test func prefixKeepsTheFirstImages() {
    let first = digits.test.prefix(3)
    #expect(first.count == 3)
    #expect(first.pixels == Array(digits.test.pixels[..<(3 * 784)]))
    #expect(first.labels == Array(digits.test.labels[..<3]))
    #expect(digits.test.prefix(1_000_000).count == 400)
  }
}
