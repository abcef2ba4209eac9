/// The input pixels whose row and column, counted in the padded image, have given remainders modulo the
/// stride.
///
/// They are multiplied by the same weights, so the gradient with respect to them is a convolution of
/// the output gradient with stride 1.
struct StridePhase {
  /// The row and column of the first pixel, counted without the border.
  let (row, column): (Int, Int)
  /// The number of rows and columns of pixels.
  let (rows, columns): (Int, Int)
  /// The output pixel that the first pixel contributes to by the last of the weights.
  let (gradientRow, gradientColumn): (Int, Int)
  /// The number of kernel rows and columns for these pixels.
  let (kernelRows, kernelColumns): (Int, Int)
  /// The weights (kernelRows·kernelColumns·D, C), with the kernel rotated by 180°.
  let filters: PackedMatrix
}

extension StridePhase {
  /// Creates the phase of the given remainders from the weights (K, K, C, D).
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
      return unsafe weights[((u * kernel + v) * inputs + input) * outputs + output]
    }
  }

  /// The sizes of a phase along one axis.
  private struct Axis {
    let first, count, gradient, kernelSize: Int

    init(_ remainder: Int, size: Int, _ geometry: ConvolutionGeometry) {
      let stride = geometry.stride
      // The smallest i ≥ 0 with (i + padding) mod stride = remainder.
      first = ((remainder - geometry.padding) % stride + stride) % stride
      count = max(0, (size - first + stride - 1) / stride)
      kernelSize = max(0, (geometry.kernelSize - remainder + stride - 1) / stride)
      // Output row y reads padded row y·stride + u with kernel row u.
      gradient = (first + geometry.padding - remainder) / stride - max(0, kernelSize - 1)
    }
  }
}
