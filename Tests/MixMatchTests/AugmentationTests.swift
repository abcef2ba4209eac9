import Datasets
import Engine
import Foundation
import MixMatch
import Testing

/// The distributions of the random parameters.
@Suite struct AugmentationDrawTests {
  private static let count = 20_000

  private func draws(_ augmentation: Augmentation) -> [[ImageTransform]] {
    (0..<Self.count).map { image in
      var random = RandomStream(seed: 11, "draws", image)
      return augmentation.sampled(using: &random).transforms
    }
  }

  /// Expects `values` to lie in `range` and to be uniform: mean and mean square are within five standard
  /// errors of their expectations.
  private func expectUniform(
    _ values: [Double], in range: ClosedRange<Double>, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let places = values.map { ($0 - range.lowerBound) / (range.upperBound - range.lowerBound) }
    let root = Double(places.count).squareRoot()
    func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
    // Parameters are Floats, so the ends may differ by rounding.
    let slack = 1e-5
    let isWithin = places.allSatisfy { $0 > -slack && $0 < 1 + slack }
    #expect(isWithin, "\(name)", sourceLocation: sourceLocation)
    #expect(
      abs(mean(places) - 1 / 2) < 5 * 0.2887 / root, "\(name)", sourceLocation: sourceLocation)
    #expect(
      abs(mean(places.map { $0 * $0 }) - 1 / 3) < 5 * 0.2981 / root, "\(name)",
      sourceLocation: sourceLocation)
  }

  /// Expects a transform to occur with probability `p`, within five standard errors.
  private func expectShare(
    _ happened: Int, of p: Double, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = (p * (1 - p) / Double(Self.count)).squareRoot()
    #expect(
      abs(Double(happened) / Double(Self.count) - p) < 5 * error, "\(name)",
      sourceLocation: sourceLocation)
  }

  @Test func fastai() {
    var parameters: [String: [Double]] = [:]
    var mirrored = 0
    for transform in draws(.fastai).joined() {
      let named: [(String, Float)]
      switch transform {
      case .brightness(let change): named = [("brightness", change)]
      case .contrast(let scale): named = [("contrast", log(scale))]
      case .rotation(let degrees): named = [("rotation", degrees)]
      case .zoom(let scale, let row, let column):
        named = [("zoom", scale), ("zoom row", row), ("zoom column", column)]
      case .warp(let right, let left, let bottom, let top):
        named = [("right", right), ("left", left), ("bottom", bottom), ("top", top)]
      case .mirror:
        mirrored += 1
        named = []
      case .shift:
        Issue.record("fastai's transforms do not shift.")
        named = []
      }
      for (name, value) in named { parameters[name, default: []].append(Double(value)) }
    }
    let ranges: [String: ClosedRange<Double>] = [
      "brightness": 0.4...0.6, "contrast": log(0.8)...log(1.25), "rotation": -10...10,
      "zoom": 1...1.1, "zoom row": 0...1, "zoom column": 0...1, "right": -0.2...0.2,
      "left": -0.2...0.2, "bottom": -0.2...0.2, "top": -0.2...0.2,
    ]
    #expect(Set(parameters.keys) == Set(ranges.keys))
    for (name, values) in parameters {
      expectShare(values.count, of: 0.75, name)
      expectUniform(values, in: ranges[name] ?? 0...0, name)
    }
    expectShare(mirrored, of: 0.5, "mirror")
  }

  @Test func mirrorAndShift() {
    var mirrored = 0
    var counts = [Int](repeating: 0, count: 81)
    for transform in draws(.mirrorAndShift).joined() {
      switch transform {
      case .mirror: mirrored += 1
      case .shift(let down, let right):
        counts[9 * (down + 4) + right + 4] += 1
      default: Issue.record("\(transform) is not the paper's.")
      }
    }
    expectShare(mirrored, of: 0.5, "mirror")
    for count in counts { expectShare(count, of: 1 / 81.0, "shift") }
  }

  /// The parameters of one transform are independent: the mean of the product of two places in their ranges is ¼, within
  /// five standard errors.
  @Test func parametersAreIndependent() {
    let places = draws(.fastai).joined().compactMap { transform -> [Float]? in
      switch transform {
      case .zoom(let scale, let row, let column): [(scale - 1) / 0.1, row, column]
      case .warp(let right, let left, let bottom, let top):
        [right, left, bottom, top].map { ($0 + 0.2) / 0.4 }
      default: nil
      }
    }
    for count in [3, 4] {
      let those = places.filter { $0.count == count }
      #expect(those.count > 10_000)
      for a in 0..<count {
        for b in 0..<a {
          let mean = those.reduce(0) { $0 + Double($1[a] * $1[b]) } / Double(those.count)
          #expect(abs(mean - 0.25) < 5 * 0.2205 / Double(those.count).squareRoot(), "\(a), \(b)")
        }
      }
    }
  }

  @Test func anyTransformCanAlwaysBeApplied() {
    let mirrors = draws(Augmentation("mirror", [.mirror.always]))
    #expect(mirrors.allSatisfy { $0 == [.mirror] })
  }

  /// Two transforms occur together with the product of their probabilities.
  @Test func transformsAreIndependent() {
    let both = draws(.fastai).count { transforms in
      transforms.contains(.mirror)
        && transforms.contains { if case .rotation = $0 { true } else { false } }
    }
    expectShare(both, of: 0.375, "mirror and rotation")
  }
}

/// Augmented batches of a set of images.
@Suite struct AugmentedImagesTests {
  private let images = LabelledImages(
    height: 8, width: 8, channels: 3,
    pixels: (0..<40 * 8 * 8 * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) },
    labels: [UInt8](repeating: 0, count: 40))

  private func augmented(
    versions: Int = 2, seed: UInt64 = 5, name: String = "unlabelled"
  ) -> AugmentedImages {
    AugmentedImages(
      images, by: .fastai, versions: versions, scaling: .unit, seed: seed, name: name)
  }

  /// The bits of one row of a batch.
  private func row(_ row: Int, of batch: Tensor) -> [UInt32] {
    let length = batch.count / batch.shape[0]
    return batch.scalars[row * length..<(row + 1) * length].map(\.bitPattern)
  }

  /// Image 17 in epoch 3 has the same bits with one or four threads and in batches of two sizes.
  @Test func anImageDependsOnNeitherThreadsNorBatch() {
    let reference = Parallel.$threads.withValue(1) { augmented()([17], epoch: 3) }
    #expect(reference.shape == [2, 8, 8, 3])
    for threads in [1, 4] {
      for size in [10, 32] {
        let indices = (0..<size).map { (17 + 3 - $0 + 40) % 40 }
        #expect(indices[3] == 17)
        let batch = Parallel.$threads.withValue(threads) { augmented()(indices, epoch: 3) }
        #expect(batch.shape == [2 * size, 8, 8, 3])
        for version in 0..<2 {
          #expect(row(version * size + 3, of: batch) == row(version, of: reference))
        }
      }
    }
  }

  /// Each version, epoch, image, seed and name has its own random numbers; a third version does not change
  /// the first two.
  @Test func everyVersionHasItsOwnRandomNumbers() {
    let first = augmented()([17, 18], epoch: 3)
    var rows = (0..<4).map { row($0, of: first) }
    rows.append(row(0, of: augmented()([17], epoch: 4)))
    rows.append(row(0, of: augmented(seed: 6)([17], epoch: 3)))
    rows.append(row(0, of: augmented(name: "labelled")([17], epoch: 3)))
    #expect(Set(rows).count == rows.count)

    let three = augmented(versions: 3)([17, 18], epoch: 3)
    #expect((0..<4).map { row($0, of: three) } == (0..<4).map { row($0, of: first) })
  }

  /// Grey images have one channel and values from 0 to 1, as from the other functions that resample.
  @Test func withoutAScalingImagesKeepTheirChannels() {
    let grey = LabelledImages(
      height: 2, width: 2, channels: 1, pixels: [0, 51, 102, 255], labels: [0])
    let augmented = AugmentedImages(grey, by: .none, seed: 0, name: "grey")([0], epoch: 0)
    #expect(augmented.shape == [1, 2, 2, 1] && augmented.scalars == [0, 0.2, 0.4, 1])
    let transformed = grey.transformed(count: 1) { _ in (0, SampledAugmentation([])) }
    #expect(transformed.scalars == augmented.scalars)
    #expect(grey.tensor([0], size: nil).scalars == augmented.scalars)
    #expect(grey.tensor([0], size: ImageSize(height: 1, width: 1)).shape == [1, 1, 1, 1])
    #expect(images.tensor([0], size: nil).shape == [1, 8, 8, 3])
  }

  @Test func noVersionIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let images = LabelledImages(height: 2, width: 2, channels: 1, pixels: [], labels: [])
      _ = AugmentedImages(
        images, by: .none, versions: 0, scaling: .unit, seed: 0, name: "nothing")
    }
    #expect(standardError(of: result).contains("An image has at least one version, not 0."))
  }
}
