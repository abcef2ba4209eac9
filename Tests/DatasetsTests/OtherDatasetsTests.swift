import Datasets
import Foundation
import Testing

/// CIFAR-100, SVHN and STL-10, read from small files in their formats.
@Suite struct OtherDatasetsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func fixture(_ name: String) throws -> [UInt8] {
    [UInt8](
      try Data(
        contentsOf: Bundle.module.resourceURL!.appending(path: "Fixtures").appending(path: name)))
  }

  // MARK: CIFAR-100

  private static func record(_ image: Int, coarse: UInt8, fine: UInt8) -> [UInt8] {
    [coarse] + SmallCIFAR10.record(image, label: fine)
  }

  private static let cifar100: [CIFAR100.Part: [UInt8]] = [
    .train: (0..<3).flatMap { record($0, coarse: 19, fine: UInt8(33 * $0 + 33)) },
    .test: record(3, coarse: 0, fine: 0),
  ]

  private func writeCIFAR100(_ contents: [CIFAR100.Part: [UInt8]] = Self.cifar100) throws {
    for (part, content) in contents {
      try folder.write(content, to: "cifar-100-binary/\(part.fileName)")
    }
  }

  @Test func readsCIFAR100() throws {
    try writeCIFAR100()
    let sums = Self.cifar100.mapValues { sha256Hex($0) }
    let set = try #require(try CIFAR100.load(from: folder.url, sums: sums))
    #expect(set.name == "CIFAR-100" && set.classNames.count == 100)
    #expect(set.train.labels == [33, 66, 99] && set.test.labels == [0])
    #expect(set.classNames[33] == "forest" && set.classNames[99] == "worm")
    #expect(set.train.pixels == SmallCIFAR10.pixels(0..<3))
    #expect(set.test.pixels == SmallCIFAR10.pixels(3..<4))
    #expect(try CIFAR100.load(from: folder.url)?.name == "CIFAR-100, not the original bytes")
  }

  @Test func namesDamageToCIFAR100() throws {
    try writeCIFAR100([
      .train: Self.cifar100[.train]!.dropLast() + [], .test: Self.cifar100[.test]!,
    ])
    let file = folder["cifar-100-binary/train.bin"]
    expectLine(file, found: "9221 bytes", expected: "whole records of 3074 bytes") {
      _ = try CIFAR100.load(from: folder.url)
    }
    try folder.write(Self.record(0, coarse: 0, fine: 100), to: "cifar-100-binary/train.bin")
    expectLine(file, found: "label 100 at index 0", expected: "0 to 99") {
      _ = try CIFAR100.load(from: folder.url)
    }
    try FileManager.default.removeItem(at: file)
    expectLine(file, found: "no such file beside test.bin", expected: "both files of CIFAR-100") {
      _ = try CIFAR100.load(from: folder.url)
    }
  }

  // MARK: SVHN

  private static func svhn() throws -> [SVHN.Part: [UInt8]] {
    [.train: try fixture("train_32x32.mat"), .test: try fixture("test_32x32.mat")]
  }

  private func writeSVHN(_ contents: [SVHN.Part: [UInt8]]) throws {
    for (part, content) in contents { try folder.write(content, to: "svhn/\(part.fileName)") }
  }

  /// The files are SciPy's (Fixtures/make_mat.py), one compressed and one not.
  @Test func readsSVHN() throws {
    let contents = try Self.svhn()
    try writeSVHN(contents)
    let set = try #require(
      try SVHN.load(from: folder.url, sums: contents.mapValues { sha256Hex($0) }))
    #expect(set.name == "SVHN")
    #expect(set.train.labels == [1, 0, 4] && set.test.labels == [0, 2])
    #expect(set.train.pixels == SmallCIFAR10.pixels(0..<3))
    #expect(set.test.pixels == SmallCIFAR10.pixels(3..<5))
    #expect(try SVHN.load(from: folder.url)?.name == "SVHN, not the original bytes")
  }

  @Test func downloadsTheMissingFilesOfSVHN() throws {
    let contents = try Self.svhn()
    for (part, content) in contents { try folder.write(content, to: "mirror/\(part.fileName)") }
    let present = try folder.write(contents[.test]!, to: "data/svhn/test_32x32.mat")
    var lines: [String] = []
    try SVHN.download(
      into: folder["data"], mirrors: [folder["mirror/"]], md5: contents.mapValues { md5Hex($0) }
    ) { lines.append($0) }
    #expect(lines.count == 2 && lines.last == "\(present.path) already exists")
    #expect(try SVHN.load(from: folder["data"])?.train.labels == [1, 0, 4])
  }

  @Test func namesDamageToSVHN() throws {
    let contents = try Self.svhn()
    let file = folder["svhn/train_32x32.mat"]
    let expected = "a complete MATLAB file of version 5"
    let damages: [(change: (inout [UInt8]) -> Void, found: String, expected: String)] = [
      ({ $0 = Array("<html>".utf8) + $0 }, "looks like a web page", "MATLAB file of version 5"),
      ({ $0 = Array($0.prefix(100)) }, "another kind of file", "MATLAB file of version 5"),
      ({ $0 = Array($0.dropLast(30)) }, "bytes where", expected),
      ({ $0[200] ^= 0xff }, "corrupt zlib data", "complete zlib data"),
      ({ $0 = Array($0.prefix(128)) }, "the arrays ", "X (32, 32, 3, N)"),
    ]
    for damage in damages {
      var train = contents[.train]!
      damage.change(&train)
      try writeSVHN([.train: train, .test: contents[.test]!])
      expectLine(file, found: damage.found, expected: damage.expected) {
        _ = try SVHN.load(from: folder.url)
      }
    }
  }

  @Test func readsNumbersOfEveryType() throws {
    let file = try MATFile(
      Self.fixture("types.mat"), names: ["doubles", "ints", "half", "text"], origin: "types.mat")
    // MATLAB's order: the first dimension changes fastest.
    #expect(
      file.arrays["doubles"] == MATFile.ByteArray(dimensions: [2, 2], values: [1, 3, 2, 255]))
    #expect(file.arrays["ints"]?.values == [7, 8] && file.arrays["half"]?.values == [1, 2, 3])
    #expect(file.arrays["text"] == nil)
  }

  /// Arrays of doubles whose dimensions are doubles too. Elements are counted before they are converted, which takes
  /// memory: 0.5 is not complained about.
  @Test func namesDimensionsThatDoNotFitAnArray() throws {
    func element(_ type: UInt32, _ content: [UInt8]) -> [UInt8] {
      let tag = [type, UInt32(content.count)].flatMap { number in
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      }
      return tag + content + Array(repeating: 0, count: (8 - content.count % 8) % 8)
    }
    func doubles(_ values: [Double]) -> [UInt8] {
      element(
        9,
        values.flatMap { value in
          (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
        })
    }
    func expect(_ line: String, dimensions: [Double], values: [Double]) {
      let flags = element(6, [6, 0, 0, 0, 0, 0, 0, 0])
      let name = element(1, Array("x".utf8))
      let array = flags + doubles(dimensions) + name + doubles(values)
      let header = Array(repeating: UInt8(ascii: " "), count: 124) + [0, 1] + Array("IM".utf8)
      let error = #expect(throws: DatasetError.self) {
        try MATFile(header + element(14, array), names: ["x"], origin: "x.mat")
      }
      #expect(error?.description == "x.mat: found \(line)")
    }
    expect(
      "the dimension 1.5 of an array, expected a whole number", dimensions: [1.5, 1], values: [1])
    expect(
      "2 elements in an array of the dimensions [3, 1], expected a complete MATLAB file of version 5",
      dimensions: [3, 1], values: [0.5, 1])
    expect(
      "an array of 33 dimensions, expected a complete MATLAB file of version 5",
      dimensions: Array(repeating: 1, count: 33), values: [1])
  }

  /// The file's two compressed arrays have 9336 bytes together.
  @Test func limitsTheSizeOfDecompressedArrays() throws {
    let content = try Self.fixture("train_32x32.mat")
    expectLine(
      URL(filePath: "train.mat"), found: "zlib data of more than", expected: "at most"
    ) {
      _ = try MATFile(
        content, names: ["X", "y"], origin: URL(filePath: "train.mat").path, limit: 9335)
    }
    #expect(
      try MATFile(content, names: ["X", "y"], origin: "train.mat", limit: 9336).arrays.count == 2)
  }

  @Test func refusesAFileOfSTL10OfAbsurdSize() throws {
    for part in STL10.Part.allCases { try folder.write([], to: "stl10_binary/\(part.fileName)") }
    let file = folder["stl10_binary/\(STL10.Part.trainImages.fileName)"]
    unsafe #expect(truncate(file.path, 1 << 43) == 0)
    expectFileError(file, "found 8796093022208 bytes, expected at most 7247757312;") {
      _ = try STL10.load(from: folder.url)
    }
  }

  /// Damaged files give an error or other arrays, never a crash.
  @Test func survivesDamagedMATLABFiles() throws {
    for name in ["train_32x32.mat", "test_32x32.mat", "types.mat"] {
      let whole = try Self.fixture(name)
      for seed in 0..<300 {
        var bytes = whole
        for change in 0...(seed % 3) {
          let place =
            (seed * 7919 + change * 104_729) % min(bytes.count, seed % 2 == 0 ? 400 : bytes.count)
          bytes[place] = UInt8(truncatingIfNeeded: seed * 31 + change * 17)
        }
        _ = try? MATFile(
          bytes, names: ["X", "y", "doubles", "ints", "half", "text"], origin: name)
      }
    }
  }

  // MARK: STL-10

  /// The value of a pixel of an image, which depends on its position.
  private static func value(_ image: Int, _ row: Int, _ column: Int, _ channel: Int) -> UInt8 {
    UInt8((41 * image + 7 * row + 3 * column + 101 * channel) % 256)
  }

  /// Images in STL-10's order: planes, each column by column.
  private static func stored(_ images: Range<Int>) -> [UInt8] {
    images.flatMap { image in
      (0..<3).flatMap { channel in
        (0..<96).flatMap { column in (0..<96).map { value(image, $0, column, channel) } }
      }
    }
  }

  private static func pixels(_ images: Range<Int>) -> [UInt8] {
    images.flatMap { image in
      (0..<96 * 96 * 3).map { value(image, $0 / 288, $0 / 3 % 96, $0 % 3) }
    }
  }

  private static let stl10: [STL10.Part: [UInt8]] = [
    .trainImages: stored(0..<2), .trainLabels: [10, 1], .unlabelledImages: stored(2..<5),
    .testImages: stored(5..<6), .testLabels: [3],
  ]

  private func writeSTL10(_ changes: [STL10.Part: [UInt8]] = [:]) throws {
    for (part, content) in Self.stl10.merging(changes, uniquingKeysWith: { $1 }) {
      try folder.write(content, to: "stl10_binary/\(part.fileName)")
    }
  }

  @Test func readsSTL10WithItsUnlabelledImages() throws {
    try writeSTL10()
    let set = try #require(
      try STL10.load(from: folder.url, md5: Self.stl10.mapValues { md5Hex($0) }))
    #expect(set.name == "STL-10")
    #expect((set.train.count, set.knownLabels, set.test.count) == (5, 2, 1))
    #expect(Array(set.train.labels.prefix(2)) == [9, 0] && set.test.labels == [2])
    #expect(set.train.pixels == Self.pixels(0..<5) && set.test.pixels == Self.pixels(5..<6))
    #expect(try STL10.load(from: folder.url)?.name == "STL-10, not the original bytes")
    let split = try LabelSplit(labels: [9, 0], labelled: 2, seed: 0).adding(unlabelled: 2..<5)
    #expect(Set(split.labelled) == [0, 1] && split.unlabelled == [2, 3, 4])
  }

  @Test func namesDamageToSTL10() throws {
    func expect(_ part: STL10.Part, _ content: [UInt8], found: String, expected: String) throws {
      try writeSTL10([part: content])
      expectLine(folder["stl10_binary/\(part.fileName)"], found: found, expected: expected) {
        _ = try STL10.load(from: folder.url)
      }
    }
    try expect(
      .unlabelledImages, Array(Self.stored(2..<5).dropLast(8)), found: "27640 bytes after the last",
      expected: "whole images of 27648 bytes")
    try expect(.trainLabels, [1], found: "1 labels", expected: "2, one for each image")
    try expect(.trainLabels, [1, 0], found: "label 0 at index 1", expected: "1 to 10")
    try expect(.testLabels, [1, 2], found: "2 labels", expected: "1, one for each image")
  }
}
