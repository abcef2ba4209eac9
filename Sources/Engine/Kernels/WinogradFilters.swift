/// The transformed filters of a convolution: for each of the 36 points a matrix (inputs, outputs),
/// packed as the right operand of products.
struct WinogradFilters {
  private let inputs: Int
  private let buffer: Buffer
  private let pointStride: Int

  /// The filters of a convolution with `weights` (3, 3, inputs, outputs); `outputs` is a multiple of
  /// 16.
  ///
  /// They are transformed in double precision: that costs little, as it happens once a step, and the
  /// products amplify their errors.
  init(_ weights: UnsafePointer<Float>, inputs: Int, outputs: Int) {
    let width = Buffer.vectorWidth
    self.inputs = inputs
    pointStride = inputs * outputs + width
    buffer = Buffer(count: WinogradTransform.pointCount * pointStride)
    Parallel.forEachRange(of: inputs) { [buffer, pointStride] _, range in
      for input in range {
        for output in stride(from: 0, to: outputs, by: PreciseLanes.count) {
          // The first output of a panel, times the panel's length, is where the panel starts.
          let lane = output % width
          WinogradTransform.filter(
            PreciseLanes.self, weights + input * outputs + output, stride: inputs * outputs,
            to: buffer.pointer + (output - lane) * inputs + input * width + lane,
            pointStride: pointStride)
        }
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

  /// The filters of a point for the 16 outputs from `output` on.
  func panel(point: Int, output: Int) -> RightPanel {
    RightPanel(
      start: buffer.pointer + point * pointStride + output * inputs, width: Buffer.vectorWidth,
      termStride: Buffer.vectorWidth)
  }
}

/// The gradient by transformed filters: for each of the 36 points a matrix (inputs, outputs),
/// row-major.
struct WinogradFilterGradient {
  private let inputs: Int
  private let outputs: Int
  private let buffer: Buffer
  private let pointStride: Int

  /// Room for the gradient.
  init(inputs: Int, outputs: Int) {
    (self.inputs, self.outputs) = (inputs, outputs)
    // A line more than the matrix has, as in WinogradTiles.
    pointStride = inputs * outputs + Buffer.vectorWidth
    buffer = Buffer(count: WinogradTransform.pointCount * pointStride)
  }

  /// Adds what a block of images contributes, at each point `tiles`ᵀ·`gradients`, or overwrites what
  /// was there with it.
  func add(
    _ tiles: WinogradTiles, _ gradients: WinogradTiles, tileRows: Int, _ mode: ProductTarget
  ) {
    for point in 0..<WinogradTransform.pointCount {
      for output in stride(from: 0, to: outputs, by: Buffer.vectorWidth) {
        multiply(
          LeftOperand(
            start: tiles[point], rowStride: 1, termStride: inputs,
            runLength: tiles.rows(tileRows: tileRows)),
          rows: inputs,
          RightPanel(
            start: gradients[point] + output, width: Buffer.vectorWidth, termStride: outputs),
          into: buffer.pointer + point * pointStride + output, rowStride: outputs, mode)
      }
    }
  }

  /// `gradient` (3, 3, inputs, outputs) ← the gradient by the filters before their transform.
  func transformBack(into gradient: UnsafeMutablePointer<Float>) {
    if Processor.hasWideVectors {
      transformBack(Vector.self, into: gradient)
    } else {
      transformBack(NarrowLanes.self, into: gradient)
    }
  }

  @inline(__always)
  private func transformBack<V: Lanes>(
    _ lanes: V.Type, into gradient: UnsafeMutablePointer<Float>
  ) {
    for start in stride(from: 0, to: inputs * outputs, by: lanes.count) {
      WinogradTransform.filterGradient(
        lanes, buffer.pointer + start, pointStride: pointStride, to: gradient + start,
        stride: inputs * outputs)
    }
  }
}
