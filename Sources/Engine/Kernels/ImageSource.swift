/// What a convolution reads: numbers as they are stored, or a function of them that is computed
/// while they are read, which saves a pass over the memory.
///
/// All of a channel's coefficients are (C).
enum ImageSource {
  /// x.
  case stored(UnsafePointer<Float>)
  /// x·scale + shift, times `slope` where that is not positive: batch normalisation and activation.
  case normalised(
    UnsafePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, slope: Float)
  /// g, times `slope` where the output y of an activation is not positive: the derivative by the
  /// activation's input, g being that by its output. (y has the sign of the input or is zero.)
  case activationGradient(UnsafePointer<Float>, output: UnsafePointer<Float>, slope: Float)
  /// g·gradientFactor + x·inputFactor + offset: the derivative by the input x of a batch
  /// normalisation, g being that by its output.
  case normalisationGradient(
    UnsafePointer<Float>, input: UnsafePointer<Float>, gradientFactor: UnsafePointer<Float>,
    inputFactor: UnsafePointer<Float>, offset: UnsafePointer<Float>)

  /// Writes `pixels` pixels of `channels` numbers, the first of which is number `start`, to
  /// `target`.
  func read(
    from start: Int, pixels: Int, channels: Int, into target: UnsafeMutablePointer<Float>
  ) {
    if case .stored(let x) = self {
      target.update(from: x + start, count: pixels * channels)
      return
    }
    forEachVector(from: start, pixels: pixels, channels: channels) { pixel, columns, value in
      columns.store(value, to: target + pixel * channels)
    }
  }

  /// Adds what ``read(from:pixels:channels:into:)`` writes to `target`.
  func add(from start: Int, pixels: Int, channels: Int, to target: UnsafeMutablePointer<Float>) {
    forEachVector(from: start, pixels: pixels, channels: channels) { pixel, columns, value in
      let target = target + pixel * channels
      columns.store(columns.load(target) + value, to: target)
    }
  }

  /// Calls `body` with every vector of `pixels` pixels, the first of which begins at number `start`.
  @inline(__always)
  private func forEachVector(
    from start: Int, pixels: Int, channels: Int,
    _ body: (_ pixel: Int, _ columns: ColumnVector, _ value: Vector) -> Void
  ) {
    switch self {
    case .stored(let x):
      forEachVector(pixels, channels) { pixel, c in
        body(pixel, c, c.load(x + start + pixel * channels))
      }
    case .normalised(let x, let scale, let shift, let slope):
      forEachVector(pixels, channels) { pixel, c in
        let x = c.load(x + start + pixel * channels)
        let y = c.load(shift).addingProduct(x, c.load(scale))
        body(pixel, c, (slope * y).replacing(with: y, where: y .> 0))
      }
    case .activationGradient(let g, let y, let slope):
      forEachVector(pixels, channels) { pixel, c in
        let i = start + pixel * channels
        let g = c.load(g + i)
        body(pixel, c, (slope * g).replacing(with: g, where: c.load(y + i) .> 0))
      }
    case .normalisationGradient(let g, let x, let gradientFactor, let inputFactor, let offset):
      forEachVector(pixels, channels) { pixel, c in
        let i = start + pixel * channels
        let value = c.load(offset).addingProduct(c.load(x + i), c.load(inputFactor))
          .addingProduct(c.load(g + i), c.load(gradientFactor))
        body(pixel, c, value)
      }
    }
  }

  @inline(__always)
  private func forEachVector(
    _ pixels: Int, _ channels: Int, _ body: (_ pixel: Int, ColumnVector) -> Void
  ) {
    for pixel in 0..<pixels { forEachColumnVector(channels) { body(pixel, $0) } }
  }
}

/// An image with a border of zeros, large enough that whole tiles can be read everywhere.
struct PaddedImage {
  let height: Int
  let width: Int
  let channels: Int
  /// Rows above and columns left of the image.
  let border: Int
  let paddedHeight: Int
  let paddedWidth: Int

  /// How many numbers it has.
  var length: Int { paddedHeight * paddedWidth * channels }
  /// From one row to the next.
  var rowStride: Int { paddedWidth * channels }
  /// Where the image's first number stands.
  var origin: Int { border * (rowStride + channels) }

  /// Room for one image, border and all zero.
  func makeBuffer() -> Buffer {
    let buffer = Buffer(count: length)
    buffer.pointer.update(repeating: 0, count: length)
    return buffer
  }

  /// Reads rows of image `image` of `source` into a buffer of ``makeBuffer()``, whose border stays
  /// zero.
  func read(
    rows: Range<Int>, ofImage image: Int, of source: ImageSource,
    into buffer: UnsafeMutablePointer<Float>
  ) {
    for row in rows {
      source.read(
        from: (image * height + row) * width * channels, pixels: width, channels: channels,
        into: buffer + origin + row * rowStride)
    }
  }

  /// Adds the sum of each channel over rows of the image to `sums` (channels).
  func addChannelSums(
    rows: Range<Int>, _ buffer: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>
  ) {
    for row in rows {
      addColumnSums(
        buffer + origin + row * rowStride, rows: width, columns: channels, to: sums)
    }
  }
}
