import Embedding
import Engine
import Foundation
import Testing

@Suite struct NeighbourTests {
  /// Pixels are integers, so different squared distances differ by at least 1, far more than the rounding
  /// error after centring. The points fill several blocks, and the last block only partly.
  @Test func agreeWithBruteForce() throws {
    let digits = try Fixture().digits
    let count = 40
    let found = NearestNeighbours(of: digits, count: count)
    for row in stride(from: 0, to: digits.rows, by: 7) {
      let expected = bruteForce(digits, row: row).prefix(count)
      let places = (row * count)..<((row + 1) * count)
      #expect(
        zip(found.squaredDistances[places], expected).allSatisfy {
          abs($0 - $1.squaredDistance) < 1e-5 * $1.squaredDistance
        })
      // If the last neighbour and the next point have equal distances, either is correct.
      let limit = expected.last!.squaredDistance * (1 - 1e-5)
      let nearer = expected.filter { $0.squaredDistance < limit }.map { $0.index }
      #expect(Set(nearer).isSubset(of: Set(found.indices[places])))
      #expect(Set(found.indices[places]).count == count)
      #expect(!found.indices[places].contains(Int32(row)))
    }
  }

  /// The points fill several tiles.
  @Test func agreeWithBruteForceOverTiles() {
    let rows = clusters(centres: [[0, 0, 0], [4, 0, 0]], rowsEach: 1111, deviation: 1)
    let found = NearestNeighbours(of: rows, count: 5)
    for row in stride(from: 0, to: rows.rows, by: 97) {
      let expected = bruteForce(rows, row: row).prefix(5)
      #expect(Array(found.indices[(row * 5)..<(row * 5 + 5)]) == expected.map { $0.index })
    }
  }

  @Test func lowerIndexGoesFirstAmongEquals() {
    let rows = Matrix(rows: 50, columns: 2, values: .init(repeating: 1, count: 100))
    let found = NearestNeighbours(of: rows, count: 4)
    #expect(found.indices[0..<4] == [1, 2, 3, 4])
    #expect(found.indices[(2 * 4)..<(3 * 4)] == [0, 1, 3, 4])
    #expect(found.indices[(49 * 4)..<(50 * 4)] == [0, 1, 2, 3])
    #expect(found.squaredDistances.allSatisfy { $0 == 0 })
  }

  private func bruteForce(
    _ rows: Matrix, row: Int
  ) -> [(index: Int32, squaredDistance: Float)] {
    (0..<rows.rows).filter { $0 != row }.map { other in
      let squares = (0..<rows.columns).map { column in
        let difference =
          Double(rows.values[row * rows.columns + column])
          - Double(rows.values[other * rows.columns + column])
        return difference * difference
      }
      return (Int32(other), Float(squares.reduce(0, +)))
    }
    .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
  }
}

@Suite struct AffinityTests {
  /// The reference is scikit-learn's `_joint_probabilities_nn`. Both search β until the entropy is right to
  /// 1e-5, so the probabilities differ by a few parts in 10⁵.
  @Test func agreeWithScikitLearn() throws {
    let fixture = try Fixture()
    let affinities = Affinities(
      of: NearestNeighbours(of: fixture.digits, count: 91), perplexity: 30)
    #expect(fixture.expected.affinities.count == 3)
    for expected in fixture.expected.affinities {
      let places = affinities.rowStarts[expected.row]..<affinities.rowStarts[expected.row + 1]
      let found = places.filter { affinities.values[$0] > 0 }
      // Ties at the edge of a neighbourhood may be broken differently; those pairs have the smallest values.
      let both = Set(found.map { affinities.columns[$0] }).intersection(expected.columns)
      #expect(both.count >= max(found.count, expected.columns.count) - 2)
      let byColumn = Dictionary(uniqueKeysWithValues: zip(expected.columns, expected.values))
      for place in found where both.contains(affinities.columns[place]) {
        let value = byColumn[affinities.columns[place]]!
        #expect(abs(affinities.values[place] - value) < 2e-4 * value + 1e-9)
      }
    }
  }

  @Test func areSymmetricAndSumToOne() throws {
    let affinities = Affinities(
      of: NearestNeighbours(of: try Fixture().digits, count: 31), perplexity: 10)
    var entries: [SIMD2<Int32>: Float] = [:]
    for row in 0..<500 {
      #expect(affinities.rowStarts[row] % Affinities.lanes == 0)
      for place in affinities.rowStarts[row]..<affinities.rowStarts[row + 1]
      where affinities.values[place] > 0 {
        entries[SIMD2(Int32(row), affinities.columns[place])] = affinities.values[place]
      }
    }
    #expect(entries.allSatisfy { entries[SIMD2($0.key.y, $0.key.x)] == $0.value })
    #expect(abs(entries.values.reduce(0.0) { $0 + Double($1) } - 1) < 1e-6)
  }

  @Test(arguments: [1, 5, 30, 80] as [Float])
  func haveTheGivenPerplexity(perplexity: Float) throws {
    let distances = (0..<91).map { Float($0 * $0) + 1000 }
    let probabilities = calibratedProbabilities(
      squaredDistances: distances[...], perplexity: perplexity)
    let entropy = probabilities.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    #expect(abs(exp(entropy) / Double(perplexity) - 1) < 2e-5)
  }

  @Test func equalDistancesShareEqually() {
    let distances = [Float](repeating: 7, count: 10)
    let probabilities = calibratedProbabilities(squaredDistances: distances[...], perplexity: 3)
    #expect(probabilities.allSatisfy { abs($0 - 0.1) < 1e-12 })
  }
}
