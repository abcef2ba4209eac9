import Datasets
import Engine
import MixMatch
import Testing

/// Fingerprints of random numbers, synthetic images and augmented images.
@Suite struct DrawFingerprints {
  @Test func elementaryFunctions() {
    var random = RandomStream(seed: 1, "elementary functions")
    var fingerprint = Fingerprint()
    for _ in 0..<1000 {
      let (x, y) = (10 * random.uniformDouble() + 0.01, 4 * random.uniformDouble() - 2)
      fingerprint.add([
        Double.exp(y), .expMinusOne(y), .log(x), .log(onePlus: x), .pow(x, y), .sin(x), .cos(x),
        .atan2(y: y, x: x - 5), .logGamma(x),
      ])
    }
    #expect(fingerprint.description == "55ddcb5d902fc193")
  }

  @Test func normalNumbers() {
    expectBits("ba9375e4d3f49582", threads: [1]) {
      var random = RandomStream(seed: 1, "normal numbers")
      return [Tensor((0..<1000).map { _ in random.normal() }, shape: [1000])]
    }
  }

  @Test(arguments: [
    (0.75, "654c5e4148045912"), (0.05, "1a827c331f5b9435"), (16, "f2915baacaab6db0"),
  ])
  func mixingCoefficients(alpha: Double, expected: String) {
    expectBits(expected, threads: [1]) {
      var random = RandomStream(seed: 1, "Beta")
      let λ = MixingCoefficients(.perExample, count: 1000, alpha: alpha, random: &random)
      return [Tensor(λ.values, shape: [1000])]
    }
  }

  @Test func syntheticImages() {
    for threads in [1, 2, 3, 16] {
      Parallel.$threads.withValue(threads) {
        #expect(
          syntheticDigits(trainCount: 200, testCount: 50).sha256.prefix(16) == "ca2860ca9c374f6a")
        #expect(
          syntheticColourImages(trainCount: 200, testCount: 50).sha256.prefix(16)
            == "ada7a8c9fa170850")
      }
    }
  }

  @Test(arguments: [
    (Augmentation.fastai, "a0c48ec105e7c10c"), (.mirrorAndShift, "cf94233bf62548e0"),
  ])
  func augmentedBatch(augmentation: Augmentation, expected: String) {
    let images = syntheticColourImages(trainCount: 64, testCount: 1).train
    expectBits(expected) {
      let augmented = AugmentedImages(
        images, by: augmentation, versions: 2, scaling: .cifar, seed: 1, name: "unlabelled")
      return [augmented(Array(0..<64), epoch: 3)]
    }
  }
}
