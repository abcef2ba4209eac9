/// A convolution of any kernel size, stride and padding, computed by the sums of its definition.
///
/// Each output row is a matrix product. Its left operand consists of the input patches of the output
/// pixels, which are read directly from the padded image, without copying (no im2col).
struct DirectConvolution {
  let geometry: ConvolutionGeometry

  var parts: BatchParts { BatchParts(ofImages: geometry.images, share: geometry.share) }

  /// Computes `output` (N, H′, W′, D) ← `source` (N, H, W, C) ∗ `weights` (K, K, C, D).
  ///
  /// `finish` is called for each image with the range of its output pixels, counted through all images,
  /// once they are written.
  func convolve(
    _ source: ImageSource, _ weights: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    let filters = unsafe PackedMatrix(
      weights, rows: geometry.patchLength, columns: geometry.outputChannels)
    let padded = paddedInput
    parts.forEach { part, images in
      let input = padded.makeStorage()
      for image in images {
        unsafe padded.read(
          rows: 0..<geometry.height, ofImage: image, of: source, into: input.pointer)
        unsafe convolve(input.pointer, filters, into: output + image * geometry.outputLength)
        finish(part, image * geometry.positions..<(image + 1) * geometry.positions)
      }
      // Without this the storage might be released before its last use, because only its address is used.
      withExtendedLifetime(input) {}
    }
  }

  /// Computes the gradients with respect to input, weights and bias. If processes divide the batch, the gradient with
  /// respect to the weights is that of this process's images, and the caller adds those of the others; the one with
  /// respect to the bias is already the sum over all processes.
  ///
  /// `input` is (N, H, W, C), `weights` (K, K, C, D), `outputGradient` (N, H′, W′, D). `finish` is called
  /// for each image with the range of its input pixels, counted through all images, once their gradient
  /// is written, unless `gradients.input` is nil.
  func differentiate(
    _ input: ImageSource, _ weights: UnsafePointer<Float>, outputGradient: ImageSource,
    into gradients: ConvolutionGradients, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    let (columns, parts) = (geometry.outputChannels, parts)
    let weightSums = PartialSums(
      uninitialisedParts: parts, count: geometry.patchLength * columns)
    let biasSums = PartialSums(parts: parts, count: columns)
    let phases =
      unsafe gradients.input == nil
      ? [] : phaseRemainders.map { unsafe StridePhase($0, geometry, weights) }
    let (paddedInput, paddedGradient) = (paddedInput, paddedGradient)
    parts.forEach { part, images in
      let (image, gradient) = (paddedInput.makeStorage(), paddedGradient.makeStorage())
      for n in images {
        unsafe paddedInput.read(
          rows: 0..<geometry.height, ofImage: n, of: input, into: image.pointer)
        unsafe paddedGradient.read(
          rows: 0..<geometry.outputHeight, ofImage: n, of: outputGradient, into: gradient.pointer)
        if unsafe gradients.bias != nil {
          unsafe paddedGradient.addChannelSums(
            rows: 0..<geometry.outputHeight, gradient.pointer, to: biasSums[part])
        }
        unsafe addWeightGradient(
          image.pointer, gradient.pointer, to: weightSums[part],
          n == images.first ? .overwritten : .accumulated)
        guard let inputGradient = unsafe gradients.input else { continue }
        for phase in phases {
          unsafe differentiate(
            gradient.pointer, phase, into: inputGradient + n * geometry.inputLength)
        }
        finish(part, n * geometry.pixels..<(n + 1) * geometry.pixels)
      }
    }
    unsafe weightSums.sumOwn(into: gradients.weights)
    if let bias = unsafe gradients.bias { unsafe biasSums.sum(into: bias) }
  }
}

// MARK: - One image

extension DirectConvolution {
  /// The layout of an input image with a border of zeros, (H + 2·padding, W + 2·padding, C).
  private var paddedInput: PaddedImage {
    PaddedImage(
      height: geometry.height, width: geometry.width, channels: geometry.inputChannels,
      border: geometry.padding, paddedHeight: geometry.height + 2 * geometry.padding,
      paddedWidth: geometry.width + 2 * geometry.padding)
  }

  /// Computes `output` (H′, W′, D) ← the padded image `input` ∗ `filters` (K·K·C, D).
  ///
  /// `input` has the layout ``paddedInput``.
  private func convolve(
    _ input: UnsafePointer<Float>, _ filters: PackedMatrix,
    into output: UnsafeMutablePointer<Float>
  ) {
    let rowLength = paddedInput.rowStride
    let kernelRowLength = geometry.kernelSize * geometry.inputChannels
    for panel in filters.panels {
      for y in 0..<geometry.outputHeight {
        let target =
          unsafe output + y * geometry.outputWidth * geometry.outputChannels + panel
          * Storage.vectorWidth
        // One kernel row at a time, as shorter sums have smaller rounding errors.
        for kernelRow in 0..<geometry.kernelSize {
          let patches = unsafe LeftOperand(
            start: input + (y * geometry.stride + kernelRow) * rowLength,
            rowStride: geometry.stride * geometry.inputChannels, termStride: 1,
            runLength: kernelRowLength)
          unsafe multiply(
            patches, rows: geometry.outputWidth,
            filters.panel(panel, fromRow: kernelRow * kernelRowLength), into: target,
            rowStride: geometry.outputChannels, kernelRow == 0 ? .overwritten : .accumulated)
        }
      }
    }
  }

  /// Adds the contribution of an image to the weight gradient `sums` (K, K, C, D), or overwrites it.
  ///
  /// The contribution is, for each weight, the sum over the output pixels of the input element it multiplies times the
  /// gradient. `input` has the layout ``paddedInput``, `gradient` the layout ``paddedGradient``.
  private func addWeightGradient(
    _ input: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<Float>, _ mode: ProductTarget
  ) {
    let (outputs, rowLength) = (geometry.outputChannels, paddedInput.rowStride)
    let kernelRowLength = geometry.kernelSize * geometry.inputChannels
    let gradientImage = paddedGradient
    // Few enough rows of pixels at a time that their elements stay in the first-level cache.
    let height = max(1, 64 / geometry.outputWidth)
    for start in stride(from: 0, to: outputs, by: Storage.vectorWidth) {
      for y in stride(from: 0, to: geometry.outputHeight, by: height) {
        let panel = unsafe RightPanel(
          start: gradient + gradientImage.origin + y * gradientImage.rowStride + start,
          width: min(Storage.vectorWidth, outputs - start), termStride: outputs,
          runGap: gradientImage.rowStride - geometry.outputWidth * outputs)
        for kernelRow in 0..<geometry.kernelSize {
          let pixels = unsafe LeftOperand(
            start: input + (y * geometry.stride + kernelRow) * rowLength, rowStride: 1,
            termStride: geometry.stride * geometry.inputChannels,
            runLength: geometry.outputWidth, runs: min(height, geometry.outputHeight - y),
            runStride: geometry.stride * rowLength)
          unsafe multiply(
            pixels, rows: kernelRowLength, panel,
            into: sums + kernelRow * kernelRowLength * outputs + start, rowStride: outputs,
            y == 0 ? mode : .accumulated)
        }
      }
    }
  }
}

// MARK: - Gradient with respect to the input

extension DirectConvolution {
  /// The remainders of the rows and columns of all phases.
  private var phaseRemainders: [(row: Int, column: Int)] {
    (0..<geometry.stride).flatMap { row in (0..<geometry.stride).map { (row, $0) } }
  }

  /// The layout of an image of the output gradient (H′, W′, D) with the border of zeros that the input gradient needs.
  private var paddedGradient: PaddedImage {
    let border = (geometry.kernelSize - 1) / geometry.stride
    /// The distance from the first row that is read to the last one.
    func length(_ input: Int, _ output: Int) -> Int {
      border + max(output, (input - 1 + geometry.padding) / geometry.stride + 1)
    }
    return PaddedImage(
      height: geometry.outputHeight, width: geometry.outputWidth,
      channels: geometry.outputChannels, border: border,
      paddedHeight: length(geometry.height, geometry.outputHeight),
      paddedWidth: length(geometry.width, geometry.outputWidth))
  }

  /// Writes the gradient with respect to the pixels of a phase to `target` (H, W, C), for one image.
  ///
  /// `gradient` has the layout ``paddedGradient``.
  private func differentiate(
    _ gradient: UnsafePointer<Float>, _ phase: StridePhase, into target: UnsafeMutablePointer<Float>
  ) {
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let image = paddedGradient
    let kernelRowLength = phase.kernelColumns * outputs
    for panel in phase.filters.panels {
      for y in 0..<phase.rows {
        let row = phase.row + y * geometry.stride
        let target =
          unsafe target + (row * geometry.width + phase.column) * inputs + panel
          * Storage.vectorWidth
        // A kernel without rows still has to write zeros.
        for kernelRow in 0..<max(1, phase.kernelRows) {
          let pixels = unsafe LeftOperand(
            start: gradient + image.origin + (phase.gradientRow + y + kernelRow) * image.rowStride
              + phase.gradientColumn * outputs,
            rowStride: outputs, termStride: 1,
            runLength: phase.kernelRows == 0 ? 0 : kernelRowLength)
          unsafe multiply(
            pixels, rows: phase.columns,
            phase.filters.panel(panel, fromRow: kernelRow * kernelRowLength), into: target,
            rowStride: geometry.stride * inputs, kernelRow == 0 ? .overwritten : .accumulated)
        }
      }
    }
  }
}
