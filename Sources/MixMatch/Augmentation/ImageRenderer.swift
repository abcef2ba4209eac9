import Datasets

/// Renders transformed images, one after the other, with the same working memory.
struct ImageRenderer {
  private let images: LabelledImages
  private let channels: Int
  private let mean: SIMD4<Float>
  private let deviation: SIMD4<Float>
  /// The image from 0 to 1, (height, width), a channel in each lane.
  private var image: [SIMD4<Float>]

  init(of images: LabelledImages, scaling: PixelScaling) {
    self.images = images
    channels = scaling.mean.count
    mean = lanes(scaling.mean, padding: 0)
    deviation = lanes(scaling.deviation, padding: 1)
    image = Array(repeating: SIMD4(), count: images.height * images.width)
  }

  /// Writes image `index` to `destination`, (size.height, size.width, channels): resampled once, its
  /// brightness and contrast changed, and normalised.
  mutating func render(
    _ index: Int, _ augmentation: SampledAugmentation, _ size: ImageSize,
    to destination: UnsafeMutablePointer<Float>
  ) {
    load(index)
    let lighting = augmentation.lighting
    let map = augmentation.map(height: images.height, width: images.width)
    unsafe image.withUnsafeBufferPointer { pixels in
      let image = unsafe SampledImage(
        height: images.height, width: images.width, pixels: pixels.baseAddress!)
      let grid = unsafe SamplingGrid(
        height: size.height, width: size.width, over: image, through: map)
      unsafe grid.forEachCell(of: image) { cell, colour in
        var colour = colour
        if !lighting.isIdentity {
          for channel in 0..<channels { colour[channel] = lighting(colour[channel]) }
        }
        let scaled = (colour - mean) / deviation
        for channel in 0..<channels {
          unsafe destination[cell * channels + channel] = scaled[channel]
        }
      }
    }
  }

  /// Reads the bytes of an image; grey images fill all lanes.
  private mutating func load(_ index: Int) {
    let count = image.count * images.channels
    let (second, third, fourth) = (
      min(1, images.channels - 1), min(2, images.channels - 1), images.channels - 1
    )
    unsafe images.pixels.withUnsafeBufferPointer { pixels in
      unsafe byteValues.withUnsafeBufferPointer { values in
        let bytes = unsafe pixels.baseAddress! + index * count
        for pixel in image.indices {
          let bytes = unsafe bytes + pixel * images.channels
          image[pixel] = unsafe SIMD4(
            values[Int(bytes[0])], values[Int(bytes[second])], values[Int(bytes[third])],
            values[Int(bytes[fourth])])
        }
      }
    }
  }
}

/// byte/255 of each byte.
private let byteValues = (0..<256).map { Float($0) / 255 }

/// Up to four numbers as a vector, filled up with `padding`.
private func lanes(_ numbers: [Float], padding: Float) -> SIMD4<Float> {
  var vector = SIMD4(repeating: padding)
  for (lane, number) in numbers.enumerated() { vector[lane] = number }
  return vector
}
