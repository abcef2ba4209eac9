import Engine
import Testing

@Suite struct RandomStreamTests {
  /// The known answers that come with Random123, the authors' own implementation.
  @Test(arguments: [
    (
      SIMD4<UInt32>(0, 0, 0, 0), SIMD2<UInt32>(0, 0),
      SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4<UInt32>(repeating: 0xffff_ffff), SIMD2<UInt32>(repeating: 0xffff_ffff),
      SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
      SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func philoxKnownAnswers(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>
  ) {
    #expect(philox4x32(counter: counter, key: key) == expected)
  }

  @Test func streamsAreReproducibleAndDistinct() {
    func firstWords(_ name: String, _ index: Int, _ subindex: Int, seed: UInt64 = 7) -> [UInt64] {
      var stream = RandomStream(seed: seed, name, index, subindex)
      return (0..<8).map { _ in stream.next() }
    }
    let reference = firstWords("split", 3, 17)
    #expect(firstWords("split", 3, 17) == reference)
    #expect(firstWords("order", 3, 17) != reference)
    #expect(firstWords("split", 4, 17) != reference)
    #expect(firstWords("split", 3, 18) != reference)
    #expect(firstWords("split", 3, 17, seed: 8) != reference)
  }

  @Test func permutationHoldsEveryNumberOnceAndMixes() {
    var stream = RandomStream(seed: 1, "permutation")
    let order = stream.permutation(of: 1000)
    #expect(order.sorted() == Array(0..<1000))
    #expect(zip(order, 0..<1000).filter { $0 == $1 }.count < 10)
  }

  /// Each of the 24 permutations of four numbers within five standard errors of its share.
  @Test func permutationsAreEquallyProbable() {
    var stream = RandomStream(seed: 2, "permutations")
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[stream.permutation(of: 4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 155 })
  }

  /// Means of powers of 100,000 draws, each within five standard errors.
  @Test func momentsOfUniformAndNormal() {
    var stream = RandomStream(seed: 5, "moments")
    let count = 100_000
    let uniform = (0..<count).map { _ in Double(stream.uniform()) }
    let normal = (0..<count).map { _ in Double(stream.normal()) }
    let root = Double(count).squareRoot()
    #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 5 * 0.2887 / root)
    #expect(abs(normal.reduce(0, +) / Double(count)) < 5 / root)
    func meanSquare(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } / Double(count) }
    #expect(abs(meanSquare(uniform) - 1 / 3) < 5 * 0.2981 / root)
    #expect(abs(meanSquare(normal) - 1) < 5 * 1.4142 / root)
    // The variance of x⁴ is 105 − 3².
    #expect(abs(meanSquare(normal.map { $0 * $0 }) - 3) < 5 * 9.798 / root)
  }

  /// Each of seven values of `integer(below: 7)` within five standard errors of a seventh.
  @Test func integersAreUniform() {
    var stream = RandomStream(seed: 9, "integers")
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.integer(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 463 })
  }
}
