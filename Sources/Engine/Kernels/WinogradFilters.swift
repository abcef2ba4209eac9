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
      withUnsafeTemporaryAllocation(of: Vector.self, capacity: 36) { workspace in
        for start in stride(
          from: range.lowerBound * outputs, to: range.upperBound * outputs,
          by: Buffer.vectorWidth)
        {
          WinogradTransform.filter(
            weights + start, stride: pointStride, to: buffer.pointer + start,
            pointStride: pointStride, workspace: workspace.baseAddress!)
        }
      }
    }
  }

  /// The filters of the convolution that takes the gradient of the output to that of the input: each turned by
  /// half a circle, inputs and outputs exchanged.
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

  /// `gradient` (3, 3, inputs, outputs) ← the filters' gradients from sums of transformed ones, each (36, inputs, outputs).
  static func sumGradients(
    _ sums: PartialSums, inputs: Int, outputs: Int, into gradient: UnsafeMutablePointer<Float>
  ) {
    let pointStride = inputs * outputs
    let total = Buffer(count: WinogradTransform.pointCount * pointStride)
    sums.sum(into: total.pointer)
    Parallel.forEachRange(of: inputs) { _, range in
      withUnsafeTemporaryAllocation(of: Vector.self, capacity: 36) { workspace in
        for start in stride(
          from: range.lowerBound * outputs, to: range.upperBound * outputs,
          by: Buffer.vectorWidth)
        {
          WinogradTransform.filterGradient(
            total.pointer + start, pointStride: pointStride, to: gradient + start,
            stride: pointStride, workspace: workspace.baseAddress!)
        }
      }
    }
  }
}
