import Datasets
import Engine
import MixMatch
import Testing

/// Transforms compared with the pixels that `Fixtures/make_augmentation.py` computes with PyTorch.
@Suite struct TransformTests {
  /// Each transform by itself, and all of them together.
  @Test func pixels() throws {
    let fixture = try AugmentationFixture()
    #expect(fixture.cases.count == 13)
    for expected in fixture.cases {
      let tensor = fixture.images.transformed(count: 1, scaling: .unit) { _ in
        (0, SampledAugmentation(expected.transforms))
      }
      #expect(tensor.count == expected.pixels.count)
      let distance = zip(tensor.scalars, expected.pixels).map { abs(Double($0) - $1) }.max()
      #expect(try #require(distance) < tolerance, "\(expected.transforms)")
    }
  }

  /// Positions far from the image are mirrored into it, and a position that is not a number is some pixel.
  @Test func extremeTransformsHaveFinitePixels() throws {
    let images = try AugmentationFixture().images
    let transforms: [ImageTransform] = [
      .zoom(scale: 1e-10, row: 0.5, column: 0.5), .zoom(scale: 1e30, row: 0, column: 1),
      .rotation(degrees: .nan), .rotation(degrees: 1e30),
    ]
    for transform in transforms {
      let tensor = images.transformed(count: 1, scaling: .unit) { _ in
        (0, SampledAugmentation([transform]))
      }
      #expect(tensor.scalars.allSatisfy { (0...1).contains($0) }, "\(transform)")
    }
  }

  @Test func imagesThatDoNotExistAreAMistake() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let images = LabelledImages(
        height: 2, width: 2, channels: 1, pixels: [0, 0, 0, 0], labels: [0])
      _ = images.tensor([1_000_000])
    }
    #expect(standardError(of: result).contains("There is no image 1000000 among 1."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let images = LabelledImages(
        height: 2, width: 2, channels: 1, pixels: [0, 0, 0, 0], labels: [0])
      _ = images.transformed(count: 1, scaling: .unit) { _ in (-1, SampledAugmentation([])) }
    }
    #expect(standardError(of: result).contains("There is no image -1 among 1."))
  }

  /// Positions are rounded to 2⁻²¹ pixels, between pixels that differ by at most 1; the exponential of
  /// logits up to 19 adds their rounding error.
  private let tolerance = 2e-6

  /// Identity transforms do not change a bit, and neither does mirroring twice.
  @Test func identityTransformsChangeNothing() throws {
    let images = try AugmentationFixture().images
    let nothings: [[ImageTransform]] = [
      [], [.mirror, .mirror], [.rotation(degrees: 0)], [.zoom(scale: 1, row: 0.3, column: 0.7)],
      [.warp(right: 0, left: 0, bottom: 0, top: 0)],
    ]
    for scaling in [PixelScaling.unit, .cifar] {
      let untouched = images.tensor([0], scaling: scaling).scalars
      for transforms in nothings {
        let tensor = images.transformed(count: 1, scaling: scaling) { _ in
          (0, SampledAugmentation(transforms))
        }
        #expect(tensor.scalars == untouched, "\(transforms)")
      }
    }
  }

  /// Far outside its borders, an image is reflected repeatedly.
  @Test func bordersReflectRepeatedly() {
    let images = LabelledImages(
      height: 2, width: 3, channels: 1, pixels: [0, 51, 255, 0, 51, 255], labels: [0])
    let scaling = PixelScaling(mean: [0], deviation: [1])
    let tensor = images.transformed(count: 2, scaling: scaling) { row in
      (0, SampledAugmentation([.shift(rows: 0, columns: [5, -8][row])]))
    }
    // The columns 0 1 2 continue as 1 0 1 2 1 0 … on both sides.
    #expect(tensor.scalars == [0.2, 0, 0.2, 0.2, 0, 0.2] + [0, 0.2, 1, 0, 0.2, 1])
  }

  /// Half the size is the mean over 2×2 pixels; other sizes preserve a linear slope, except at the
  /// reflected borders.
  @Test(arguments: [(size: 16, border: 0), (size: 24, border: 1)])
  func smallerPicturesShowMeans(size: Int, border: Int) {
    let side = 32
    let images = LabelledImages(
      height: side, width: side, channels: 1,
      pixels: (0..<side * side).map { UInt8(7 * ($0 % side) + $0 / side) }, labels: [0])
    let picture = images.transformed(
      count: 1, size: ImageSize(height: size, width: size),
      scaling: PixelScaling(mean: [0], deviation: [1])
    ) { _ in (0, SampledAugmentation([])) }
    #expect(picture.shape == [1, size, size, 1])

    let cell = Double(side) / Double(size)
    let inside = border..<size - border
    let distances = inside.flatMap { row in
      inside.map { column in
        let centre = 7 * ((Double(column) + 0.5) * cell - 0.5) + (Double(row) + 0.5) * cell - 0.5
        return abs(Double(picture.scalars[row * size + column]) - centre / 255)
      }
    }
    // The tolerance covers the rounding of the values and of their sum.
    #expect(distances.allSatisfy { $0 < 4 * 0x1p-24 })
  }

  @Test func parametersOutOfRangeAreMistakes() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      apply(.brightness(change: 1))
    }
    #expect(
      standardError(of: result).contains("A change of brightness lies between 0 and 1, not at 1.0.")
    )
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      apply(.warp(right: 0, left: 0.5, bottom: 0, top: 0))
    }
    #expect(
      standardError(of: result).contains("The magnitudes of a warp lie between −0.3 and 0.3"))
  }
}

/// Applies a transform to an image of four pixels.
private func apply(_ transform: ImageTransform) {
  let images = LabelledImages(height: 2, width: 2, channels: 1, pixels: [0, 1, 2, 3], labels: [0])
  _ = images.transformed(count: 1, scaling: .unit) { _ in (0, SampledAugmentation([transform])) }
}

/// A small image and its transformed versions, from `Fixtures/make_augmentation.py`.
private struct AugmentationFixture {
  struct Case: Decodable {
    var brightness: Float?
    var contrast: Float?
    var rotation: Float?
    /// Scale, row, column.
    var zoom: [Float]?
    /// Right, left, bottom, top.
    var warp: [Float]?
    var mirror: Bool?
    /// Rows, columns.
    var shift: [Int]?
    var pixels: [Double]

    var transforms: [ImageTransform] {
      let transforms: [ImageTransform?] = [
        brightness.map { .brightness(change: $0) }, contrast.map { .contrast(scale: $0) },
        rotation.map { .rotation(degrees: $0) },
        zoom.map { .zoom(scale: $0[0], row: $0[1], column: $0[2]) },
        warp.map { .warp(right: $0[0], left: $0[1], bottom: $0[2], top: $0[3]) },
        mirror.map { _ in .mirror }, shift.map { .shift(rows: $0[0], columns: $0[1]) },
      ]
      return transforms.compactMap { $0 }
    }
  }

  private struct Content: Decodable {
    var size: Int
    var image: [UInt8]
    var cases: [Case]
  }

  let images: LabelledImages
  let cases: [Case]

  init() throws {
    let content: Content = try loadFixture("augmentation.json")
    images = LabelledImages(
      height: content.size, width: content.size, channels: 3, pixels: content.image, labels: [0])
    cases = content.cases
  }
}
