import Engine

/// The normalisation of pixel values for a network: x ← (x/255 − mean) / deviation, per channel.
public struct PixelScaling: Sendable, CustomStringConvertible {
  /// The mean of each channel, on the scale from 0 to 1.
  public let mean: [Float]
  /// The standard deviation of each channel, on the scale from 0 to 1; above 0.
  public let deviation: [Float]
  /// The normalised value of each byte, per channel: (channels, 256).
  let tables: [[Float]]

  var channels: Int { tables.count }

  /// Creates a normalisation from known statistics.
  ///
  /// - Parameters:
  ///   - mean: The mean of each channel, at least one, on the scale from 0 to 1; finite.
  ///   - deviation: The standard deviation of each channel, on the same scale; finite and above 0.
  public init(mean: [Float], deviation: [Float]) {
    require(
      mean.count == deviation.count && !mean.isEmpty && (mean + deviation).allSatisfy(\.isFinite)
        && deviation.allSatisfy { $0 > 0 },
      "A pixel scaling needs a finite mean and a finite, positive standard deviation for each of "
        + "at least one channel, not means \(mean) and deviations \(deviation).")
    (self.mean, self.deviation) = (mean, deviation)
    tables = zip(mean, deviation).map { mean, deviation in
      (0..<256).map { (Float($0) / 255 - mean) / deviation }
    }
  }

  /// Creates a normalisation from the mean and standard deviation of each channel of `images`.
  ///
  /// The standard deviation is that of all pixels (divisor n). A channel whose pixels are all equal
  /// has the deviation 1, so that its normalised values are 0.
  ///
  /// - Parameter images: At least one image.
  public init(of images: LabelledImages) {
    require(images.count > 0, "The mean of pixel values needs at least one image.")
    let channels = images.channels
    // Sums of integers are exact, whatever the order.
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 256), count: channels)
    for (offset, value) in images.pixels.enumerated() { counts[offset % channels][Int(value)] += 1 }
    let total = Double(images.pixels.count / channels)
    let statistics = counts.map { counts in
      let mean = counts.indices.reduce(0.0) { $0 + Double($1 * counts[$1]) } / total
      let squares = counts.indices.reduce(0.0) {
        $0 + (Double($1) - mean) * (Double($1) - mean) * Double(counts[$1])
      }
      let deviation = (squares / total).squareRoot()
      return (mean: Float(mean / 255), deviation: deviation > 0 ? Float(deviation / 255) : 1)
    }
    self.init(mean: statistics.map(\.mean), deviation: statistics.map(\.deviation))
  }

  /// The scale from 0 to 1 in three channels, without normalisation.
  public static let unit = PixelScaling(mean: [0, 0, 0], deviation: [1, 1, 1])

  /// CIFAR-10's mean and standard deviation, as in fastai's `cifar_stats` (vision/data.py).
  public static let cifar = PixelScaling(
    mean: [0.491, 0.482, 0.447], deviation: [0.247, 0.243, 0.261])

  /// The mean and the standard deviation of each channel, on the scale from 0 to 1.
  public var description: String { "PixelScaling(mean: \(mean), deviation: \(deviation))" }

  /// Returns the bytes of normalised images, to display them: one array (H·W·C) per image.
  ///
  /// Values are rounded; values below black or above the brightest level are clamped.
  ///
  /// - Parameter images: Normalised images (N, H, W, C).
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
