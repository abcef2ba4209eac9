/// How the images of a convolution are cut into 4×4 tiles of the output, and how many tiles are
/// worked on together.
///
/// The unit of work is a tile row: the tiles of four neighbouring rows of an output image. Tile rows
/// are counted through all images of a batch.
struct TileLayout<Scheme: WinogradScheme> {
  private let geometry: ConvolutionGeometry
  let tilesDown: Int
  let tilesAcross: Int
  /// Enough that products have rows for whole tiles of sums, and few enough that transformed tiles
  /// stay near the processor in its caches.
  let tileRowsInBlock: Int

  init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
    tilesDown = (geometry.outputHeight + Scheme.tile - 1) / Scheme.tile
    tilesAcross = (geometry.outputWidth + Scheme.tile - 1) / Scheme.tile
    tileRowsInBlock = max(1, 48 * 36 / Scheme.points / tilesAcross)
  }

  /// Calls `body` with blocks of nearly equal size of the images' tile rows: a small last block
  /// would be slow.
  func forEachBlock(of images: Range<Int>, _ body: (_ tileRows: Range<Int>) -> Void) {
    let (first, count) = (images.lowerBound * tilesDown, images.count * tilesDown)
    let blocks = (count + tileRowsInBlock - 1) / tileRowsInBlock
    for block in 0..<blocks {
      body(first + count * block / blocks..<first + count * (block + 1) / blocks)
    }
  }

  /// The image of a tile row.
  func image(of tileRow: Int) -> Int { tileRow / tilesDown }

  /// The images that a convolution reads, cut as its output is.
  var input: TiledImages {
    TiledImages(
      tilesDown: tilesDown, tilesAcross: tilesAcross, height: geometry.height,
      width: geometry.width, channels: geometry.inputChannels,
      tileSize: Scheme.tile * Scheme.stride, above: 1, below: Scheme.rowsBelowInput)
  }

  /// The images that a convolution writes.
  var output: TiledImages {
    let (above, below) = Scheme.gradientBorder
    return TiledImages(
      tilesDown: tilesDown, tilesAcross: tilesAcross, height: geometry.outputHeight,
      width: geometry.outputWidth, channels: geometry.outputChannels, tileSize: Scheme.tile,
      above: above, below: below)
  }
}

/// Images that are cut into tiles, and the border around a tile that is read along with it.
struct TiledImages {
  let tilesDown: Int
  let tilesAcross: Int
  let height: Int
  let width: Int
  let channels: Int
  /// Rows and columns of a tile.
  let tileSize: Int
  /// Rows above a tile, and columns left of it, that are read along with it.
  let above: Int
  /// Rows below a tile, and columns right of it, that are read along with it.
  let below: Int

  /// An image with zeros around it wherever tiles and their borders reach further than the image.
  var padded: PaddedImage {
    PaddedImage(
      height: height, width: width, channels: channels, border: above,
      paddedHeight: max(above + height, tilesDown * tileSize + above + below),
      paddedWidth: max(above + width, tilesAcross * tileSize + above + below))
  }

  /// The rows of the image that a tile row has, without those that its tiles reach beyond.
  func rows(of tileRow: Int) -> Range<Int> {
    let start = min(tileRow % tilesDown * tileSize, height)
    return start..<min(start + tileSize, height)
  }

  /// The pixels of a tile row, counted through all images.
  func pixels(of tileRow: Int) -> Range<Int> {
    let rows = rows(of: tileRow)
    let first = tileRow / tilesDown * height
    return (first + rows.lowerBound) * width..<(first + rows.upperBound) * width
  }

  /// Reads what the tiles of a tile row see of `source` into a padded image that holds what the tile
  /// row before, if it is of the same image, has seen.
  func read(tileRow: Int, of source: ImageSource, into buffer: UnsafeMutablePointer<Float>) {
    let rows = rows(of: tileRow)
    let start = tileRow % tilesDown == 0 ? 0 : min(rows.lowerBound + below, height)
    padded.read(
      rows: start..<max(start, min(rows.upperBound + below, height)),
      ofImage: tileRow / tilesDown, of: source, into: buffer)
  }

  /// The padded image from the first pixel of a tile row's first tile on, less `border` rows and
  /// columns.
  func grid(
    ofTileRow tileRow: Int, border: Int, in buffer: UnsafePointer<Float>
  ) -> PixelGrid {
    let padded = padded
    let offset = above - border
    return PixelGrid(
      first: buffer + (tileRow % tilesDown * tileSize + offset) * padded.rowStride
        + offset * channels,
      rowStride: padded.rowStride, pixelStride: channels)
  }
}
