/// The transformed filters of a convolution: for each of the 36 points a matrix (inputs, outputs).
struct WinogradFilters {
  private let buffer: Buffer
  private let pointStride: Int

  subscript(point: Int) -> UnsafePointer<Float> {
    UnsafePointer(buffer.pointer + point * pointStride)
  }

  /// The filters of a convolution with `weights` (3, 3, inputs, outputs).
  init(_ weights: UnsafePointer<Float>, inputs: Int, outputs: Int) {
    pointStride = inputs * outputs
    buffer = Buffer(count: WinogradTransform.pointCount * pointStride)
    Parallel.forEachRange(of: inputs) { [buffer, pointStride] _, range in
      for start in stride(
        from: range.lowerBound * outputs, to: range.upperBound * outputs,
        by: Buffer.vectorWidth)
      {
        WinogradTransform.filter(
          weights + start, stride: inputs * outputs, to: buffer.pointer + start,
          pointStride: pointStride)
      }
    }
  }

  /// The filters of the convolution that takes the gradient of the output to that of the input:
  /// each turned by half a circle, inputs and outputs exchanged.
  init(turning weights: UnsafePointer<Float>, inputs: Int, outputs: Int) {
    let turned = Buffer(count: 9 * inputs * outputs)
    Parallel.forEach(part: 9) { position in
      let source = weights + (8 - position) * inputs * outputs
      let target = turned.pointer + position * inputs * outputs
      for d in 0..<outputs {
        for c in 0..<inputs { target[d * inputs + c] = source[c * outputs + d] }
      }
    }
    self.init(turned.pointer, inputs: outputs, outputs: inputs)
  }

  /// Room for the gradient of transformed filters.
  init(gradientOf inputs: Int, outputs: Int) {
    pointStride = inputs * outputs
    buffer = Buffer(count: WinogradTransform.pointCount * pointStride)
  }

  /// Adds the gradient that a block of images contributes: at each point `tiles`ᵀ·`gradients`. What
  /// was there before the first block does not count.
  func add(_ tiles: WinogradTiles, _ gradients: WinogradTiles, images: Int, isFirst: Bool) {
    for point in 0..<WinogradTransform.pointCount {
      BLAS.multiply(
        .transposed(tiles[point]), .plain(gradients[point]),
        into: buffer.pointer + point * pointStride,
        rows: tiles.channels, inner: tiles.rows(images: images), columns: gradients.channels,
        beta: isFirst ? 0 : 1)
    }
  }

  /// `gradient` (3, 3, inputs, outputs) ← the gradient of the filters, these being the transformed
  /// ones'.
  func transformBack(into gradient: UnsafeMutablePointer<Float>) {
    for start in stride(from: 0, to: pointStride, by: Buffer.vectorWidth) {
      WinogradTransform.filterGradient(
        buffer.pointer + start, pointStride: pointStride, to: gradient + start,
        stride: pointStride)
    }
  }
}
