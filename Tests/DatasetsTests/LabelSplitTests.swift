import Datasets
import Engine
import Testing

@Suite struct LabelSplitTests {
  @Test(arguments: [(1, 1), (10, 1), (10, 10), (1000, 500), (60_000, 500)])
  func everyImageIsInExactlyOneList(count: Int, labelled: Int) throws {
    let split = try LabelSplit(labels: same(count), labelled: labelled, seed: 0)
    #expect(split.labelled.count == labelled)
    #expect((split.labelled + split.unlabelled).sorted() == Array(0..<count))
  }

  @Test func dependsOnTheSeedAndNothingElse() throws {
    func labelled(seed: UInt64) throws -> [Int] {
      try LabelSplit(labels: same(60_000), labelled: 500, seed: seed).labelled
    }
    #expect(try labelled(seed: 3) == labelled(seed: 3))
    #expect(try labelled(seed: 3) != labelled(seed: 4))
    #expect(try labelled(seed: 3) != labelled(seed: 3 + 1 << 32))
  }

  @Test func aSmallerSetIsPartOfALargerOne() throws {
    let small = try LabelSplit(labels: same(1000), labelled: 50, seed: 1)
    let large = try LabelSplit(labels: same(1000), labelled: 250, seed: 1)
    #expect(Set(small.labelled).isSubset(of: large.labelled))
  }

  /// The mean index of 500 drawn from 60,000, over 20 seeds, within five standard errors.
  @Test func drawsUniformlyFromAllImages() throws {
    let drawn = try (0..<20).flatMap {
      try LabelSplit(labels: same(60_000), labelled: 500, seed: $0).labelled
    }
    let mean = Double(drawn.reduce(0, +)) / Double(drawn.count)
    #expect(abs(mean - 29_999.5) < 5 * 60_000 / (12 * Double(drawn.count)).squareRoot())
  }

  @Test(arguments: [(10, 11), (10, 0), (10, -1), (0, 1), (0, 0)])
  func refusesImpossibleSizes(count: Int, labelled: Int) {
    let error = #expect(throws: DatasetError.self) {
      try LabelSplit(labels: same(count), labelled: labelled, seed: 0)
    }
    #expect(
      error?.localizedDescription
        == "labelled images: found \(labelled), expected at least 1 and at most the number "
        + "of images, \(count)")
  }

  /// Published results depend on this order: without validation and balance, it is the permutation of the
  /// stream "split". The program that made those results printed the five indices.
  @Test func theOrderOfPublishedResultsIsUnchanged() throws {
    let split = try LabelSplit(labels: same(60_000), labelled: 500, seed: 0)
    var random = RandomStream(seed: 0, "split")
    #expect(split.labelled + split.unlabelled == random.permutation(of: 60_000))
    #expect(split.labelled.prefix(5) == [46179, 47963, 43427, 19270, 31787])
    #expect(split.validation.isEmpty)
  }

  // MARK: Validation

  @Test(arguments: [false, true])
  func validationImagesAreInNoOtherList(balanced: Bool) throws {
    let split = try LabelSplit(
      labels: mixed(1000), labelled: 250, balanced: balanced, validation: 300, seed: 2)
    #expect(split.labelled.count == 250 && split.validation.count == 300)
    #expect((split.labelled + split.unlabelled + split.validation).sorted() == Array(0..<1000))
  }

  @Test(arguments: [false, true])
  func validationDoesNotChangeTheLabelledImages(balanced: Bool) throws {
    func split(_ labelled: Int, _ validation: Int) throws -> LabelSplit {
      try LabelSplit(
        labels: mixed(1000), labelled: labelled, balanced: balanced, validation: validation,
        seed: 2)
    }
    let (none, some, all) = try (split(100, 0), split(100, 300), split(100, 900))
    #expect(none.labelled == some.labelled && none.labelled == all.labelled)
    #expect(none.unlabelled == some.unlabelled + some.validation)
    #expect(all.unlabelled.isEmpty && all.validation == none.unlabelled)
    #expect(try split(200, 300).validation == some.validation)
  }

  @Test(arguments: [(100, 901), (1000, 1), (100, -1)])
  func refusesMoreValidationImagesThanThereAre(labelled: Int, validation: Int) {
    let error = #expect(throws: DatasetError.self) {
      try LabelSplit(labels: same(1000), labelled: labelled, validation: validation, seed: 0)
    }
    #expect(
      error?.description
        == "validation images: found \(validation), expected at least 0 and at most the "
        + "number of images without a label, \(1000 - labelled)")
  }

  @Test func addedImagesMustBeNew() throws {
    let split = try LabelSplit(labelled: [3, 1], unlabelled: [0], validation: [4])
    let more = try split.adding(unlabelled: 5..<7)
    #expect(more.unlabelled == [0, 5, 6] && more.labelled == [3, 1] && more.validation == [4])
    for (range, found) in [(4..<6, "4 twice"), (1..<2, "1 twice"), (-1..<1, "-1")] {
      let error = #expect(throws: DatasetError.self) { try split.adding(unlabelled: range) }
      #expect(
        error?.description
          == "split: found the index \(found), expected indices of images, each at most once")
    }
  }

  // MARK: Balance

  @Test func aBalancedSetHasEquallyManyOfEachClass() throws {
    let labels = mixed(1000)
    let small = try LabelSplit(labels: labels, labelled: 50, balanced: true, seed: 5)
    let large = try LabelSplit(labels: labels, labelled: 250, balanced: true, seed: 5)
    for label in 0..<10 {
      #expect(small.labelled.count { labels[$0] == label } == 5)
      #expect(large.labelled.count { labels[$0] == label } == 25)
    }
    #expect(Set(small.labelled).isSubset(of: large.labelled))
    #expect((large.labelled + large.unlabelled).sorted() == Array(0..<1000))
    #expect(
      try small.labelled
        != LabelSplit(labels: labels, labelled: 50, balanced: true, seed: 6).labelled)
  }

  @Test func refusesAnImpossibleBalance() {
    func description(_ labels: [UInt8], labelled: Int) -> String? {
      #expect(throws: DatasetError.self) {
        try LabelSplit(labels: labels, labelled: labelled, balanced: true, seed: 0)
      }?.description
    }
    #expect(
      description(mixed(1000), labelled: 505)
        == "labelled images: found 505, expected a multiple of 10, the number of classes, for a "
        + "balanced split")
    #expect(
      description([0, 0, 0, 1, 2, 2], labelled: 6)
        == "labelled images: found 1 of class 1, expected 2 of each class")
  }

  /// Returns the labels of images of one class.
  private func same(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// Returns the labels of images of ten classes; class 0 is the rarest.
  private func mixed(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8($0 % 33 == 0 ? 0 : 1 + $0 % 9) }
  }

  @Test func aSplitHasTheGivenIndices() throws {
    let split = try LabelSplit(labelled: [3, 1], unlabelled: [0], validation: [7])
    #expect(split.labelled == [3, 1] && split.unlabelled == [0] && split.validation == [7])
  }

  @Test(
    arguments: [
      ([], [1], [], "labelled images: found none"), ([1], [1], [], "found the index 1 twice"),
      ([1], [2], [2], "found the index 2 twice"), ([1, -4], [], [], "found the index -4,"),
    ] as [([Int], [Int], [Int], String)])
  func indicesOfASplitAreChecked(
    labelled: [Int], unlabelled: [Int], validation: [Int], found: String
  ) {
    #expect {
      try LabelSplit(labelled: labelled, unlabelled: unlabelled, validation: validation)
    } throws: { "\($0)".contains(found) }
  }
}
