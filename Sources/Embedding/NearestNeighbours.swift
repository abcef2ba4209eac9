import Engine

/// The exact k nearest neighbours of every point in a set, by Euclidean distance.
///
/// The search compares all pairs: matrix products give the distances |y|² − 2·x·y of a block of points x
/// to a tile of points y, and each point keeps its smallest. On low-dimensional data this is faster than
/// approximate indices up to about a hundred thousand points. The result is exact except between
/// neighbours whose distances are equal in Float arithmetic.
package struct NearestNeighbours: Sendable {
  /// The number of neighbours per point.
  package let count: Int
  /// The indices of the neighbours, nearest first; at equal distances the lower index is first:
  /// (rows, count).
  package let indices: [Int32]
  /// The squared distances of the neighbours, summed directly from differences: (rows, count).
  package let squaredDistances: [Float]

  /// Finds the `count` nearest neighbours of each row, not counting the row itself.
  ///
  /// - Parameters:
  ///   - rows: More than `count` rows of finite numbers whose squared lengths do not overflow.
  ///   - count: The number of neighbours per row, at least 1.
  package init(of rows: Matrix, count: Int) {
    require(
      (1..<max(rows.rows, 1)).contains(count),
      "Each of \(rows.rows) points has from 1 to \(max(rows.rows - 1, 1)) neighbours, not \(count)."
    )
    self.count = count
    let sources = DistanceSources(rows)
    var indices = [Int32](repeating: 0, count: rows.rows * count)
    var squaredDistances = [Float](repeating: 0, count: rows.rows * count)
    unsafe indices.withUnsafeMutableBufferPointer { indices in
      unsafe squaredDistances.withUnsafeMutableBufferPointer { squaredDistances in
        let blocks = (rows.rows + blockLength - 1) / blockLength
        Parallel.forEachPart(of: blocks) { block in
          let start = block * blockLength
          let queries = start..<min(start + blockLength, rows.rows)
          let nearest = sources.nearest(count, to: queries)
          for place in nearest.indices {
            unsafe indices[start * count + place] = nearest[place].index
            unsafe squaredDistances[start * count + place] = nearest[place].squaredDistance
          }
        }
      }
    }
    self.indices = indices
    self.squaredDistances = squaredDistances
  }
}

/// The numbers of points in a block and in a tile: their distances, half a megabyte, fit in a core's cache.
private let (blockLength, tileLength) = (128, 1024)

/// The points as a factor of the distance product: centred, with the squared length as the last column
/// (rows, dimensions + 1).
private struct DistanceSources {
  let rows: Int
  let dimensions: Int
  let values: [Float]
  /// The points in tiles of ``tileLength``, packed for products: (dimensions + 1, points) each.
  let tiles: [PackedMatrix]

  /// Centres the points, which keeps the rounding error of |y|² − 2·x·y small.
  init(_ matrix: Matrix) {
    rows = matrix.rows
    dimensions = matrix.columns
    let mean = matrix.columnMeans().map(Float.init)
    var values = [Float](repeating: 0, count: rows * (dimensions + 1))
    for row in 0..<rows {
      let start = row * (dimensions + 1)
      var length: Float = 0
      for column in 0..<dimensions {
        let value = matrix.values[row * dimensions + column] - mean[column]
        values[start + column] = value
        length += value * value
      }
      values[start + dimensions] = length
    }
    self.values = values
    tiles = stride(from: 0, to: rows, by: tileLength).map { [rows, dimensions] start in
      unsafe values.withUnsafeBufferPointer {
        unsafe PackedMatrix(
          transposing: $0.baseAddress! + start * (dimensions + 1), rows: dimensions + 1,
          columns: min(tileLength, rows - start))
      }
    }
  }

  /// Returns the nearest neighbours of a block of points: (queries, count).
  func nearest(_ count: Int, to queries: Range<Int>) -> [Neighbour] {
    let factors = queryFactors(queries)
    var selections = queries.map { _ in TopK(count: count) }
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: queries.count * tileLength) {
      let distances = $0.baseAddress!
      for (index, tile) in tiles.enumerated() {
        unsafe factors.withUnsafeBufferPointer {
          unsafe tile.multiplied(byRowsOf: $0.baseAddress!, queries.count, into: distances)
        }
        for place in selections.indices {
          unsafe selections[place].offer(
            distances + place * tile.columns, count: tile.columns, firstIndex: index * tileLength,
            except: queries.lowerBound + place)
        }
      }
    }
    return zip(queries, selections).flatMap { query, selection in
      selection.smallest().map { index in
        Neighbour(index: index, squaredDistance: squaredDistance(query, Int(index)))
      }.sorted { ($0.squaredDistance, $0.index) < ($1.squaredDistance, $1.index) }
    }
  }

  /// Returns the other factor of the product: each point times −2, then a one (queries, dimensions + 1).
  private func queryFactors(_ queries: Range<Int>) -> [Float] {
    queries.flatMap { query in
      let start = query * (dimensions + 1)
      return values[start..<(start + dimensions)].map { -2 * $0 } + [1]
    }
  }

  private func squaredDistance(_ a: Int, _ b: Int) -> Float {
    unsafe values.withUnsafeBufferPointer { values in
      let (a, b) = (a * (dimensions + 1), b * (dimensions + 1))
      return (0..<dimensions).reduce(Float(0)) { sum, column in
        let difference = unsafe values[a + column] - values[b + column]
        return sum + difference * difference
      }
    }
  }
}

private struct Neighbour {
  var index: Int32
  var squaredDistance: Float
}
