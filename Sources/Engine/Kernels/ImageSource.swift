/// Images that a kernel reads, such as the input of a convolution or the gradient of its output.
///
/// They are stored elements, or a function of them that is computed while they are read, which saves a pass over
/// memory.
///
/// The elements are rows of C channels, such as the pixels of images (N, H, W, C). All coefficients are
/// per channel, (C).
@unsafe enum ImageSource {
  /// The stored elements x.
  case stored(UnsafePointer<Float>)
  /// Batch normalisation and activation: x·scale + shift, multiplied by `slope` where it is not
  /// positive.
  case normalised(
    UnsafePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>, slope: Float)
  /// The gradient with respect to the input of an activation: the gradient g with respect to its
  /// output y, multiplied by `slope` where y is not positive. (y is positive where the input is.)
  case activationGradient(UnsafePointer<Float>, output: UnsafePointer<Float>, slope: Float)
  /// The gradient with respect to the input x of a batch normalisation, g·gradientFactor +
  /// x·inputFactor + offset, where g is the gradient with respect to its output.
  case normalisationGradient(
    UnsafePointer<Float>, input: UnsafePointer<Float>, gradientFactor: UnsafePointer<Float>,
    inputFactor: UnsafePointer<Float>, offset: UnsafePointer<Float>)

  /// Writes `pixels` pixels, from element `start` on, to `target` (pixels, channels).
  func read(
    from start: Int, pixels: Int, channels: Int, into target: UnsafeMutablePointer<Float>
  ) {
    if case .stored(let x) = unsafe self {
      unsafe target.update(from: x + start, count: pixels * channels)
      return
    }
    unsafe forEachVector(from: start, pixels: pixels, channels: channels) { pixel, columns, value in
      unsafe columns.store(value, to: target + pixel * channels)
    }
  }

  /// Starts to load a range of elements into the cache, which will be read soon.
  func prefetch(_ elements: Range<Int>) {
    switch unsafe self {
    case .stored(let x), .normalised(let x, _, _, _):
      unsafe Processor.prefetch(elements, of: x)
    case .activationGradient(let g, output: let x, _),
      .normalisationGradient(let g, input: let x, _, _, _):
      unsafe Processor.prefetch(elements, of: g)
      unsafe Processor.prefetch(elements, of: x)
    }
  }

  /// Adds `pixels` pixels, from element `start` on, to `target` (pixels, channels).
  func add(from start: Int, pixels: Int, channels: Int, to target: UnsafeMutablePointer<Float>) {
    unsafe forEachVector(from: start, pixels: pixels, channels: channels) { pixel, columns, value in
      let target = unsafe target + pixel * channels
      unsafe columns.store(columns.load(target) + value, to: target)
    }
  }

  /// Calls `body` with each vector of the elements (pixels, channels) from element `start` on.
  ///
  /// `pixel` is counted from `start`.
  @inline(__always)
  private func forEachVector(
    from start: Int, pixels: Int, channels: Int,
    _ body: (_ pixel: Int, _ columns: ColumnVector, _ value: Vector) -> Void
  ) {
    switch unsafe self {
    case .stored(let x):
      unsafe forEachPixelVector(pixels, channels) { pixel, c in
        unsafe body(pixel, c, c.load(x + start + pixel * channels))
      }
    case .normalised(let x, let scale, let shift, let slope):
      unsafe forEachPixelVector(pixels, channels) { pixel, c in
        let x = unsafe c.load(x + start + pixel * channels)
        let y = unsafe c.load(shift).addingProduct(x, c.load(scale))
        body(pixel, c, leaky(y, slope: slope, where: y))
      }
    case .activationGradient(let g, let y, let slope):
      unsafe forEachPixelVector(pixels, channels) { pixel, c in
        let i = start + pixel * channels
        let g = unsafe c.load(g + i)
        unsafe body(pixel, c, leaky(g, slope: slope, where: c.load(y + i)))
      }
    case .normalisationGradient(let g, let x, let gradientFactor, let inputFactor, let offset):
      unsafe forEachPixelVector(pixels, channels) { pixel, c in
        let i = start + pixel * channels
        let value = unsafe c.load(offset).addingProduct(c.load(x + i), c.load(inputFactor))
          .addingProduct(c.load(g + i), c.load(gradientFactor))
        body(pixel, c, value)
      }
    }
  }

  /// Calls `body` with each vector of the elements (pixels, channels).
  @inline(__always)
  private func forEachPixelVector(
    _ pixels: Int, _ channels: Int, _ body: (_ pixel: Int, ColumnVector) -> Void
  ) {
    for pixel in 0..<pixels { forEachColumnVector(channels) { body(pixel, $0) } }
  }
}
