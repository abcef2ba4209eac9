import Engine
import Testing

@Suite struct ShuffledBatchesTests {
  private func batches(seed: UInt64 = 3, name: String = "labelled") -> ShuffledBatches {
    ShuffledBatches(of: 50, size: 8, seed: seed, name: name)
  }

  /// Six batches of eight out of fifty: two examples are left out, none comes twice.
  @Test func anEpochIsAPermutationWithoutTheRemainder() {
    var batches = batches()
    #expect(batches.batchesPerEpoch == 6)
    for epoch in 0..<4 {
      let inEpoch = (0..<6).map { batches(epoch * 6 + $0) }
      #expect(inEpoch.allSatisfy { $0.count == 8 })
      let examples = Set(inEpoch.joined())
      #expect(examples.count == 48)
      #expect(examples.isSubset(of: 0..<50))
    }
  }

  @Test func epochsDiffer() {
    var batches = batches()
    let epochs = (0..<4).map { epoch in (0..<6).flatMap { batches(epoch * 6 + $0) } }
    #expect(Set(epochs).count == 4)
    // Over enough epochs every example has its turn.
    #expect(Set((0..<60).flatMap { batches($0) }) == Set(0..<50))
  }

  @Test func batchDependsOnItsIndexAlone() {
    var forwards = batches()
    let expected = (0..<30).map { forwards($0) }
    for index in [29, 0, 17, 17, 6, 5] {
      var fresh = batches()
      #expect(fresh(index) == expected[index])
      #expect(forwards(index) == expected[index])
    }
  }

  @Test func seedsAndNamesGiveDifferentOrders() {
    var (reference, otherSeed, otherName) = (
      batches(), batches(seed: 4), batches(name: "unlabelled")
    )
    #expect(reference(0) != otherSeed(0))
    #expect(reference(0) != otherName(0))
  }

  @Test func oneBatchOfEverything() {
    var batches = ShuffledBatches(of: 5, size: 5, seed: 0, name: "all")
    #expect(batches.batchesPerEpoch == 1)
    #expect(batches(0).sorted() == [0, 1, 2, 3, 4])
  }
}
