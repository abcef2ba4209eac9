import Datasets
import Foundation
import Testing

@Suite struct MNISTTests {
  private let folder: TemporaryFolder
  private var set = SmallMNIST()

  init() throws { folder = try TemporaryFolder() }

  // MARK: Valid files

  @Test(arguments: ["", "mnist/"], ["-idx", ".idx", "-idx.gz", ".idx.gz"])
  func readsEveryFormOfName(subfolder: String, form: String) throws {
    try set.write(to: folder) { part in
      let name = part.fileName.replacing("-idx", with: form.prefix(4))
      return subfolder + name + form.dropFirst(4)
    }
    let dataset = try #require(try MNIST.load(from: folder.url))
    for (images, count) in [(dataset.train, 5), (dataset.test, 3)] {
      #expect(images.count == count)
      #expect((images.height, images.width, images.channels) == (28, 28, 1))
      #expect(images.pixels == SmallMNIST.pixels(count: count))
    }
    #expect(dataset.train.labels == SmallMNIST.trainLabels)
    #expect(dataset.test.labels == SmallMNIST.testLabels)
    #expect(dataset.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    #expect(!dataset.isSynthetic)
  }

  @Test func hashesTheUncompressedContentInOrder() throws {
    try set.write(to: folder) { $0.fileName + ".gz" }
    let all = MNIST.Part.allCases.flatMap { set.contents[$0] ?? [] }
    #expect(all.count == 16 + 5 * 784 + 8 + 5 + 16 + 3 * 784 + 8 + 3)
    #expect(try MNIST.load(from: folder.url)?.sha256 == sha256Hex(Data(all)))
  }

  @Test func isNamedMNISTOnlyIfEveryFileIsThePublishedOne() throws {
    try set.write(to: folder)
    let other = "MNIST, not the original bytes"
    #expect(try MNIST.load(from: folder.url)?.name == other)
    #expect(try MNIST.load(from: folder.url, sums: set.sums)?.name == "MNIST")
    for part in MNIST.Part.allCases {
      var sums = set.sums
      sums[part] = sha256Hex(Data())
      #expect(try MNIST.load(from: folder.url, sums: sums)?.name == other)
    }
  }

  @Test func prefersUncompressedFiles() throws {
    try set.write(to: folder)
    for part in MNIST.Part.allCases { try folder.write([1, 2, 3], to: part.fileName + ".gz") }
    #expect(try MNIST.load(from: folder.url)?.train.count == 5)
  }

  @Test func prefersTheSubfolder() throws {
    try set.write(to: folder) { "mnist/\($0.fileName)" }
    for part in MNIST.Part.allCases { try folder.write([1, 2, 3], to: part.fileName) }
    #expect(try MNIST.load(from: folder.url)?.train.count == 5)
  }

  @Test func detectsGzipByTheContent() throws {
    try set.write(to: folder) { $0.fileName + ".gz" }
    for part in MNIST.Part.allCases {
      try FileManager.default.moveItem(
        at: folder[part.fileName + ".gz"], to: folder[part.fileName])
    }
    #expect(try MNIST.load(from: folder.url)?.test.labels == SmallMNIST.testLabels)
  }

  @Test func readsGzipDataOfSeveralMembers() throws {
    let content = try #require(set.contents[.trainImages])
    try set.write(to: folder)
    try FileManager.default.removeItem(at: folder["train-images-idx3-ubyte"])
    try folder.write(
      gzip(Array(content.prefix(1000))) + gzip(Array(content.dropFirst(1000))),
      to: "train-images-idx3-ubyte.gz")
    #expect(try MNIST.load(from: folder.url)?.train.pixels == SmallMNIST.pixels(count: 5))
  }

  @Test func isNilWithoutAnyFile() throws {
    try folder.write([1], to: "mnist/train-images-idx3-ubyte.gz.part")
    try folder.write([1], to: "cifar/train.bin")
    #expect(try MNIST.load(from: folder.url) == nil)
    #expect(try MNIST.load(from: folder["nowhere"]) == nil)
  }

  // MARK: Invalid files

  private static let imageMagic = "the magic number 0x00000803 of IDX images"
  private static let labelMagic = "the magic number 0x00000801 of IDX labels"
  private static let wholeGzip = "complete gzip data without trailing bytes"

  private static let damages: [Damage<MNIST.Part>] = [
    Damage("empty", .trainImages, found: "an empty file", expected: imageMagic) { _ in [] },
    Damage("3 bytes", .testLabels, found: "file of 3 bytes", expected: labelMagic) { _ in
      [0, 0, 8]
    },
    Damage("labels for images", .testImages, found: "0x00000801", expected: imageMagic) { _ in
      SmallMNIST.idx([3], SmallMNIST.testLabels)
    },
    Damage("images for labels", .trainLabels, found: "0x00000803", expected: labelMagic) { _ in
      SmallMNIST.idx([5, 28, 28], SmallMNIST.pixels(count: 5))
    },
    Damage("floats", .testImages, found: "0x00000d03", expected: imageMagic) {
      [0, 0, 0x0d, 3] + $0.dropFirst(4)
    },
    Damage(
      "web page", .trainImages, found: "content that looks like a web page", expected: imageMagic
    ) {
      _ in Array("\n<!DOCTYPE html><html><body>404</body></html>".utf8)
    },
    Damage("cut header", .testImages, found: "header of 12 bytes", expected: "16") {
      Array($0.prefix(12))
    },
    Damage("truncated", .trainImages, found: "truncated to 3935 bytes", expected: "3936 for 5") {
      $0.dropLast()
    },
    Damage("too long", .testLabels, found: "too long with 12 bytes", expected: "11 for 3 labels") {
      $0 + [0]
    },
    Damage("no images", .testImages, found: "header for 0 images", expected: "at least 1") { _ in
      SmallMNIST.idx([0, 28, 28], [])
    },
    Damage("32×32", .trainImages, found: "images of 32×32 pixels", expected: "28×28") { _ in
      SmallMNIST.idx([5, 32, 32], [UInt8](repeating: 0, count: 5 * 32 * 32))
    },
    Damage(
      "absurd count", .trainImages, found: "truncated to 3936 bytes",
      expected: "3367254359296 for 4294967295 images"
    ) {
      [0, 0, 8, 3, 255, 255, 255, 255] + $0.dropFirst(8)
    },
    Damage(
      "absurd shape", .trainImages, found: "images of 4294967295×4294967295 pixels",
      expected: "28×28"
    ) {
      $0.prefix(4) + [UInt8](repeating: 255, count: 12) + $0.dropFirst(16)
    },
    Damage("label 10", .trainLabels, found: "label 10 at index 3", expected: "0 to 9") { _ in
      SmallMNIST.idx([5], [5, 0, 4, 10, 9])
    },
    Damage("too few labels", .trainLabels, found: "4 labels", expected: "5, one for each") { _ in
      SmallMNIST.idx([4], [5, 0, 4, 1])
    },
    Damage("too many labels", .testLabels, found: "4 labels", expected: "3, one for each") { _ in
      SmallMNIST.idx([4], [7, 2, 1, 0])
    },
    Damage("half of gzip", .trainImages, found: "ends too early", expected: wholeGzip) {
      let whole = try gzip($0)
      return Array(whole.prefix(whole.count / 2))
    },
    Damage("gzip's sum cut", .testLabels, found: "ends too early", expected: wholeGzip) {
      try gzip($0).dropLast(3)
    },
    Damage("gzip's sum", .trainLabels, found: "incorrect data check", expected: wholeGzip) {
      var bytes = try gzip($0)
      bytes[bytes.count - 8] ^= 1
      return bytes
    },
    Damage("gzip's header", .testImages, found: "unknown compression", expected: wholeGzip) {
      var bytes = try gzip($0)
      bytes[2] = 7
      return bytes
    },
    Damage(
      "labels of 4 MB in 4 KB of gzip", .trainLabels,
      found: "gzip data of more than 1048584 bytes when decompressed",
      expected: "at most 1048584"
    ) { _ in
      try gzip([UInt8](repeating: 0, count: 4 << 20))
    },
    Damage("rest", .testImages, found: "5 bytes after the end", expected: wholeGzip) {
      try gzip($0) + Array("hello".utf8)
    },
  ]

  @Test(arguments: damages)
  func refusesADamagedFile(damage: Damage<MNIST.Part>) throws {
    try set.write(to: folder)
    let whole = try #require(set.contents[damage.part])
    let file = try folder.write(damage.content(whole), to: damage.part.fileName)
    expectLine(file, found: damage.found, expected: damage.expected)
  }

  @Test(arguments: MNIST.Part.allCases)
  func refusesAnIncompleteSet(part: MNIST.Part) throws {
    try set.write(to: folder)
    try FileManager.default.removeItem(at: folder[part.fileName])
    expectLine(folder[part.fileName], found: "no such file", expected: "all four files of MNIST")
  }

  @Test(arguments: ["folder", "pipe"])
  func refusesWhatIsNoFile(kind: String) throws {
    try set.write(to: folder)
    let file = folder[MNIST.Part.testLabels.fileName]
    try FileManager.default.removeItem(at: file)
    let status = unsafe kind == "folder" ? mkdir(file.path, 0o777) : mkfifo(file.path, 0o666)
    #expect(status == 0)
    expectFileError(file, "found a \(kind), expected a file;") {
      _ = try MNIST.load(from: folder.url)
    }
  }

  @Test func refusesAFileThatCannotBeRead() throws {
    try set.write(to: folder)
    let file = folder[MNIST.Part.testLabels.fileName]
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createSymbolicLink(
      at: file, withDestinationURL: folder["where nothing is"])
    expectFileError(file, "No such file or directory") { _ = try MNIST.load(from: folder.url) }
  }

  @Test func refusesAFileInPlaceOfTheFolder() throws {
    let file = try folder.write([1], to: "mnist")
    expectFileError(file, "Not a directory") { _ = try MNIST.load(from: folder.url) }
  }

  /// Expects reading to fail with a one-line error about the file.
  private func expectLine(
    _ file: URL, found: String, expected: String, at location: SourceLocation = #_sourceLocation
  ) {
    DatasetsTests.expectLine(file, found: found, expected: expected, at: location) {
      _ = try MNIST.load(from: folder.url)
    }
  }
}
