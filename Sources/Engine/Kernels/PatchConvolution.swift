/// Convolution of any kernel size, stride and padding as products with the matrix of patches.
///
/// Images are taken in blocks whose patches stay in the second-level cache; what else is to be done
/// with a block's rows is done while they are there.
extension ConvolutionGeometry {
  /// Into how many parts a batch is cut: it follows from the batch alone, so that sums over parts
  /// do not depend on threads.
  private var parts: Int { min(16, images) }

  /// How many images' patches are multiplied at once.
  private var imagesInBlock: Int { max(1, 98_304 / (positions * patchLength)) }

  /// `output` (N, H′, W′, D) ← `activation`(`input` (N, H, W, C) ∗ `weights` (K, K, C, D) + `bias`
  /// (D)).
  func convolve(
    _ input: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    activation: Activation, into output: UnsafeMutablePointer<Float>
  ) {
    forEachBlock { _, block in
      gather(block, of: input)
      let rows = output + block.images.lowerBound * outputLength
      BLAS.multiply(
        .plain(block.patches), .plain(weights), into: rows,
        rows: block.rows, inner: patchLength, columns: outputChannels)
      activate(
        rows, bias: bias, activation: activation, rows: block.rows, columns: outputChannels)
    }
  }

  /// The derivatives by the input (N, H, W, C), the weights (K, K, C, D) and the bias (D), given the
  /// output and the derivative by it; those by input and bias only where there is a place for them.
  func differentiate(
    _ input: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, activation: Activation,
    output: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    intoInput inputGradient: UnsafeMutablePointer<Float>?,
    weights weightGradient: UnsafeMutablePointer<Float>,
    bias biasGradient: UnsafeMutablePointer<Float>?
  ) {
    let weightSums = PartialSums(parts: parts, count: patchLength * outputChannels)
    let biasSums = PartialSums(parts: parts, count: outputChannels)
    forEachBlock { part, block in
      let start = block.images.lowerBound * outputLength
      let gradient = Buffer(count: block.rows * outputChannels)
      undoActivation(
        outputGradient + start, output: output + start, activation: activation,
        into: gradient.pointer, columnSums: biasSums[part],
        rows: block.rows, columns: outputChannels)
      gather(block, of: input)
      BLAS.multiply(
        .transposed(block.patches), .plain(gradient.pointer), into: weightSums[part],
        rows: patchLength, inner: block.rows, columns: outputChannels, beta: 1)
      guard let inputGradient else { return }
      BLAS.multiply(
        .plain(gradient.pointer), .transposed(weights), into: block.patches,
        rows: block.rows, inner: outputChannels, columns: patchLength)
      scatter(block, into: inputGradient)
    }
    weightSums.sum(into: weightGradient)
    if let biasGradient { biasSums.sum(into: biasGradient) }
  }

  /// Some of a batch's images, the number of their output pixels, and room for their patches.
  private struct Block {
    let images: Range<Int>
    let rows: Int
    let patches: UnsafeMutablePointer<Float>
  }

  /// Calls `body` with each block of images and the part it belongs to.
  private func forEachBlock(_ body: (_ part: Int, Block) -> Void) {
    let size = imagesInBlock
    Parallel.forEachRange(of: images, parts: parts) { part, range in
      let patches = Buffer(count: min(size, range.count) * positions * patchLength)
      for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: size) {
        let images = start..<min(start + size, range.upperBound)
        body(
          part,
          Block(images: images, rows: images.count * positions, patches: patches.pointer))
      }
    }
  }

  private func gather(_ block: Block, of input: UnsafePointer<Float>) {
    for (index, image) in block.images.enumerated() {
      gatherPatches(
        of: input + image * inputLength, into: block.patches + index * positions * patchLength)
    }
  }

  private func scatter(_ block: Block, into gradient: UnsafeMutablePointer<Float>) {
    for (index, image) in block.images.enumerated() {
      let destination = gradient + image * inputLength
      destination.update(repeating: 0, count: inputLength)
      scatterPatches(block.patches + index * positions * patchLength, addingTo: destination)
    }
  }
}
