import Engine

/// The attractive part of the t-SNE gradient, and the KL divergence.
///
///     wᵢⱼ = 1 / (1 + |yᵢ − yⱼ|²)     Aᵢ = Σⱼ pᵢⱼ·wᵢⱼ·(yᵢ − yⱼ)
package final class Attraction {
  private static let parts = 64

  /// The attractive force Aᵢ on each point: (points).
  package let forces: UncheckedArray<SIMD2<Float>>

  private let rowStarts: [Int]
  private let columns: UncheckedArray<Int32>
  private let values: UncheckedArray<Float>
  /// The constant part of the divergence, Σ pᵢⱼ·log pᵢⱼ.
  private let negativeEntropy: Double

  /// Creates the attraction for the given affinities.
  package init(_ affinities: Affinities) {
    rowStarts = affinities.rowStarts
    columns = UncheckedArray(affinities.columns)
    values = UncheckedArray(affinities.values)
    forces = UncheckedArray(count: affinities.rowStarts.count - 1, repeating: .zero)
    negativeEntropy = affinities.values.reduce(0.0) { sum, value in
      value > 0 ? sum + Double(value) * .log(Double(value)) : sum
    }
  }

  /// Computes ``forces`` for the points' current positions.
  package func update(at points: UncheckedArray<SIMD2<Float>>) {
    Parallel.forEachRange(of: forces.count, parts: Attraction.parts) { _, range in
      for row in range {
        var forceX = SIMD16<Float>.zero
        var forceY = SIMD16<Float>.zero
        let point = unsafe points[row]
        for place in stride(from: rowStarts[row], to: rowStarts[row + 1], by: Affinities.lanes) {
          let (x, y) = unsafe coordinates(of: columns.vector(at: place), among: points)
          let dx = point.x - x
          let dy = point.y - y
          let factor = unsafe values.vector(at: place) / (1 + dx * dx + dy * dy)
          forceX += factor * dx
          forceY += factor * dy
        }
        unsafe forces[row] = SIMD2(forceX.pairwiseSum, forceY.pairwiseSum)
      }
    }
  }

  /// Returns the divergence KL(P‖Q) = Σ pᵢⱼ·log(pᵢⱼ / qᵢⱼ) in nats, where qᵢⱼ = wᵢⱼ / Z.
  package func divergence(at points: UncheckedArray<SIMD2<Float>>, normaliser: Double) -> Double {
    var sums = [Double](repeating: 0, count: Attraction.parts)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      Parallel.forEachRange(of: forces.count, parts: Attraction.parts) { part, range in
        for row in range {
          for place in rowStarts[row]..<rowStarts[row + 1] {
            let difference = unsafe points[row] - points[Int(columns[place])]
            let logQ = -.log(onePlus: Double((difference * difference).sum())) - .log(normaliser)
            unsafe sums[part] -= Double(values[place]) * logQ
          }
        }
      }
    }
    return sums.reduce(negativeEntropy, +)
  }
}

/// Gathers the coordinates of sixteen points.
@inline(__always)
private func coordinates(
  of indices: SIMD16<Int32>, among points: UncheckedArray<SIMD2<Float>>
) -> (x: SIMD16<Float>, y: SIMD16<Float>) {
  var x = SIMD16<Float>.zero
  var y = SIMD16<Float>.zero
  for lane in 0..<16 {
    let point = unsafe points[Int(indices[lane])]
    x[lane] = point.x
    y[lane] = point.y
  }
  return (x, y)
}
