/// How images are cut into 4×4 tiles, and how many tiles are worked on together.
///
/// The unit of work is a tile row: the tiles of four neighbouring rows of an image. Tile rows are
/// counted through all images of a batch.
struct TileLayout {
  let height: Int
  let width: Int
  let tilesDown: Int
  let tilesAcross: Int
  /// Enough that products have rows for whole tiles of sums, and few enough that transformed tiles
  /// stay in the second-level cache.
  let tileRowsInBlock: Int

  init(height: Int, width: Int) {
    let tile = WinogradTransform.tile
    (self.height, self.width) = (height, width)
    tilesDown = (height + tile - 1) / tile
    tilesAcross = (width + tile - 1) / tile
    tileRowsInBlock = max(1, 48 / tilesAcross)
  }

  /// An image with a border of one pixel, and more where the tiles reach further than the image.
  func paddedImage(channels: Int) -> PaddedImage {
    PaddedImage(
      height: height, width: width, channels: channels, border: 1,
      paddedHeight: tilesDown * WinogradTransform.tile + 2,
      paddedWidth: tilesAcross * WinogradTransform.tile + 2)
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

  /// The rows of the image that a tile row has, without those that its tiles reach beyond.
  func rows(of tileRow: Int) -> Range<Int> {
    let start = tileRow % tilesDown * WinogradTransform.tile
    return start..<min(start + WinogradTransform.tile, height)
  }

  /// The pixels of a tile row, counted through all images.
  func pixels(of tileRow: Int) -> Range<Int> {
    let rows = rows(of: tileRow)
    let first = image(of: tileRow) * height
    return (first + rows.lowerBound) * width..<(first + rows.upperBound) * width
  }

  /// Reads what the tiles of a tile row see of `source` into a padded image that holds what the tile
  /// row before, if it is of the same image, has seen.
  func read(
    tileRow: Int, of source: ImageSource, into padded: UnsafeMutablePointer<Float>,
    _ image: PaddedImage
  ) {
    let rows = rows(of: tileRow)
    // One row more than the tiles have below them; above them the tile row before has read it.
    let start = rows.lowerBound == 0 ? 0 : rows.lowerBound + 1
    image.read(
      rows: start..<min(rows.upperBound + 1, height), ofImage: self.image(of: tileRow), of: source,
      into: padded)
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
    pointStride = layout.tileRowsInBlock * layout.tilesAcross * channels + Buffer.vectorWidth
    buffer = Buffer(count: WinogradTransform.pointCount * pointStride)
  }

  /// Bᵀ d B of each tile of a tile row, which becomes number `index` of the block.
  func readInput(
    _ image: PaddedImage, _ padded: UnsafePointer<Float>, tileRow: Int, at index: Int
  ) {
    if Processor.hasWideVectors {
      readInput(Vector.self, image, padded, tileRow, at: index)
    } else {
      readInput(NarrowLanes.self, image, padded, tileRow, at: index)
    }
  }

  @inline(__always)
  private func readInput<V: Lanes>(
    _ lanes: V.Type, _ image: PaddedImage, _ padded: UnsafePointer<Float>, _ tileRow: Int,
    at index: Int
  ) {
    let source = padded + layout.rows(of: tileRow).lowerBound * image.rowStride
    forEachTile(at: index, lanes) { column, channel, target in
      WinogradTransform.input(
        lanes, source + column * channels + channel, rowStride: image.rowStride,
        channels: channels, to: target, pointStride: pointStride)
    }
  }

  /// A e Aᵀ of each tile of a tile row of an output's gradient.
  func readGradient(
    _ image: PaddedImage, _ padded: UnsafePointer<Float>, tileRow: Int, at index: Int
  ) {
    if Processor.hasWideVectors {
      readGradient(Vector.self, image, padded, tileRow, at: index)
    } else {
      readGradient(NarrowLanes.self, image, padded, tileRow, at: index)
    }
  }

  @inline(__always)
  private func readGradient<V: Lanes>(
    _ lanes: V.Type, _ image: PaddedImage, _ padded: UnsafePointer<Float>, _ tileRow: Int,
    at index: Int
  ) {
    let source = padded + image.origin + layout.rows(of: tileRow).lowerBound * image.rowStride
    forEachTile(at: index, lanes) { column, channel, target in
      WinogradTransform.outputGradient(
        lanes, source + column * channels + channel, rowStride: image.rowStride,
        channels: channels, to: target, pointStride: pointStride)
    }
  }

  /// Writes tile row `index` of the block as Aᵀ m A to `output` (N, H, W, channels).
  func writeOutput(at index: Int, tileRow: Int, into output: UnsafeMutablePointer<Float>) {
    if Processor.hasWideVectors {
      writeOutput(Vector.self, at: index, tileRow, into: output)
    } else {
      writeOutput(NarrowLanes.self, at: index, tileRow, into: output)
    }
  }

  @inline(__always)
  private func writeOutput<V: Lanes>(
    _ lanes: V.Type, at index: Int, _ tileRow: Int, into output: UnsafeMutablePointer<Float>
  ) {
    let rows = layout.rows(of: tileRow).count
    let output = output + layout.pixels(of: tileRow).lowerBound * channels
    forEachTile(at: index, lanes) { column, channel, source in
      let columns = layout.width - column
      WinogradTransform.output(lanes, source, pointStride: pointStride) { y, pixels in
        guard y < rows else { return }
        let target = output + (y * layout.width + column) * channels + channel
        pixels.0.store(to: target)
        if columns > 1 { pixels.1.store(to: target + channels) }
        if columns > 2 { pixels.2.store(to: target + 2 * channels) }
        if columns > 3 { pixels.3.store(to: target + 3 * channels) }
      }
    }
  }

  /// These tiles ← `tiles`·`filters`, at each point.
  func multiply(_ tiles: WinogradTiles, _ filters: WinogradFilters, tileRows: Int) {
    for point in 0..<WinogradTransform.pointCount {
      let left = LeftOperand(
        start: tiles[point], rowStride: tiles.channels, termStride: 1, runLength: tiles.channels)
      for output in stride(from: 0, to: channels, by: Buffer.vectorWidth) {
        Engine.multiply(
          left, rows: rows(tileRows: tileRows), filters.panel(point: point, output: output),
          into: buffer.pointer + point * pointStride + output, rowStride: channels)
      }
    }
  }

  /// The matrix of a point, one row a tile.
  subscript(point: Int) -> UnsafePointer<Float> {
    UnsafePointer(buffer.pointer + point * pointStride)
  }

  /// How many rows the matrices have for so many tile rows.
  func rows(tileRows: Int) -> Int { tileRows * layout.tilesAcross }

  /// Calls `body` for each tile of tile row `index` of the block and each of its channels that begins
  /// a vector, with the tile's first column in the image, the channel, and where the first point
  /// stands.
  @inline(__always)
  private func forEachTile(
    at index: Int, _ lanes: (some Lanes).Type,
    _ body: (_ column: Int, _ channel: Int, _ point: UnsafeMutablePointer<Float>) -> Void
  ) {
    var tile = buffer.pointer + index * layout.tilesAcross * channels
    for column in stride(from: 0, to: layout.width, by: WinogradTransform.tile) {
      for channel in stride(from: 0, to: channels, by: lanes.count) {
        body(column, channel, tile + channel)
      }
      tile += channels
    }
  }
}
