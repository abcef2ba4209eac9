/// How images are cut into 4×4 tiles, and how many images are worked on together.
struct TileLayout {
  let height: Int
  let width: Int
  let tilesDown: Int
  let tilesAcross: Int
  /// Some 48 tiles: fewer rows are multiplied more slowly, more do not stay in the cache.
  let imagesInBlock: Int

  init(height: Int, width: Int) {
    let tile = WinogradTransform.tile
    (self.height, self.width) = (height, width)
    tilesDown = (height + tile - 1) / tile
    tilesAcross = (width + tile - 1) / tile
    imagesInBlock = max(1, 48 / (tilesDown * tilesAcross))
  }

  var tilesInImage: Int { tilesDown * tilesAcross }

  /// An image with a border of one pixel, and more where the tiles reach further than the image.
  func paddedImage(channels: Int) -> PaddedImage {
    PaddedImage(
      height: height, width: width, channels: channels, border: 1,
      paddedHeight: tilesDown * WinogradTransform.tile + 2,
      paddedWidth: tilesAcross * WinogradTransform.tile + 2)
  }

  /// Calls `body` with blocks of nearly equal size: a small last one would be slow.
  func forEachBlock(of images: Range<Int>, _ body: (Range<Int>) -> Void) {
    let blocks = (images.count + imagesInBlock - 1) / imagesInBlock
    for block in 0..<blocks {
      let (start, end) = (images.count * block / blocks, images.count * (block + 1) / blocks)
      body(images.lowerBound + start..<images.lowerBound + end)
    }
  }
}

/// The transformed tiles of a block of images: for each of the 36 points a matrix (tiles,
/// channels).
struct WinogradTiles {
  private let layout: TileLayout
  let channels: Int
  private let buffer: Buffer
  private let pointStride: Int

  init(_ layout: TileLayout, channels: Int) {
    self.layout = layout
    self.channels = channels
    // A line more than the matrix has: a power of two would put all points into the same few sets
    // of the cache.
    pointStride = layout.imagesInBlock * layout.tilesInImage * channels + Buffer.vectorWidth
    buffer = Buffer(count: WinogradTransform.pointCount * pointStride)
  }

  /// Bᵀ d B of each tile of an image, which becomes number `index` of the block.
  func readInput(_ image: PaddedImage, _ padded: UnsafePointer<Float>, at index: Int) {
    forEachTile(at: index) { row, column, channel, target in
      WinogradTransform.input(
        padded + row * image.rowStride + column * channels + channel, rowStride: image.rowStride,
        channels: channels, to: target, pointStride: pointStride)
    }
  }

  /// A e Aᵀ of each tile of an output's gradient.
  func readGradient(_ image: PaddedImage, _ padded: UnsafePointer<Float>, at index: Int) {
    forEachTile(at: index) { row, column, channel, target in
      WinogradTransform.outputGradient(
        padded + image.origin + row * image.rowStride + column * channels + channel,
        rowStride: image.rowStride,
        channels: channels, to: target, pointStride: pointStride)
    }
  }

  /// Writes image `index` of the block as Aᵀ m A to `output` (H, W, channels).
  func writeOutput(at index: Int, into output: UnsafeMutablePointer<Float>) {
    forEachTile(at: index) { row, column, channel, source in
      let (rows, columns) = (layout.height - row, layout.width - column)
      let target = output + (row * layout.width + column) * channels + channel
      WinogradTransform.output(source, pointStride: pointStride) { y, pixels in
        guard y < rows else { return }
        let target = target + y * layout.width * channels
        target.vector = pixels.0
        if columns > 1 { (target + channels).vector = pixels.1 }
        if columns > 2 { (target + 2 * channels).vector = pixels.2 }
        if columns > 3 { (target + 3 * channels).vector = pixels.3 }
      }
    }
  }

  /// These tiles ← `tiles`·`filters`, at each point.
  func multiply(_ tiles: WinogradTiles, _ filters: WinogradFilters, images: Int) {
    for point in 0..<WinogradTransform.pointCount {
      BLAS.multiply(
        .plain(tiles[point]), .plain(filters[point]), into: buffer.pointer + point * pointStride,
        rows: rows(images: images), inner: tiles.channels, columns: channels)
    }
  }

  /// The matrix of a point, one row a tile.
  subscript(point: Int) -> UnsafePointer<Float> {
    UnsafePointer(buffer.pointer + point * pointStride)
  }

  /// How many rows the matrices have for so many images.
  func rows(images: Int) -> Int { images * layout.tilesInImage }

  /// Calls `body` for each tile of an image and each 16 channels of it, with the tile's first row
  /// and column in the image, the first channel, and where the first point stands.
  @inline(__always)
  private func forEachTile(
    at index: Int,
    _ body: (
      _ row: Int, _ column: Int, _ channel: Int, _ point: UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    var tile = buffer.pointer + index * layout.tilesInImage * channels
    for row in stride(from: 0, to: layout.height, by: WinogradTransform.tile) {
      for column in stride(from: 0, to: layout.width, by: WinogradTransform.tile) {
        for channel in stride(from: 0, to: channels, by: Buffer.vectorWidth) {
          body(row, column, channel, tile + channel)
        }
        tile += channels
      }
    }
  }
}
