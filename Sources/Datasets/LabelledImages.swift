import Engine

/// The images of one split of a data set, and their labels.
public struct LabelledImages: Sendable {
  /// The height of an image in pixels.
  public let height: Int
  /// The width of an image in pixels.
  public let width: Int
  /// The number of channels: 1 for grey images, 3 for RGB.
  public let channels: Int
  /// The pixel values (count, height, width, channels), from 0 (black) to 255.
  public let pixels: [UInt8]
  /// The class of each image: (count).
  public let labels: [UInt8]

  /// The number of images.
  public var count: Int { labels.count }

  /// Creates a set of labelled images from bytes.
  ///
  /// - Parameters:
  ///   - height: The height of an image in pixels.
  ///   - width: The width of an image in pixels.
  ///   - channels: The number of channels.
  ///   - pixels: The pixel values (count, height, width, channels).
  ///   - labels: The class of each image: (count).
  public init(height: Int, width: Int, channels: Int, pixels: [UInt8], labels: [UInt8]) {
    require(
      height > 0 && width > 0 && channels > 0,
      "An image has at least one pixel and channel, not \(height)×\(width)×\(channels).")
    require(
      pixels.count == elementCount(of: [labels.count, height, width, channels]),
      "\(labels.count) labels need as many images of \(height)×\(width)×\(channels) bytes, "
        + "not \(pixels.count) bytes.")
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
    self.labels = labels
  }

  /// Creates a set of labelled images from a tensor.
  ///
  /// Pixels are stored as bytes: each value x is rounded to the nearest of 256 levels, 255·x.
  ///
  /// - Parameters:
  ///   - images: The images (N, H, W, C), with values from 0 (black) to 1.
  ///   - labels: The class of each image (N), from 0 to 255.
  /// - Throws: ``DatasetError`` if the shape is not (N, H, W, C) with at least one pixel and channel,
  ///   if the number of labels is not N, if a value is NaN or outside 0…1, or if a label is outside
  ///   0…255.
  public init(_ images: Tensor, labels: [Int]) throws {
    let shape = images.shape
    guard shape.count == 4, shape[1...].allSatisfy({ $0 > 0 }) else {
      throw DatasetError(
        "images", found: "the shape \(shape)",
        expected: "(N, H, W, C) with at least one pixel and channel")
    }
    guard labels.count == shape[0] else {
      throw DatasetError(
        "labels", found: "\(labels.count)", expected: "\(shape[0]), one for each image")
    }
    if let index = labels.firstIndex(where: { !(0...255).contains($0) }) {
      throw DatasetError(
        "labels", found: "\(labels[index]) at index \(index)", expected: "0 to 255")
    }
    let values = images.scalars
    if let offset = values.firstIndex(where: { !(0...1).contains($0) }) {
      throw DatasetError(
        "images", found: "\(values[offset]) in image \(offset / shape[1...].reduce(1, *))",
        expected: "values from 0 to 1")
    }
    self.init(
      height: shape[1], width: shape[2], channels: shape[3],
      pixels: values.map { UInt8((255 * $0).rounded()) }, labels: labels.map { UInt8($0) })
  }

  /// Returns the first `n` images, or all images if there are fewer.
  public func prefix(_ n: Int) -> LabelledImages {
    require(n >= 0, "There are no first \(n) images.")
    let n = min(n, count)
    return LabelledImages(
      height: height, width: width, channels: channels,
      pixels: Array(pixels.prefix(n * height * width * channels)),
      labels: Array(labels.prefix(n)))
  }

  // MARK: Batches

  /// Returns some of the images as the input of a network: (`indices`.count, height, width, channels).
  ///
  /// Grey images are repeated in as many channels as `scaling` has.
  ///
  /// - Parameters:
  ///   - indices: The indices of the images.
  ///   - scaling: The mean and standard deviation by which pixel values are normalised; nil for values from 0 to 1 in
  ///     the images' own channels.
  public func tensor(_ indices: some Collection<Int>, scaling: PixelScaling? = nil) -> Tensor {
    let indices = Array(indices)
    check(indices)
    let scaling = scaling ?? unitScaling
    require(
      channels == scaling.channels || channels == 1,
      "A scaling for \(scaling.channels) channels does not fit images of \(channels) channels.")
    let tables = scaling.tables
    let length = height * width * scaling.channels
    let result = Tensor(uninitialised: [indices.count, height, width, scaling.channels])
    Parallel.forEachRange(of: indices.count) { _, rows in
      for row in rows {
        unsafe write(image: indices[row], through: tables, to: result.pointer + row * length)
      }
    }
    return result
  }

  /// The scale from 0 to 1 in the images' own channels, without normalisation.
  package var unitScaling: PixelScaling {
    PixelScaling(
      mean: Array(repeating: 0, count: channels), deviation: Array(repeating: 1, count: channels))
  }

  /// Writes one image to `destination` (height, width, tables.count), each byte replaced by its entry
  /// in the channel's table.
  private func write(
    image: Int, through tables: [[Float]], to destination: UnsafeMutablePointer<Float>
  ) {
    let pixelCount = height * width
    unsafe pixels.withUnsafeBufferPointer { pixels in
      let source = unsafe pixels.baseAddress! + image * pixelCount * channels
      for (channel, table) in tables.enumerated() {
        let source = unsafe source + (channels == 1 ? 0 : channel)
        unsafe table.withUnsafeBufferPointer { table in
          for pixel in 0..<pixelCount {
            unsafe destination[pixel * tables.count + channel] =
              table[Int(source[pixel * channels])]
          }
        }
      }
    }
  }

  /// Returns the classes of some of the images: (`indices`.count).
  public func labels(at indices: some Collection<Int>) -> [Int] {
    check(indices)
    return indices.map { Int(labels[$0]) }
  }

  /// Requires that there are images with these indices.
  package func check(_ indices: some Collection<Int>) {
    if let index = indices.first(where: { !labels.indices.contains($0) }) {
      fatalError("There is no image \(index) among \(count).")
    }
  }
}
