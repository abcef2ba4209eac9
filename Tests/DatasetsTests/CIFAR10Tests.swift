import Datasets
import Engine
import Foundation
import Testing

@Suite struct CIFAR10Tests {
  private let folder: TemporaryFolder
  private let set = SmallCIFAR10()

  init() throws { folder = try TemporaryFolder() }

  // MARK: Valid files

  @Test(arguments: ["", "cifar-10-batches-bin"], [1, 3])
  func readsImagesWithTheChannelsOfAPixelAdjacent(subfolder: String, threads: Int) throws {
    try set.write(to: folder, in: subfolder)
    let dataset = try #require(
      try Parallel.$threads.withValue(threads) { try CIFAR10.load(from: folder.url) })
    for (images, range) in [(dataset.train, 0..<10), (dataset.test, 10..<12)] {
      #expect((images.height, images.width, images.channels) == (32, 32, 3))
      // Compared outside of #expect, which would take minutes to compute the difference.
      let areAsWritten = images.pixels == SmallCIFAR10.pixels(range)
      #expect(areAsWritten)
    }
    #expect(dataset.train.labels == SmallCIFAR10.trainLabels)
    #expect(dataset.test.labels == SmallCIFAR10.testLabels)
    #expect(dataset.classNames.count == 10)
    #expect(dataset.classNames[3] == "cat")
    #expect(!dataset.isSynthetic)
  }

  @Test func hashesTheFilesInOrder() throws {
    try set.write(to: folder)
    let names = (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]
    let all = try names.flatMap { try folder.content(of: "cifar-10-batches-bin/\($0)") }
    #expect(all.count == 12 * 3073)
    #expect(try CIFAR10.load(from: folder.url)?.sha256 == sha256Hex(all))
  }

  @Test func isNamedCIFAR10OnlyIfEveryFileIsThePublishedOne() throws {
    try set.write(to: folder)
    let other = "CIFAR-10, not the original bytes"
    #expect(try CIFAR10.load(from: folder.url)?.name == other)
    #expect(try CIFAR10.load(from: folder.url, sums: set.sums)?.name == "CIFAR-10")
    for part in CIFAR10.Part.allCases {
      var sums = set.sums
      sums[part] = sha256Hex([UInt8]())
      #expect(try CIFAR10.load(from: folder.url, sums: sums)?.name == other)
    }
  }

  @Test func everyPublishedFileHasItsOwnHash() {
    #expect(Set(CIFAR10.publishedSums.keys) == Set(CIFAR10.Part.allCases))
    #expect(Set(CIFAR10.publishedSums.values).count == 6)
    #expect(CIFAR10.publishedSums.values.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{64}/) != nil })
  }

  @Test func isNilWithoutAnyFile() throws {
    try folder.write([1], to: "cifar-10-binary.tar.gz.part")
    try folder.write([1], to: "mnist/train-images-idx3-ubyte")
    #expect(try CIFAR10.load(from: folder.url) == nil)
    #expect(try CIFAR10.load(from: folder["nowhere"]) == nil)
  }

  // MARK: Invalid files

  private static let wholeRecords = "whole records of 3073 bytes (30730000 bytes as published)"

  private static let damages: [Damage<CIFAR10.Part>] = [
    Damage("empty", .trainBatch1, found: "an empty file", expected: wholeRecords) { _ in [] },
    Damage("truncated", .testBatch, found: "6145 bytes, truncated", expected: wholeRecords) {
      $0.dropLast()
    },
    Damage("too long", .trainBatch5, found: "6147 bytes, trunc", expected: wholeRecords) {
      $0 + [0]
    },
    Damage("web page", .trainBatch2, found: "looks like a web page", expected: wholeRecords) {
      _ in Array("\n<!DOCTYPE html><html><body>404</body></html>".utf8)
    },
    Damage("an image less", .testBatch, found: "1 images", expected: "2, as in ") {
      Array($0.prefix(3073))
    },
    Damage("an image more", .trainBatch3, found: "3 images", expected: "2, as in ") {
      $0 + $0.prefix(3073)
    },
    Damage("label 10", .trainBatch4, found: "label 10 at index 1", expected: "0 to 9") {
      $0.prefix(3073) + [10] + $0.suffix(3072)
    },
  ]

  @Test(arguments: damages)
  func refusesADamagedFile(damage: Damage<CIFAR10.Part>) throws {
    try set.write(to: folder, in: "")
    let whole = try #require(set.contents[damage.part])
    let file = try folder.write(damage.content(whole), to: damage.part.fileName)
    expectLine(file, found: damage.found, expected: damage.expected)
  }

  @Test(arguments: CIFAR10.Part.allCases)
  func refusesAnIncompleteSet(part: CIFAR10.Part) throws {
    try set.write(to: folder, in: "")
    try FileManager.default.removeItem(at: folder[part.fileName])
    #expect(try CIFAR10.presence(in: folder.url) == .incomplete)
    expectLine(
      folder[part.fileName], found: "no such file beside ",
      expected: "all six batches of CIFAR-10")
  }

  @Test func refusesAFolderInPlaceOfAFile() throws {
    try set.write(to: folder, in: "")
    let file = folder["data_batch_2.bin"]
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    expectFileError(file, "found a folder, expected a file;") {
      _ = try CIFAR10.load(from: folder.url)
    }
  }

  @Test func refusesAFileInPlaceOfTheFolder() throws {
    let file = try folder.write([1], to: "cifar-10-batches-bin")
    expectFileError(file, "Not a directory") { _ = try CIFAR10.load(from: folder.url) }
  }

  /// Expects reading to fail with a one-line error about the file.
  private func expectLine(
    _ file: URL, found: String, expected: String, at location: SourceLocation = #_sourceLocation
  ) {
    DatasetsTests.expectLine(file, found: found, expected: expected, at: location) {
      _ = try CIFAR10.load(from: folder.url)
    }
  }
}
