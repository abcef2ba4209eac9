/// The division of the images of a convolution into 4×4 output tiles, and of the tiles into blocks.
///
/// The unit of work is a tile row: the tiles that cover four neighbouring rows of an output image. Tile
/// rows are counted through all images of a batch.
struct TileLayout<Scheme: WinogradScheme> {
  private let geometry: ConvolutionGeometry
  let tilesDown: Int
  let tilesAcross: Int
  /// The number of tile rows per block: enough for efficient matrix products, and few enough that the
  /// transformed tiles stay in the cache.
  let tileRowsInBlock: Int

  init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
    tilesDown = (geometry.outputHeight + Scheme.tile - 1) / Scheme.tile
    tilesAcross = (geometry.outputWidth + Scheme.tile - 1) / Scheme.tile
    tileRowsInBlock = max(1, 48 * 36 / Scheme.points / tilesAcross)
  }

  /// Calls `body` with each block of the images' tile rows and with the next one, which is empty at the end. The blocks
  /// have nearly equal sizes: a small last block would be slow.
  func forEachBlock(
    of images: Range<Int>, _ body: (_ tileRows: Range<Int>, _ next: Range<Int>) -> Void
  ) {
    let (first, count) = (images.lowerBound * tilesDown, images.count * tilesDown)
    let blocks = (count + tileRowsInBlock - 1) / tileRowsInBlock
    func start(_ block: Int) -> Int { first + count * min(block, blocks) / blocks }
    for block in 0..<blocks {
      body(start(block)..<start(block + 1), start(block + 1)..<start(block + 2))
    }
  }

  /// The input images of the convolution, divided like its output.
  var input: TiledImages {
    TiledImages(
      tilesDown: tilesDown, tilesAcross: tilesAcross, height: geometry.height,
      width: geometry.width, channels: geometry.inputChannels,
      tileSize: Scheme.tile * Scheme.stride, above: 1, below: Scheme.rowsBelowInput)
  }

  /// The output images of the convolution.
  var output: TiledImages {
    let (above, below) = Scheme.gradientBorder
    return TiledImages(
      tilesDown: tilesDown, tilesAcross: tilesAcross, height: geometry.outputHeight,
      width: geometry.outputWidth, channels: geometry.outputChannels, tileSize: Scheme.tile,
      above: above, below: below)
  }
}

/// Images divided into tiles, with the border that is read around each tile.
struct TiledImages {
  let tilesDown: Int
  let tilesAcross: Int
  let height: Int
  let width: Int
  let channels: Int
  /// The number of rows and columns of a tile.
  let tileSize: Int
  /// The number of border rows above and columns left of a tile.
  let above: Int
  /// The number of border rows below and columns right of a tile.
  let below: Int

  /// The layout of an image with zeros wherever tiles and their borders extend beyond it.
  var padded: PaddedImage {
    PaddedImage(
      height: height, width: width, channels: channels, border: above,
      paddedHeight: max(above + height, tilesDown * tileSize + above + below),
      paddedWidth: max(above + width, tilesAcross * tileSize + above + below))
  }

  /// The rows of the image that a tile row covers.
  func rows(of tileRow: Int) -> Range<Int> {
    let start = min(tileRow % tilesDown * tileSize, height)
    return start..<min(start + tileSize, height)
  }

  /// The pixels that a tile row covers, counted through all images.
  func pixels(of tileRow: Int) -> Range<Int> {
    let rows = rows(of: tileRow)
    let first = tileRow / tilesDown * height
    return (first + rows.lowerBound) * width..<(first + rows.upperBound) * width
  }

  /// The elements that a block of tile rows covers, counted through all images.
  func elements(of tileRows: Range<Int>) -> Range<Int> {
    guard let last = tileRows.last else { return 0..<0 }
    return pixels(of: tileRows.lowerBound).lowerBound * channels..<pixels(of: last).upperBound
      * channels
  }

  /// Reads the rows of `source` (N, height, width, channels) that a tile row needs into a padded image.
  ///
  /// `buffer`, of the layout ``padded``, already holds the rows for the previous tile row of the same image.
  func read(tileRow: Int, of source: ImageSource, into buffer: UnsafeMutablePointer<Float>) {
    let rows = rows(of: tileRow)
    let start = tileRow % tilesDown == 0 ? 0 : min(rows.lowerBound + below, height)
    unsafe padded.read(
      rows: start..<max(start, min(rows.upperBound + below, height)),
      ofImage: tileRow / tilesDown, of: source, into: buffer)
  }

  /// The padded image from `border` rows above and columns left of the first tile of a tile row on.
  ///
  /// `buffer` has the layout ``padded``.
  func grid(
    ofTileRow tileRow: Int, border: Int, in buffer: UnsafePointer<Float>
  ) -> PixelGrid {
    let padded = padded
    let offset = above - border
    return unsafe PixelGrid(
      first: buffer + (tileRow % tilesDown * tileSize + offset) * padded.rowStride
        + offset * channels,
      rowStride: padded.rowStride, pixelStride: channels)
  }
}
