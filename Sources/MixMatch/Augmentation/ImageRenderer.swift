import Datasets

/// Renders transformed images, one after the other, with the same working memory.
struct ImageRenderer {
  private let images: LabelledImages
  private let channels: Int
  private let mean: SIMD4<Float>
  private let deviation: SIMD4<Float>
  private var table = [Float](repeating: 0, count: 256)
  /// The image after brightness and contrast, (height, width), a channel in each lane.
  private var lit: [SIMD4<Float>]

  init(of images: LabelledImages, scaling: PixelScaling) {
    self.images = images
    channels = scaling.mean.count
    mean = lanes(scaling.mean, padding: 0)
    deviation = lanes(scaling.deviation, padding: 1)
    lit = Array(repeating: SIMD4(), count: images.height * images.width)
  }

  /// Writes image `index` to `destination`, (size.height, size.width, channels): brightness and contrast
  /// changed, resampled once, and normalised.
  mutating func render(
    _ index: Int, _ augmentation: DrawnAugmentation, _ size: ImageSize,
    to destination: UnsafeMutablePointer<Float>
  ) {
    augmentation.lighting.tabulate(into: &table)
    light(index)
    let map = augmentation.map(height: images.height, width: images.width)
    lit.withUnsafeBufferPointer { lit in
      let image = SampledImage(
        height: images.height, width: images.width, pixels: lit.baseAddress!)
      let grid = SamplingGrid(height: size.height, width: size.width, over: image, through: map)
      grid.forEachCell(of: image) { cell, colour in
        let scaled = (colour - mean) / deviation
        for channel in 0..<channels { destination[cell * channels + channel] = scaled[channel] }
      }
    }
  }

  /// Looks up each byte of an image in the table; grey images fill all lanes.
  private mutating func light(_ index: Int) {
    let count = lit.count * images.channels
    let (second, third, fourth) = (
      min(1, images.channels - 1), min(2, images.channels - 1), images.channels - 1
    )
    images.pixels.withUnsafeBufferPointer { pixels in
      table.withUnsafeBufferPointer { table in
        let bytes = pixels.baseAddress! + index * count
        for pixel in lit.indices {
          let bytes = bytes + pixel * images.channels
          lit[pixel] = SIMD4(
            table[Int(bytes[0])], table[Int(bytes[second])], table[Int(bytes[third])],
            table[Int(bytes[fourth])])
        }
      }
    }
  }
}

/// Up to four numbers as a vector, filled up with `padding`.
private func lanes(_ numbers: [Float], padding: Float) -> SIMD4<Float> {
  var vector = SIMD4(repeating: padding)
  for (lane, number) in numbers.enumerated() { vector[lane] = number }
  return vector
}
