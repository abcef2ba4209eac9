/// An image of up to four channels, interpolated between its pixels.
@unsafe struct SampledImage {
  let height: Int
  let width: Int
  /// The pixels, (height, width), a channel in each lane.
  let pixels: UnsafePointer<SIMD4<Float>>

  /// The colour at column `x` and row `y`, where 0 is the centre of the first pixel: interpolated
  /// bilinearly, and mirrored beyond the centres of the outermost pixels.
  @inline(__always)
  func colour(x: Float, y: Float) -> SIMD4<Float> {
    let x = unsafe folded(x, at: Float(width - 1))
    let y = unsafe folded(y, at: Float(height - 1))
    let left = unsafe min(Int(x), width - 2)
    let top = unsafe min(Int(y), height - 2)
    let (right, down) = (x - Float(left), y - Float(top))
    let corner = unsafe pixels + top * width + left
    let upper = unsafe corner[0] * (1 - right) + corner[1] * right
    let lower = unsafe corner[width] * (1 - right) + corner[width + 1] * right
    return upper * (1 - down) + lower * down
  }
}

/// `position`, mirrored at 0 and at `last`, which is above 0, until it lies between them; 0 for an infinite position, or
/// one that is not a number.
@inline(__always)
private func folded(_ position: Float, at last: Float) -> Float {
  var position = abs(position)
  if position > 3 * last { position = abs(position.remainder(dividingBy: 2 * last)) }
  while position > last { position = abs(2 * last - position) }
  return position <= last ? position : 0
}

/// A number that rounds a Double to a multiple of 2⁻²⁰ when it is added and subtracted: positions that
/// should be whole pixels then are, and give those pixels' exact colours.
private let roundingTerm = 0x1.8p32

/// The pixels of a result as cells of a grid over the source image, each sampled at one or more points.
struct SamplingGrid {
  let height: Int
  let width: Int
  /// The map from grid coordinates, in cells from the upper left corner, to pixels of the image.
  private let map: ProjectiveMap
  /// The number of sample points per cell along each axis, at least one per pixel of the image.
  private let samples: Int

  /// A grid of `height`×`width` cells over an image; `map` takes positions from −1 to 1 on the result to
  /// positions from −1 to 1 on the image.
  init(height: Int, width: Int, over image: SampledImage, through map: ProjectiveMap) {
    (self.height, self.width) = (height, width)
    let (rows, columns) = unsafe (Double(image.height), Double(image.width))
    // The positions ±1 are the centres of the outermost pixels, half a pixel inside the edges.
    let position = ProjectiveMap(
      [2 * columns / (Double(width) * (columns - 1)), 0, -columns / (columns - 1)],
      [0, 2 * rows / (Double(height) * (rows - 1)), -rows / (rows - 1)])
    let pixel = ProjectiveMap(
      [(columns - 1) / 2, 0, (columns - 1) / 2], [0, (rows - 1) / 2, (rows - 1) / 2])
    self.map = pixel * map * position
    samples = unsafe max(1, (image.height + height - 1) / height, (image.width + width - 1) / width)
  }

  /// Calls `write` with the index of each cell, row by row, and its mean colour on `image`.
  @inline(__always)
  func forEachCell(of image: SampledImage, _ write: (_ cell: Int, _ colour: SIMD4<Float>) -> Void) {
    let step = 1 / Double(samples)
    let weight = Float(step * step)
    for row in 0..<height {
      for column in 0..<width {
        var sum = SIMD4<Float>()
        for down in 0..<samples {
          for right in 0..<samples {
            let point = map(
              Double(column) + (Double(right) + 0.5) * step,
              Double(row) + (Double(down) + 0.5) * step)
            let rounded = point + roundingTerm - roundingTerm
            unsafe sum += image.colour(x: Float(rounded.x), y: Float(rounded.y))
          }
        }
        write(row * width + column, samples == 1 ? sum : sum * weight)
      }
    }
  }
}
