import Engine

/// What is done to pixel values on their way into a network: x ← (x/255 − mean) / deviation.
public struct PixelScaling: Sendable {
  /// For each channel, on the scale from 0 to 1.
  package let mean: [Float]
  /// For each channel, on the scale from 0 to 1.
  package let deviation: [Float]
  /// For each channel, what becomes of each of the 256 values of a byte.
  let tables: [[Float]]

  var channels: Int { tables.count }

  /// A mean and a deviation for each channel, on the scale from 0 to 1.
  public init(mean: [Float], deviation: [Float]) {
    require(
      mean.count == deviation.count && deviation.allSatisfy { $0 > 0 },
      "Pixels are scaled by a mean and a positive deviation for each channel.")
    (self.mean, self.deviation) = (mean, deviation)
    tables = zip(mean, deviation).map { mean, deviation in
      (0..<256).map { (Float($0) / 255 - mean) / deviation }
    }
  }

  /// From 0 to 1 in three channels, and nothing more.
  public static let unit = PixelScaling(mean: [0, 0, 0], deviation: [1, 1, 1])

  /// CIFAR-10's own mean and deviation, as fastai's `cifar_stats` (vision/data.py) have them.
  public static let cifar = PixelScaling(
    mean: [0.491, 0.482, 0.447], deviation: [0.247, 0.243, 0.261])

  /// The way back, to have scaled images shown: the bytes of each of `images` (N, H, W, C), rounded,
  /// (H·W·C). What is darker than black or lighter than white comes out as these.
  public func bytes(_ images: Tensor) -> [[UInt8]] {
    require(
      images.shape.count == 4 && images.shape[3] == channels,
      "Images of \(channels) channels have the shape (N, H, W, \(channels)), not \(images.shape).")
    let bytes = images.scalars.enumerated().map { offset, value in
      let table = tables[offset % channels]
      let share = (value - table[0]) / (table[255] - table[0])
      return UInt8((255 * min(1, max(0, share))).rounded())
    }
    let length = images.shape[1...].reduce(1, *)
    return stride(from: 0, to: bytes.count, by: length).map { Array(bytes[$0..<$0 + length]) }
  }
}

extension LabelledImages {
  /// Some of the images as a network takes them, (`indices`.count, height, width, channels).
  ///
  /// Grey images are repeated in as many channels as `scaling` has.
  public func tensor(_ indices: some Collection<Int>, scaling: PixelScaling = .unit) -> Tensor {
    let indices = Array(indices)
    require(
      channels == scaling.channels || channels == 1,
      "Images of \(channels) channels cannot be scaled as if they had \(scaling.channels).")
    let tables = scaling.tables
    let length = height * width * scaling.channels
    let result = Tensor(uninitialised: [indices.count, height, width, scaling.channels])
    Parallel.forEachRange(of: indices.count) { _, rows in
      for row in rows {
        write(image: indices[row], through: tables, to: result.pointer + row * length)
      }
    }
    return result
  }

  /// Writes one image, each byte as its channel's table has it, to `destination` (height, width,
  /// tables.count).
  private func write(
    image: Int, through tables: [[Float]], to destination: UnsafeMutablePointer<Float>
  ) {
    let pixelCount = height * width
    pixels.withUnsafeBufferPointer { pixels in
      let source = pixels.baseAddress! + image * pixelCount * channels
      for (channel, table) in tables.enumerated() {
        let source = source + (channels == 1 ? 0 : channel)
        table.withUnsafeBufferPointer { table in
          for pixel in 0..<pixelCount {
            destination[pixel * tables.count + channel] = table[Int(source[pixel * channels])]
          }
        }
      }
    }
  }

  /// The classes of some of the images.
  public func classes(_ indices: some Collection<Int>) -> [Int] { indices.map { Int(labels[$0]) } }
}
