/// A 3×3 convolution with padding 1 by a ``WinogradScheme``, for channel counts that are multiples of 16.
///
/// Tile rows are processed in blocks, which give the matrix products enough rows while the transformed
/// tiles stay in the cache. During the matrix products of a block, its output and the input of the next block are
/// loaded into the cache.
struct WinogradConvolution<Scheme: WinogradScheme> {
  let geometry: ConvolutionGeometry
  private let layout: TileLayout<Scheme>

  /// The parts; fewer if the filter gradient, which each part sums separately, is large.
  let parts: BatchParts

  /// Returns nil if the algorithm does not support the geometry.
  init?(_ geometry: ConvolutionGeometry) {
    guard
      geometry.kernelSize == 3, geometry.stride == Scheme.stride, geometry.padding == 1,
      geometry.inputChannels % Storage.vectorWidth == 0,
      geometry.outputChannels % Storage.vectorWidth == 0
    else { return nil }
    self.geometry = geometry
    layout = TileLayout(geometry)
    parts = BatchParts(
      ofImages: geometry.images,
      atMost: geometry.inputChannels * geometry.outputChannels > 1 << 13 ? 8 : 16,
      share: geometry.share)
  }

  /// Whether the algorithm needs fewer multiplications than the definition, which is not so for images
  /// much smaller than the tiles that cover them.
  var savesMultiplications: Bool {
    Scheme.points * layout.tilesDown * layout.tilesAcross < 9 * geometry.positions
  }

  /// Computes `output` (N, H′, W′, D) ← `source` (N, H, W, C) ∗ `weights` (3, 3, C, D).
  ///
  /// `finish` is called for each tile row with the range of its output pixels, counted through all
  /// images, once they are written.
  func convolve(
    _ source: ImageSource, _ weights: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let filters = unsafe WinogradFilters<Scheme>(weights, inputs: inputs, outputs: outputs)
    let (inputImages, outputImages) = (layout.input, layout.output)
    parts.forEach { part, images in
      let padded = inputImages.padded.makeStorage()
      let tiles = WinogradTiles(layout, channels: inputs)
      let products = WinogradTiles(layout, channels: outputs)
      layout.forEachBlock(of: images) { block, next in
        for (index, tileRow) in block.enumerated() {
          unsafe inputImages.read(tileRow: tileRow, of: source, into: padded.pointer)
          unsafe tiles.readInput(inputImages, padded.pointer, tileRow: tileRow, at: index)
        }
        unsafe Processor.prefetchForWriting(outputImages.elements(of: block), of: output)
        unsafe source.prefetch(inputImages.elements(of: next))
        products.multiply(tiles, filters, tileRows: block.count)
        for (index, tileRow) in block.enumerated() {
          unsafe products.writeOutput(at: index, outputImages, tileRow: tileRow, into: output)
          finish(part, outputImages.pixels(of: tileRow))
        }
      }
    }
  }

  /// Computes the gradients with respect to input, weights and bias. If processes divide the batch, the gradient with
  /// respect to the weights is that of this process's images, and the caller adds those of the others; the one with
  /// respect to the bias is already the sum over all processes.
  ///
  /// `input` is (N, H, W, C), `weights` (3, 3, C, D), `outputGradient` (N, H′, W′, D). `finish` is called
  /// for each tile row with the range of its input pixels, counted through all images, once their
  /// gradient is written, unless `gradients.input` is nil.
  func differentiate(
    _ input: ImageSource, _ weights: UnsafePointer<Float>, outputGradient: ImageSource,
    into gradients: ConvolutionGradients, finish: (_ part: Int, _ pixels: Range<Int>) -> Void
  ) {
    let (inputs, outputs) = (geometry.inputChannels, geometry.outputChannels)
    let filters = unsafe gradients.input.map { _ in
      unsafe WinogradFilters<Scheme>(turning: weights, inputs: inputs, outputs: outputs)
    }
    let (inputImages, outputImages) = (layout.input, layout.output)
    let sums = PartialSums(uninitialisedParts: parts, count: 9 * inputs * outputs)
    let biasSums = PartialSums(parts: parts, count: outputs)
    parts.forEach { part, images in
      let workspace = Workspace(layout, inputs: inputs, outputs: outputs)
      layout.forEachBlock(of: images) { block, next in
        for (index, tileRow) in block.enumerated() {
          unsafe workspace.read(
            tileRow, input, outputGradient, at: index, byInput: gradients.input != nil)
          if unsafe gradients.bias != nil {
            unsafe outputImages.padded.addChannelSums(
              rows: outputImages.rows(of: tileRow), workspace.gradient.pointer, to: biasSums[part])
          }
        }
        unsafe input.prefetch(inputImages.elements(of: next))
        unsafe outputGradient.prefetch(outputImages.elements(of: next))
        let isFirst = block.lowerBound == images.lowerBound * layout.tilesDown
        workspace.filterGradient.add(
          workspace.inputTiles, workspace.gradientTiles, tileRows: block.count,
          isFirst ? .overwritten : .accumulated)
        guard let inputGradient = unsafe gradients.input, let filters else { return }
        unsafe Processor.prefetchForWriting(inputImages.elements(of: block), of: inputGradient)
        workspace.inputTiles.multiply(workspace.gradientAsInput, filters, tileRows: block.count)
        for (index, tileRow) in block.enumerated() {
          unsafe workspace.inputTiles.writeInputGradient(
            at: index, inputImages, tileRow: tileRow, into: inputGradient)
          finish(part, inputImages.pixels(of: tileRow))
        }
      }
      unsafe workspace.filterGradient.transformBack(into: sums[part])
    }
    unsafe sums.sumOwn(into: gradients.weights)
    if let bias = unsafe gradients.bias { unsafe biasSums.sum(into: bias) }
  }
}

extension WinogradConvolution {
  /// The working memory of a part for computing gradients.
  private struct Workspace {
    private let inputImages: TiledImages
    private let outputImages: TiledImages
    /// A padded image of the input, of the layout `inputImages.padded`.
    private let input: Storage
    /// A padded image of the output gradient, of the layout `outputImages.padded`.
    let gradient: Storage
    /// The transformed tiles of the input of a block, C channels. After the filter gradient is computed,
    /// they are overwritten by the products for the input gradient.
    let inputTiles: WinogradTiles<Scheme>
    /// The tiles of the output gradient, D channels, transformed for the filter gradient.
    let gradientTiles: WinogradTiles<Scheme>
    /// The tiles of the output gradient, D channels, transformed for the input gradient.
    let gradientAsInput: WinogradTiles<Scheme>
    /// The gradient with respect to the transformed filters, (C, D) for each pair of kinds of points.
    let filterGradient: WinogradFilterGradient<Scheme>

    init(_ layout: TileLayout<Scheme>, inputs: Int, outputs: Int) {
      (inputImages, outputImages) = (layout.input, layout.output)
      (input, gradient) = (inputImages.padded.makeStorage(), outputImages.padded.makeStorage())
      inputTiles = WinogradTiles(layout, channels: inputs)
      gradientTiles = WinogradTiles(layout, channels: outputs)
      gradientAsInput = WinogradTiles(layout, channels: outputs)
      filterGradient = WinogradFilterGradient(inputs: inputs, outputs: outputs)
    }

    /// Reads and transforms a tile row as number `index` of the block.
    ///
    /// `source` is (N, H, W, C), `outputGradient` (N, H′, W′, D); the latter is transformed for the input
    /// gradient only if `byInput`.
    func read(
      _ tileRow: Int, _ source: ImageSource, _ outputGradient: ImageSource, at index: Int,
      byInput: Bool
    ) {
      unsafe inputImages.read(tileRow: tileRow, of: source, into: input.pointer)
      unsafe inputTiles.readInput(inputImages, input.pointer, tileRow: tileRow, at: index)
      unsafe outputImages.read(tileRow: tileRow, of: outputGradient, into: gradient.pointer)
      unsafe gradientTiles.readGradient(outputImages, gradient.pointer, tileRow: tileRow, at: index)
      if byInput {
        unsafe gradientAsInput.readGradientAsInput(
          outputImages, gradient.pointer, tileRow: tileRow, at: index)
      }
    }
  }
}
