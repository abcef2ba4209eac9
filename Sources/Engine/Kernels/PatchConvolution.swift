/// Convolution of any kernel size, stride and padding as a product with the matrix of patches
/// ("im2col"): one row for each output pixel, the part of the input it sees, in the order of the
/// weights.
///
/// Images are taken in blocks whose patches stay in the second-level cache.
struct PatchConvolution: ConvolutionAlgorithm {
  let geometry: ConvolutionGeometry

  var parts: Int { min(16, geometry.images) }

  /// How many images' patches are multiplied at once.
  private var imagesInBlock: Int {
    max(1, 98_304 / (geometry.positions * geometry.patchLength))
  }

  private var paddedImage: PaddedImage {
    PaddedImage(
      height: geometry.height, width: geometry.width, channels: geometry.inputChannels,
      border: geometry.padding, paddedHeight: geometry.height + 2 * geometry.padding,
      paddedWidth: geometry.width + 2 * geometry.padding)
  }

  func convolve(
    _ source: ImageSource, _ weights: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, finish: (_ part: Int, _ images: Range<Int>) -> Void
  ) {
    forEachBlock { part, block in
      gather(block, of: source)
      BLAS.multiply(
        .plain(block.patches.pointer), .plain(weights),
        into: output + block.images.lowerBound * geometry.outputLength,
        rows: block.rows, inner: geometry.patchLength, columns: geometry.outputChannels)
      finish(part, block.images)
    }
  }

  func differentiate(
    _ input: ImageSource, _ weights: UnsafePointer<Float>, outputGradient: ImageSource,
    intoInput inputGradient: UnsafeMutablePointer<Float>?,
    weights weightGradient: UnsafeMutablePointer<Float>,
    bias biasGradient: UnsafeMutablePointer<Float>?,
    finish: (_ part: Int, _ images: Range<Int>) -> Void
  ) {
    let (inner, columns) = (geometry.patchLength, geometry.outputChannels)
    let weightSums = PartialSums(uninitialisedParts: parts, count: inner * columns)
    let biasSums = PartialSums(parts: parts, count: columns)
    forEachBlock { part, block in
      let gradient = Buffer(count: block.rows * columns)
      outputGradient.read(
        from: block.images.lowerBound * geometry.outputLength, pixels: block.rows,
        channels: columns, into: gradient.pointer)
      if biasGradient != nil {
        addColumnSums(gradient.pointer, rows: block.rows, columns: columns, to: biasSums[part])
      }
      gather(block, of: input)
      BLAS.multiply(
        .transposed(block.patches.pointer), .plain(gradient.pointer), into: weightSums[part],
        rows: inner, inner: block.rows, columns: columns, beta: block.isFirst ? 0 : 1)
      guard let inputGradient else { return }
      BLAS.multiply(
        .plain(gradient.pointer), .transposed(weights), into: block.patches.pointer,
        rows: block.rows, inner: columns, columns: inner)
      scatter(block, into: inputGradient)
      finish(part, block.images)
    }
    weightSums.sum(into: weightGradient)
    if let biasGradient { biasSums.sum(into: biasGradient) }
  }
}

// MARK: - Blocks

extension PatchConvolution {
  /// Some of a batch's images, the number of their output pixels, whether they are the first of
  /// their part, and room for one of them and for the patches of all.
  private struct Block {
    let images: Range<Int>
    let rows: Int
    let isFirst: Bool
    let image: Buffer
    let patches: Buffer
  }

  /// Calls `body` with each block of images and the part it belongs to.
  private func forEachBlock(_ body: (_ part: Int, Block) -> Void) {
    let size = imagesInBlock
    Parallel.forEachRange(of: geometry.images, parts: parts) { part, range in
      let image = paddedImage.makeBuffer()
      let patches = Buffer(
        count: min(size, range.count) * geometry.positions * geometry.patchLength)
      for start in stride(from: range.lowerBound, to: range.upperBound, by: size) {
        let images = start..<min(start + size, range.upperBound)
        body(
          part,
          Block(
            images: images, rows: images.count * geometry.positions,
            isFirst: start == range.lowerBound, image: image, patches: patches))
      }
    }
  }

  /// Copies the patches of a block's images, each image being read into the block's padded one
  /// first.
  ///
  /// The copies are of whole vectors: each may write up to 15 numbers too many, which what comes
  /// next overwrites, or which fall into the slack at the buffer's end.
  private func gather(_ block: Block, of source: ImageSource) {
    let padded = paddedImage
    var patch = block.patches.pointer
    for image in block.images {
      padded.read(image: image, of: source, into: block.image.pointer)
      forEachPatchRow(in: padded) { offset, length in
        copyVectors(block.image.pointer + offset, to: patch, count: length)
        patch += length
      }
    }
  }

  /// The transpose of gathering: adds each patch to the image where it was taken from, and writes
  /// the images without their borders to `gradient`.
  private func scatter(_ block: Block, into gradient: UnsafeMutablePointer<Float>) {
    let padded = paddedImage
    let sum = Buffer(count: padded.length)
    var patch = UnsafePointer(block.patches.pointer)
    for image in block.images {
      sum.pointer.update(repeating: 0, count: padded.length)
      forEachPatchRow(in: padded) { offset, length in
        add(patch, to: sum.pointer + offset, count: length)
        patch += length
      }
      padded.write(sum.pointer, to: gradient + image * geometry.inputLength)
    }
  }

  /// Calls `body` for every output pixel and kernel row, in the order of the patch matrix, with
  /// where that row of the patch begins in the padded image and how many numbers it has.
  @inline(__always)
  private func forEachPatchRow(
    in padded: PaddedImage, _ body: (_ offset: Int, _ length: Int) -> Void
  ) {
    let length = geometry.kernelSize * geometry.inputChannels
    for y in 0..<geometry.outputHeight {
      for x in 0..<geometry.outputWidth {
        let corner =
          (y * padded.paddedWidth + x) * geometry.stride * geometry.inputChannels
        for row in 0..<geometry.kernelSize {
          body(corner + row * padded.rowStride, length)
        }
      }
    }
  }
}

@inline(__always)
private func copyVectors(
  _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int
) {
  var i = 0
  while i < count {
    (target + i).vector = (source + i).vector
    i += Buffer.vectorWidth
  }
}

/// Adds exactly `count` numbers.
@inline(__always)
private func add(
  _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int
) {
  var i = 0
  while i + Buffer.vectorWidth <= count {
    (target + i).vector += (source + i).vector
    i += Buffer.vectorWidth
  }
  while i < count {
    target[i] += source[i]
    i += 1
  }
}
