/// The input pixels whose row and column leave the remainders `row` and `column` when they are
/// divided by the stride, counted in the padded image. They were multiplied with the same weights,
/// and their gradient is a convolution of the output's gradient, with stride 1.
struct StridePhase {
  /// The first of the pixels, counted without the border.
  let (row, column): (Int, Int)
  /// How many rows and columns of pixels there are.
  let (rows, columns): (Int, Int)
  /// The output pixel that the first of the pixels was multiplied into by the last of the weights.
  let (gradientRow, gradientColumn): (Int, Int)
  /// How many rows and columns the kernel has for these pixels.
  let (kernelRows, kernelColumns): (Int, Int)
  /// The weights (kernelRows·kernelColumns·D, C), the kernel turned by half a circle.
  let filters: PackedMatrix
}

extension StridePhase {
  /// The phase of the given remainders, with the weights (K, K, C, D) that belong to it.
  init(
    _ remainder: (row: Int, column: Int), _ geometry: ConvolutionGeometry,
    _ weights: UnsafePointer<Float>
  ) {
    let (stride, kernel) = (geometry.stride, geometry.kernelSize)
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let rows = Axis(remainder.row, size: geometry.height, geometry)
    let columns = Axis(remainder.column, size: geometry.width, geometry)
    (row, column) = (rows.first, columns.first)
    (self.rows, self.columns) = (rows.count, columns.count)
    (gradientRow, gradientColumn) = (rows.gradient, columns.gradient)
    (kernelRows, kernelColumns) = (rows.kernelSize, columns.kernelSize)
    filters = PackedMatrix(
      rows: rows.kernelSize * columns.kernelSize * outputs, columns: inputs
    ) { term, input in
      let (tap, output) = term.quotientAndRemainder(dividingBy: outputs)
      let (down, right) = tap.quotientAndRemainder(dividingBy: columns.kernelSize)
      let u = remainder.row + stride * (rows.kernelSize - 1 - down)
      let v = remainder.column + stride * (columns.kernelSize - 1 - right)
      return weights[((u * kernel + v) * inputs + input) * outputs + output]
    }
  }

  /// What a phase is along one axis.
  private struct Axis {
    let first, count, gradient, kernelSize: Int

    init(_ remainder: Int, size: Int, _ geometry: ConvolutionGeometry) {
      let stride = geometry.stride
      // The smallest i ≥ 0 with (i + padding) mod stride = remainder.
      first = ((remainder - geometry.padding) % stride + stride) % stride
      count = max(0, (size - first + stride - 1) / stride)
      kernelSize = max(0, (geometry.kernelSize - remainder + stride - 1) / stride)
      // Output pixel y was computed from padded row y·stride + u with the weight of kernel row u.
      gradient = (first + geometry.padding - remainder) / stride - max(0, kernelSize - 1)
    }
  }
}
