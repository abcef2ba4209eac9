/// The transformed tiles of a block of tile rows: a matrix (tiles · points of these kinds, channels) for
/// each pair of kinds of points.
struct WinogradTiles<Scheme: WinogradScheme> {
  private let tilesAcross: Int
  let channels: Int
  /// The matrices, at the offsets that ``matrixOffset(_:_:_:pointStride:)`` returns.
  private let storage: Storage
  /// The number of elements of a matrix per point of a tile.
  private let pointStride: Int

  /// Allocates the matrices for a block of `layout` without initialising them.
  init(_ layout: TileLayout<Scheme>, channels: Int) {
    tilesAcross = layout.tilesAcross
    self.channels = channels
    pointStride = layout.tileRowsInBlock * layout.tilesAcross * channels
    storage = Storage(count: Scheme.points * pointStride + Scheme.pairs * Storage.vectorWidth)
  }

  /// Transforms the input of a tile row as number `index` of the block.
  ///
  /// `padded`, of the layout `images.padded`, holds the rows that the tile row needs.
  func readInput(
    _ images: TiledImages, _ padded: UnsafePointer<Float>, tileRow: Int, at index: Int
  ) {
    let grid = unsafe images.grid(ofTileRow: tileRow, border: images.above, in: padded)
    if Processor.hasWideVectors {
      unsafe forEachTile(Vector.self, index, grid, images.tileSize) {
        unsafe Scheme.input(Vector.self, $0, to: $1)
      }
    } else {
      unsafe forEachTile(NarrowLanes.self, index, grid, images.tileSize) {
        unsafe Scheme.input(NarrowLanes.self, $0, to: $1)
      }
    }
  }

  /// Transforms a tile row of the output gradient as number `index` of the block, for the filter gradient.
  ///
  /// `padded`, of the layout `images.padded`, holds the rows that the tile row needs.
  func readGradient(
    _ images: TiledImages, _ padded: UnsafePointer<Float>, tileRow: Int, at index: Int
  ) {
    let grid = unsafe images.grid(ofTileRow: tileRow, border: 0, in: padded)
    if Processor.hasWideVectors {
      unsafe forEachTile(Vector.self, index, grid, images.tileSize) {
        unsafe Scheme.outputGradient(Vector.self, $0, to: $1)
      }
    } else {
      unsafe forEachTile(NarrowLanes.self, index, grid, images.tileSize) {
        unsafe Scheme.outputGradient(NarrowLanes.self, $0, to: $1)
      }
    }
  }

  /// Transforms a tile row of the output gradient as number `index` of the block, for the input gradient.
  ///
  /// `padded`, of the layout `images.padded`, holds the rows that the tile row needs.
  func readGradientAsInput(
    _ images: TiledImages, _ padded: UnsafePointer<Float>, tileRow: Int, at index: Int
  ) {
    let grid = unsafe images.grid(ofTileRow: tileRow, border: images.above, in: padded)
    if Processor.hasWideVectors {
      unsafe forEachTile(Vector.self, index, grid, images.tileSize) {
        unsafe Scheme.gradientAsInput(Vector.self, $0, to: $1)
      }
    } else {
      unsafe forEachTile(NarrowLanes.self, index, grid, images.tileSize) {
        unsafe Scheme.gradientAsInput(NarrowLanes.self, $0, to: $1)
      }
    }
  }

  /// Transforms tile row `index` of the block back and writes it to `output` (N, H′, W′, channels).
  func writeOutput(
    at index: Int, _ images: TiledImages, tileRow: Int, into output: UnsafeMutablePointer<Float>
  ) {
    if Processor.hasWideVectors {
      unsafe write(Vector.self, at: index, images, tileRow, into: output) {
        unsafe Scheme.output(Vector.self, of: $0, write: $1)
      }
    } else {
      unsafe write(NarrowLanes.self, at: index, images, tileRow, into: output) {
        unsafe Scheme.output(NarrowLanes.self, of: $0, write: $1)
      }
    }
  }

  /// Transforms tile row `index` of the block back and writes it to the input gradient (N, H, W,
  /// channels).
  func writeInputGradient(
    at index: Int, _ images: TiledImages, tileRow: Int, into gradient: UnsafeMutablePointer<Float>
  ) {
    if Processor.hasWideVectors {
      unsafe write(Vector.self, at: index, images, tileRow, into: gradient) {
        unsafe Scheme.inputGradient(Vector.self, of: $0, write: $1)
      }
    } else {
      unsafe write(NarrowLanes.self, at: index, images, tileRow, into: gradient) {
        unsafe Scheme.inputGradient(NarrowLanes.self, of: $0, write: $1)
      }
    }
  }

  /// Computes these tiles ← `tiles`·`filters` for each pair of kinds of points.
  ///
  /// The matrices are (rows, channels) ← (rows, tiles.channels)·(tiles.channels, channels), with the rows of
  /// the first `tileRows` tile rows of the block.
  func multiply(_ tiles: WinogradTiles, _ filters: WinogradFilters<Scheme>, tileRows: Int) {
    forEachPair { pair, row, column in
      let left = unsafe LeftOperand(
        start: tiles.matrix(row, column), rowStride: tiles.channels, termStride: 1,
        runLength: tiles.channels)
      for output in stride(from: 0, to: channels, by: Storage.vectorWidth) {
        unsafe Engine.multiply(
          left, rows: rows(row, column, tileRows: tileRows),
          filters.panel(pair: pair, output: output), into: matrix(row, column) + output,
          rowStride: channels)
      }
    }
  }

  /// The matrix (tiles · points of these kinds, channels) of a pair of kinds of points.
  func matrix(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
    unsafe storage.pointer + matrixOffset(Scheme.self, row, column, pointStride: pointStride)
  }

  /// The number of rows of the matrix of a pair of kinds of points, for a number of tile rows.
  func rows(_ row: Int, _ column: Int, tileRows: Int) -> Int {
    tileRows * tilesAcross * Scheme.count(row, column)
  }

  /// Calls `body` with the index and the kinds of each pair of kinds of points.
  func forEachPair(_ body: (_ pair: Int, _ row: Int, _ column: Int) -> Void) {
    for pair in 0..<Scheme.pairs { body(pair, pair / Scheme.kinds, pair % Scheme.kinds) }
  }
}

// MARK: - Loops over tiles

extension WinogradTiles {
  /// Calls `body` for each tile of tile row `index` of the block and each vector of channels, with the
  /// pixels of the tile and its points; `grid` is that of the tile row.
  @inline(__always)
  private func forEachTile(
    _ lanes: (some Lanes).Type, _ index: Int, _ grid: PixelGrid, _ tileSize: Int,
    _ body: (PixelGrid, TransformedTile<Scheme>) -> Void
  ) {
    let start = unsafe storage.pointer
    for tile in 0..<tilesAcross {
      let first = unsafe grid.first + tile * tileSize * grid.pixelStride
      for channel in stride(from: 0, to: channels, by: lanes.count) {
        unsafe body(
          PixelGrid(
            first: first + channel, rowStride: grid.rowStride, pixelStride: grid.pixelStride),
          points(of: index * tilesAcross + tile, from: start + channel))
      }
    }
  }

  /// Applies `transform` to each tile of tile row `index` of the block and writes the pixels that lie
  /// inside the image to `target`, images (N, height, width, channels).
  @inline(__always)
  private func write<V: Lanes>(
    _ lanes: V.Type, at index: Int, _ images: TiledImages, _ tileRow: Int,
    into target: UnsafeMutablePointer<Float>,
    _ transform: (TransformedTile<Scheme>, (_ row: Int, _ column: Int, _ value: V) -> Void) -> Void
  ) {
    let start = unsafe storage.pointer
    let rows = images.rows(of: tileRow).count
    // The closures below would retain the storage for each tile if they used the property.
    let channels = channels
    let rowStride = images.width * channels
    let target = unsafe target + images.pixels(of: tileRow).lowerBound * channels
    for tile in 0..<tilesAcross {
      let columns = images.width - tile * images.tileSize
      let isWhole = rows == images.tileSize && columns >= images.tileSize
      for channel in stride(from: 0, to: channels, by: lanes.count) {
        let corner = unsafe target + tile * images.tileSize * channels + channel
        let points = unsafe points(of: index * tilesAcross + tile, from: start + channel)
        if isWhole {
          unsafe transform(points) { row, column, value in
            unsafe value.store(to: corner + row * rowStride + column * channels)
          }
        } else {
          unsafe transform(points) { row, column, value in
            if row < rows && column < columns {
              unsafe value.store(to: corner + row * rowStride + column * channels)
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func points(
    of tile: Int, from first: UnsafeMutablePointer<Float>
  ) -> TransformedTile<Scheme> {
    unsafe TransformedTile(first: first, tile: tile, channels: channels, pointStride: pointStride)
  }
}
