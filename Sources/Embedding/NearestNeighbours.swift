import Engine

/// The nearest neighbours of every point of a set, itself left out, by Euclidean distance.
///
/// Every pair is looked at: distances come from matrix products, |y|² − 2·x·y for a block of points
/// x against a tile of points y, and each point keeps its smallest. On low-dimensional data this
/// beats approximate indices up to about a hundred thousand points, and nothing is missed but
/// neighbours that Float arithmetic cannot tell apart.
package struct NearestNeighbours: Sendable {
  /// How many neighbours each point has.
  package let count: Int
  /// Which points they are, nearest first, the lower index first among equals: (rows, count).
  package let indices: [Int32]
  /// Their squared distances, each a direct sum of squared differences: (rows, count).
  package let squaredDistances: [Float]

  /// Finds the `count` nearest neighbours of each of more than `count` rows.
  package init(of rows: Matrix, count: Int) {
    require(
      (1..<max(rows.rows, 1)).contains(count),
      "Among \(rows.rows) points none has \(count) neighbours.")
    self.count = count
    let sources = DistanceSources(rows)
    var indices = [Int32](repeating: 0, count: rows.rows * count)
    var squaredDistances = [Float](repeating: 0, count: rows.rows * count)
    indices.withUnsafeMutableBufferPointer { indices in
      squaredDistances.withUnsafeMutableBufferPointer { squaredDistances in
        let blocks = (rows.rows + blockLength - 1) / blockLength
        Parallel.forEach(part: blocks) { block in
          let start = block * blockLength
          let queries = start..<min(start + blockLength, rows.rows)
          let nearest = sources.nearest(count, to: queries)
          for place in nearest.indices {
            indices[start * count + place] = nearest[place].index
            squaredDistances[start * count + place] = nearest[place].squaredDistance
          }
        }
      }
    }
    self.indices = indices
    self.squaredDistances = squaredDistances
  }
}

/// Points are taken this many at a time, against tiles of so many others: their distances, half a
/// megabyte, stay in a core's cache.
private let (blockLength, tileLength) = (128, 1024)

/// The points as one side of the distance product: (rows, dimensions + 1), centred, and each with
/// its squared length at the end.
private struct DistanceSources {
  let rows: Int
  let dimensions: Int
  let values: [Float]
  /// The same points, ``tileLength`` at a time, packed for products: (dimensions + 1, points).
  let tiles: [PackedMatrix]

  /// Centring keeps the lengths, and with them the rounding of |y|² − 2·x·y, small.
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
      values.withUnsafeBufferPointer {
        PackedMatrix(
          transposing: $0.baseAddress! + start * (dimensions + 1), rows: dimensions + 1,
          columns: min(tileLength, rows - start))
      }
    }
  }

  /// The nearest points to each of a block of points: (queries, count).
  func nearest(_ count: Int, to queries: Range<Int>) -> [Neighbour] {
    let factors = queryFactors(queries)
    var selections = queries.map { _ in TopK(count: count) }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: queries.count * tileLength) {
      let distances = $0.baseAddress!
      for (index, tile) in tiles.enumerated() {
        factors.withUnsafeBufferPointer {
          tile.multiplied(byRowsOf: $0.baseAddress!, queries.count, into: distances)
        }
        for place in selections.indices {
          selections[place].offer(
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

  /// The other side of the product: (queries, dimensions + 1), each point times −2 and a one.
  private func queryFactors(_ queries: Range<Int>) -> [Float] {
    queries.flatMap { query in
      let start = query * (dimensions + 1)
      return values[start..<(start + dimensions)].map { -2 * $0 } + [1]
    }
  }

  private func squaredDistance(_ a: Int, _ b: Int) -> Float {
    values.withUnsafeBufferPointer { values in
      let (a, b) = (a * (dimensions + 1), b * (dimensions + 1))
      return (0..<dimensions).reduce(Float(0)) { sum, column in
        let difference = values[a + column] - values[b + column]
        return sum + difference * difference
      }
    }
  }
}

private struct Neighbour {
  var index: Int32
  var squaredDistance: Float
}
