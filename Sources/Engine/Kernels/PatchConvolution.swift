/// Convolution of any kernel size, stride and padding as products with the matrix of patches.
///
/// Images are taken in blocks whose patches stay in the second-level cache.
extension ConvolutionGeometry {
  /// Into how many parts a batch is cut: fixed, so that sums over parts do not depend on threads.
  static let parts = 16

  /// How many images' patches are multiplied at once.
  private var imagesInBlock: Int { max(1, 98_304 / (positions * patchLength)) }

  /// `output` (N, H′, W′, D) ← `input` (N, H, W, C) ∗ `weights` (K, K, C, D), with `finish` called
  /// on the rows of each block of output pixels while they are in the cache.
  func convolve(
    _ input: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>,
    finish: (_ rows: UnsafeMutablePointer<Float>, _ count: Int) -> Void
  ) {
    forEachBlock { _, images, patches in
      gather(images, of: input, into: patches.pointer)
      let rows = output + images.lowerBound * outputLength
      BLAS.multiply(
        .plain(patches.pointer), .plain(weights), into: rows,
        rows: images.count * positions, inner: patchLength, columns: outputChannels)
      finish(rows, images.count * positions)
    }
  }

  /// `gradient` (K, K, C, D) ← the derivative by the weights, given that by the output.
  func weightGradient(
    _ input: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    let size = patchLength * outputChannels
    let partial = PartialSums(parts: Self.parts, count: size)
    forEachBlock { part, images, patches in
      gather(images, of: input, into: patches.pointer)
      BLAS.multiply(
        .transposed(patches.pointer),
        .plain(outputGradient + images.lowerBound * outputLength), into: partial[part],
        rows: patchLength, inner: images.count * positions, columns: outputChannels, beta: 1)
    }
    partial.sum(into: gradient)
  }

  /// `gradient` (N, H, W, C) ← the derivative by the input, given that by the output.
  func inputGradient(
    _ weights: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    forEachBlock { _, images, patches in
      BLAS.multiply(
        .plain(outputGradient + images.lowerBound * outputLength), .transposed(weights),
        into: patches.pointer,
        rows: images.count * positions, inner: outputChannels, columns: patchLength)
      for (index, image) in images.enumerated() {
        let destination = gradient + image * inputLength
        destination.update(repeating: 0, count: inputLength)
        scatterPatches(
          patches.pointer + index * positions * patchLength, addingTo: destination)
      }
    }
  }

  private func gather(
    _ images: Range<Int>, of input: UnsafePointer<Float>,
    into patches: UnsafeMutablePointer<Float>
  ) {
    for (index, image) in images.enumerated() {
      gatherPatches(
        of: input + image * inputLength, into: patches + index * positions * patchLength)
    }
  }

  /// Calls `body` with each block of images, the part it belongs to, and room for its patches.
  private func forEachBlock(
    _ body: (_ part: Int, _ images: Range<Int>, _ patches: Buffer) -> Void
  ) {
    let block = imagesInBlock
    Parallel.forEachRange(of: images, parts: Self.parts) { part, range in
      let patches = Buffer(count: min(block, range.count) * positions * patchLength)
      for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: block) {
        body(part, start..<min(start + block, range.upperBound), patches)
      }
    }
  }
}
