import Embedding
import Engine
import Testing

@Suite struct AttractionTests {
  /// The forces on five hundred points, compared with direct sums in Double: Aᵢ = Σⱼ pᵢⱼ·wᵢⱼ·(yᵢ − yⱼ).
  @Test func agreesWithDirectSums() throws {
    let neighbours = NearestNeighbours(of: try Fixture().digits, count: 91)
    let affinities = Affinities(of: neighbours, perplexity: 30)
    let points = plane(points: 500)
    let attraction = Attraction(affinities)
    attraction.update(at: UncheckedArray(points))
    var (squaredError, squaredForce) = (0.0, 0.0)
    for row in points.indices {
      var direct = SIMD2<Double>.zero
      for place in affinities.rowStarts[row]..<affinities.rowStarts[row + 1] {
        let other = points[Int(affinities.columns[place])]
        let difference = SIMD2<Double>(points[row]) - SIMD2<Double>(other)
        let weight = 1 / (1 + (difference * difference).sum())
        direct += Double(affinities.values[place]) * weight * difference
      }
      let error = unsafe SIMD2<Double>(attraction.forces[row]) - direct
      squaredError += (error * error).sum()
      squaredForce += (direct * direct).sum()
    }
    #expect(squaredForce > 0)
    #expect((squaredError / squaredForce).squareRoot() < 1e-6)
  }
}
