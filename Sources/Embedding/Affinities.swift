import Engine

/// The affinities of t-SNE: the symmetric matrix P (van der Maaten and Hinton 2008, eq. 1 and 2), sparse
/// as in van der Maaten 2014.
///
///     p(j|i) = exp(−βᵢ·dᵢⱼ²) / Σₖ exp(−βᵢ·dᵢₖ²)     pᵢⱼ = (p(j|i) + p(i|j)) / 2n
///
/// The sums run over the nearest neighbours only; βᵢ is chosen so that p(·|i) has the given perplexity.
package struct Affinities: Sendable {
  /// The number of entries that the length of each row is a multiple of, so that vectors can be loaded.
  package static let lanes = 16

  /// The index of each row's first entry, followed by the number of entries: (rows + 1).
  package let rowStarts: [Int]
  /// The column of each entry, ascending within a row; padding entries hold the row's own index.
  package let columns: [Int32]
  /// The value pᵢⱼ of each entry; the values sum to one. Padding entries hold zero.
  package let values: [Float]

  /// Creates the affinities by symmetrising the conditional probabilities of the neighbours.
  package init(of neighbours: NearestNeighbours, perplexity: Float) {
    let count = neighbours.count
    let rows = neighbours.indices.count / count
    let outgoing = Affinities.conditional(neighbours, perplexity: perplexity)
    let incoming = ConditionalRows(transposing: outgoing)

    var sizes = [Int](repeating: 0, count: rows)
    unsafe sizes.withUnsafeMutableBufferPointer { sizes in
      Parallel.forEachRange(of: rows, parts: 64) { _, range in
        for row in range {
          merge(outgoing, incoming, row: row) { _, _ in unsafe sizes[row] += 1 }
        }
      }
    }
    let lanes = Affinities.lanes
    var rowStarts = [0]
    for size in sizes { rowStarts.append(rowStarts.last! + (size + lanes - 1) / lanes * lanes) }
    var columns = [Int32](repeating: 0, count: rowStarts[rows])
    var values = [Float](repeating: 0, count: rowStarts[rows])
    unsafe columns.withUnsafeMutableBufferPointer { columns in
      unsafe values.withUnsafeMutableBufferPointer { values in
        Parallel.forEachRange(of: rows, parts: 64) { _, range in
          for row in range {
            var place = rowStarts[row]
            merge(outgoing, incoming, row: row) { column, sum in
              unsafe columns[place] = column
              unsafe values[place] = sum / Float(2 * rows)
              place += 1
            }
            for padding in place..<rowStarts[row + 1] { unsafe columns[padding] = Int32(row) }
          }
        }
      }
    }
    self.rowStarts = rowStarts
    self.columns = columns
    self.values = values
  }

  /// Returns p(j|i) for the neighbours j of each point i, sorted by j.
  private static func conditional(
    _ neighbours: NearestNeighbours, perplexity: Float
  ) -> ConditionalRows {
    let count = neighbours.count
    let rows = neighbours.indices.count / count
    var columns = [Int32](repeating: 0, count: rows * count)
    var values = [Float](repeating: 0, count: rows * count)
    unsafe columns.withUnsafeMutableBufferPointer { columns in
      unsafe values.withUnsafeMutableBufferPointer { values in
        Parallel.forEachRange(of: rows, parts: 64) { _, range in
          for row in range {
            let places = (row * count)..<((row + 1) * count)
            let probabilities = calibratedProbabilities(
              squaredDistances: neighbours.squaredDistances[places], perplexity: perplexity)
            let byIndex = zip(neighbours.indices[places], probabilities).sorted { $0.0 < $1.0 }
            for (place, entry) in zip(places, byIndex) {
              unsafe columns[place] = entry.0
              unsafe values[place] = Float(entry.1)
            }
          }
        }
      }
    }
    return ConditionalRows(
      starts: (0...rows).map { $0 * count }, columns: columns, values: values)
  }
}

/// Returns the probabilities exp(−β·d²) / Σ exp(−β·d²) of one point's neighbours for a given perplexity.
///
/// Bisection finds the β for which the entropy equals the logarithm of the perplexity to within 10⁻⁵. If
/// no β does, as when all distances are equal, the last β is used.
///
/// The last bits of exp and log almost never affect the bisection: they change the entropy by about
/// 10⁻¹⁵, and about one comparison in 10¹⁰ is that close to its bound.
///
/// - Parameters:
///   - squaredDistances: The squared distances of one point's neighbours, in ascending order.
///   - perplexity: The perplexity that the probabilities should have.
/// - Returns: One probability per neighbour; they sum to one.
package func calibratedProbabilities(
  squaredDistances: ArraySlice<Float>, perplexity: Float
) -> [Double] {
  let nearest = Double(squaredDistances.first ?? 0)
  let excess = squaredDistances.map { Double($0) - nearest }
  let meanExcess = excess.reduce(0, +) / Double(excess.count)
  let targetEntropy = Double.log(Double(perplexity))
  var (lower, upper) = (0.0, Double.infinity)
  var beta = meanExcess > 0 ? 1 / meanExcess : 1
  var weights = [Double](repeating: 0, count: excess.count)
  var sum = 0.0
  for _ in 0..<100 {
    var weightedExcess = 0.0
    sum = 0
    for (place, distance) in excess.enumerated() {
      let weight = Double.exp(-beta * distance)
      weights[place] = weight
      sum += weight
      weightedExcess += weight * distance
    }
    let difference = .log(sum) + beta * weightedExcess / sum - targetEntropy
    if abs(difference) < 1e-5 { break }
    if difference > 0 { lower = beta } else { upper = beta }
    beta = upper.isFinite ? (lower + upper) / 2 : 2 * beta
  }
  return weights.map { $0 / sum }
}

/// A sparse matrix in compressed rows, with ascending columns within each row.
private struct ConditionalRows {
  var starts: [Int]
  var columns: [Int32]
  var values: [Float]

  init(starts: [Int], columns: [Int32], values: [Float]) {
    self.starts = starts
    self.columns = columns
    self.values = values
  }

  /// Creates the transpose of a square matrix by counting sort.
  init(transposing other: ConditionalRows) {
    let rows = other.starts.count - 1
    starts = [Int](repeating: 0, count: rows + 1)
    for column in other.columns { starts[Int(column) + 1] += 1 }
    for row in 0..<rows { starts[row + 1] += starts[row] }
    var next = starts
    columns = [Int32](repeating: 0, count: other.columns.count)
    values = [Float](repeating: 0, count: other.columns.count)
    for row in 0..<rows {
      for place in other.starts[row]..<other.starts[row + 1] {
        let column = Int(other.columns[place])
        columns[next[column]] = Int32(row)
        values[next[column]] = other.values[place]
        next[column] += 1
      }
    }
  }
}

/// Merges one row of two sparse matrices: calls `body` with each column that either has, in ascending
/// order, and the sum of their values.
private func merge(
  _ first: ConditionalRows, _ second: ConditionalRows, row: Int,
  _ body: (_ column: Int32, _ sum: Float) -> Void
) {
  var (a, b) = (first.starts[row], second.starts[row])
  let (endA, endB) = (first.starts[row + 1], second.starts[row + 1])
  while a < endA || b < endB {
    let columnA = a < endA ? first.columns[a] : Int32.max
    let columnB = b < endB ? second.columns[b] : Int32.max
    let column = min(columnA, columnB)
    var sum: Float = 0
    if columnA == column {
      sum += first.values[a]
      a += 1
    }
    if columnB == column {
      sum += second.values[b]
      b += 1
    }
    body(column, sum)
  }
}
