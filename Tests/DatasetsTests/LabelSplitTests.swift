import Datasets
import Testing

@Suite struct LabelSplitTests {
  @Test(arguments: [(1, 1), (10, 1), (10, 10), (1000, 500), (60_000, 500)])
  func everyImageIsOnExactlyOneSide(count: Int, labelled: Int) throws {
    let split = try LabelSplit(count: count, labelled: labelled, seed: 0)
    #expect(split.labelled.count == labelled)
    #expect((split.labelled + split.unlabelled).sorted() == Array(0..<count))
  }

  @Test func dependsOnTheSeedAndNothingElse() throws {
    func labelled(seed: UInt64) throws -> [Int] {
      try LabelSplit(count: 60_000, labelled: 500, seed: seed).labelled
    }
    #expect(try labelled(seed: 3) == labelled(seed: 3))
    #expect(try labelled(seed: 3) != labelled(seed: 4))
    #expect(try labelled(seed: 3) != labelled(seed: 3 + 1 << 32))
  }

  @Test func aSmallerSetIsPartOfALargerOne() throws {
    let small = try LabelSplit(count: 1000, labelled: 50, seed: 1)
    let large = try LabelSplit(count: 1000, labelled: 250, seed: 1)
    #expect(Set(small.labelled).isSubset(of: large.labelled))
  }

  /// The mean index of 500 drawn from 60,000, over 20 seeds, within five standard errors.
  @Test func drawsFromAllImagesAlike() throws {
    let drawn = try (0..<20).flatMap {
      try LabelSplit(count: 60_000, labelled: 500, seed: $0).labelled
    }
    let mean = Double(drawn.reduce(0, +)) / Double(drawn.count)
    #expect(abs(mean - 29_999.5) < 5 * 60_000 / (12 * Double(drawn.count)).squareRoot())
  }

  @Test(arguments: [(10, 11), (10, 0), (10, -1), (0, 1), (0, 0)])
  func refusesImpossibleSizes(count: Int, labelled: Int) {
    let error = #expect(throws: DatasetError.self) {
      try LabelSplit(count: count, labelled: labelled, seed: 0)
    }
    #expect(
      error?.localizedDescription
        == "labelled images: found \(labelled), expected at least 1 and at most the \(count) "
        + "images there are")
  }
}
