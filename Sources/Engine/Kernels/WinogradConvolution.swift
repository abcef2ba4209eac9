/// 3×3 convolution with stride 1 and padding 1 by ``WinogradTransform``, for numbers of channels
/// that are multiples of 16.
///
/// Rows of tiles are taken in blocks that give the products of matrices enough rows while the
/// transformed tiles stay in the cache.
struct WinogradConvolution: ConvolutionAlgorithm {
  let geometry: ConvolutionGeometry
  private let layout: TileLayout

  /// The more numbers a part's sum of filter gradients has, the fewer parts there are.
  let parts: Int

  /// Nil where the geometry is not one it can do.
  init?(_ geometry: ConvolutionGeometry) {
    guard
      geometry.kernelSize == 3, geometry.stride == 1, geometry.padding == 1,
      geometry.inputChannels % Buffer.vectorWidth == 0,
      geometry.outputChannels % Buffer.vectorWidth == 0
    else { return nil }
    self.geometry = geometry
    layout = TileLayout(height: geometry.height, width: geometry.width)
    parts = min(
      geometry.images, geometry.inputChannels * geometry.outputChannels > 1 << 13 ? 8 : 16)
  }

  func convolve(
    _ source: ImageSource, _ weights: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let filters = WinogradFilters(weights, inputs: inputs, outputs: outputs)
    forEachPart { part, images in
      let image = layout.paddedImage(channels: inputs)
      let padded = image.makeBuffer()
      let tiles = WinogradTiles(layout, channels: inputs)
      let products = WinogradTiles(layout, channels: outputs)
      layout.forEachBlock(of: images) { block in
        for (index, tileRow) in block.enumerated() {
          layout.read(tileRow: tileRow, of: source, into: padded.pointer, image)
          tiles.readInput(image, padded.pointer, tileRow: tileRow, at: index)
        }
        products.multiply(tiles, filters, tileRows: block.count)
        for (index, tileRow) in block.enumerated() {
          products.writeOutput(at: index, tileRow: tileRow, into: output)
          finish(part, layout.pixels(of: tileRow))
        }
      }
    }
  }

  func differentiate(
    _ input: ImageSource, _ weights: UnsafePointer<Float>, outputGradient: ImageSource,
    intoInput inputGradient: UnsafeMutablePointer<Float>?,
    weights weightGradient: UnsafeMutablePointer<Float>,
    bias biasGradient: UnsafeMutablePointer<Float>?,
    finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let filters =
      inputGradient == nil
      ? nil : WinogradFilters(turning: weights, inputs: inputs, outputs: outputs)
    let sums = PartialSums(uninitialisedParts: parts, count: 9 * inputs * outputs)
    let biasSums = PartialSums(parts: parts, count: outputs)
    forEachPart { part, images in
      let inputImage = layout.paddedImage(channels: inputs)
      let gradientImage = layout.paddedImage(channels: outputs)
      let (inputPadded, gradientPadded) = (inputImage.makeBuffer(), gradientImage.makeBuffer())
      let inputTiles = WinogradTiles(layout, channels: inputs)
      let gradientTiles = WinogradTiles(layout, channels: outputs)
      let gradientAsInput = WinogradTiles(layout, channels: outputs)
      let filterGradient = WinogradFilterGradient(inputs: inputs, outputs: outputs)
      layout.forEachBlock(of: images) { block in
        for (index, tileRow) in block.enumerated() {
          layout.read(tileRow: tileRow, of: input, into: inputPadded.pointer, inputImage)
          inputTiles.readInput(inputImage, inputPadded.pointer, tileRow: tileRow, at: index)
          layout.read(
            tileRow: tileRow, of: outputGradient, into: gradientPadded.pointer, gradientImage)
          gradientTiles.readGradient(
            gradientImage, gradientPadded.pointer, tileRow: tileRow, at: index)
          if biasGradient != nil {
            gradientImage.addChannelSums(
              rows: layout.rows(of: tileRow), gradientPadded.pointer, to: biasSums[part])
          }
          if inputGradient != nil {
            gradientAsInput.readInput(
              gradientImage, gradientPadded.pointer, tileRow: tileRow, at: index)
          }
        }
        filterGradient.add(
          inputTiles, gradientTiles, tileRows: block.count,
          layout.image(of: block.lowerBound) == images.lowerBound
            && layout.rows(of: block.lowerBound).lowerBound == 0 ? .overwritten : .accumulated)
        guard let inputGradient, let filters else { return }
        inputTiles.multiply(gradientAsInput, filters, tileRows: block.count)
        for (index, tileRow) in block.enumerated() {
          inputTiles.writeOutput(at: index, tileRow: tileRow, into: inputGradient)
          finish(part, layout.pixels(of: tileRow))
        }
      }
      filterGradient.transformBack(into: sums[part])
    }
    sums.sum(into: weightGradient)
    if let biasGradient { biasSums.sum(into: biasGradient) }
  }

  private func forEachPart(_ body: (_ part: Int, _ images: Range<Int>) -> Void) {
    Parallel.forEachRange(of: geometry.images, parts: parts, body)
  }
}
