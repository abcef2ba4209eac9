import Engine
import Testing

/// The comparisons themselves: that they see what they are there to see.
@Suite struct FixtureTests {
  @Test func largestDistanceSeesEverything() {
    #expect(largestDistance([1, 2, 3], [1, 4, 2.5]) == 2)
    #expect(largestDistance([.nan, 0], [0, 0]) == .infinity)
    #expect(largestDistance([0, 0], [0, .nan]) == .infinity)
    #expect(largestDistance([.infinity], [.infinity]) == .infinity)
    #expect(largestDistance([0, 0], [0]) == .infinity)
  }

  /// A digest of two hundred ones of which 32 are stored.
  @Test func digestSeesEveryNumber() {
    let shape = [10, 20]
    let direction = Fixture.uniform("ones/projection", in: [-1, 1], shape: shape).scalars
    let digest = Digest(
      shape: shape, samples: [Double](repeating: 1, count: 32),
      projection: direction.reduce(0) { $0 + Double($1) }, rootMeanSquare: 1)
    func distance(_ scalars: [Float], shape: [Int] = shape) -> Double {
      digest.distance(of: Tensor(scalars, shape: shape), named: "ones")
    }
    let ones = [Float](repeating: 1, count: 200)
    #expect(distance(ones) == 0)
    #expect(distance(ones, shape: [20, 10]) == .infinity)
    #expect(
      (0..<200).allSatisfy { place in
        var changed = ones
        changed[place] = 2
        return distance(changed) > 1e-6
      })
    var broken = ones
    broken[1] = .nan
    #expect(distance(broken) == .infinity)
  }
}
