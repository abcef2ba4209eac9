import Datasets
import Foundation
import Testing

/// Downloads of CIFAR-10's archive; folders replace the mirrors.
@Suite struct CIFAR10DownloadTests {
  private let folder: TemporaryFolder
  private let set = SmallCIFAR10()
  private let name = "cifar-10-binary.tar.gz"

  init() throws { folder = try TemporaryFolder() }

  /// Returns the bytes of a tar archive with the files in a folder of this name.
  private func tarArchive(of inner: String = "cifar-10-batches-bin") throws -> [UInt8] {
    try set.write(to: folder, in: "original/\(inner)")
    let archive = try folder.write([], to: "archive.tar")
    try run("tar", "-cf", archive.path, "-C", folder["original"].path, inner)
    return try folder.content(of: "archive.tar")
  }

  /// Puts a compressed tar archive into the folder of the mirror.
  private func serve(_ archive: [UInt8]) throws {
    try folder.write(gzip(archive), to: "mirror/\(name)")
  }

  /// Downloads the archive to "data" and returns the progress lines.
  @discardableResult
  private func download(searchPath: String? = nil) throws -> [String] {
    var lines: [String] = []
    try CIFAR10.download(
      into: folder["data"], mirrors: [folder["missing/"], folder["mirror/"]],
      archive: .md5(md5Hex(folder.content(of: "mirror/\(name)"))),
      searchPath: searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
    ) { lines.append($0) }
    return lines
  }

  /// Returns the files in the download folder.
  private func downloadedFiles() throws -> [String] {
    try folder.names().filter { $0.hasPrefix("data/") }
  }

  private static let batches = CIFAR10.Part.allCases.map {
    "data/cifar-10-batches-bin/\($0.fileName)"
  }

  @Test func fetchesAndUnpacksASetThatCanBeRead() throws {
    try serve(tarArchive())
    let lines = try download()
    #expect(lines.count { $0.hasPrefix("downloading ") } == 2)
    #expect(lines.last == "unpacking \(folder["data/\(name)"].path)")
    #expect(try CIFAR10.load(from: folder["data"], sums: set.sums)?.name == "CIFAR-10")
    #expect(try downloadedFiles() == Self.batches)
    #expect(try download().isEmpty)
  }

  /// An interrupted run has left a partial batch.
  @Test func unpacksAnExistingArchiveAndKeepsIt() throws {
    try serve(tarArchive())
    try folder.write(folder.content(of: "mirror/\(name)"), to: "data/\(name)")
    try folder.write([9], to: "data/cifar-10-batches-bin.part/cifar-10-batches-bin/test_batch.bin")
    let lines = try download()
    #expect(lines.first == "\(folder["data/\(name)"].path) already exists")
    #expect(try CIFAR10.load(from: folder["data"], sums: set.sums)?.name == "CIFAR-10")
    #expect(try downloadedFiles() == Self.batches + ["data/\(name)"])
  }

  @Test func refusesToReplaceExistingFiles() throws {
    try serve(tarArchive())
    let file = try folder.write([9], to: "data/cifar-10-batches-bin/data_batch_2.bin")
    expectLine(
      folder["data/cifar-10-batches-bin/data_batch_1.bin"],
      found: "no such file beside data_batch_2.bin", expected: "all six batches"
    ) { try download() }
    try FileManager.default.removeItem(at: file)
    expectLine(
      folder["data/cifar-10-batches-bin"], found: "a folder without any of its files",
      expected: "all six batches"
    ) { try download() }
    #expect(try downloadedFiles().isEmpty)
  }

  /// The archive is truncated. It is kept, because unpacking also fails on a full disk.
  @Test func removesTheFilesOfAnArchiveThatCannotBeUnpacked() throws {
    try serve(Array(tarArchive().prefix(9000)))
    expectLine(
      folder["data/\(name)"], found: "tar: ", expected: "an archive that can be unpacked"
    ) { try download() }
    #expect(try downloadedFiles() == ["data/\(name)"])
  }

  @Test func removesTheFilesOfAnArchiveWithAnotherFolder() throws {
    try serve(tarArchive(of: "cifar-100-binary"))
    expectLine(
      folder["data/\(name)"], found: "an archive without the folder cifar-10-batches-bin",
      expected: "an archive with it; remove the archive"
    ) { try download() }
    #expect(try downloadedFiles() == ["data/\(name)"])
  }

  @Test func missingTarIsNamed() throws {
    try serve(tarArchive())
    let error = #expect(throws: DatasetError.self) { try download(searchPath: "/nowhere") }
    #expect(
      error?.description
        == "tar: found no such program, expected it in PATH; try: apt-get install tar")
    #expect(try downloadedFiles().isEmpty)
  }

  @Test func publishedMirrorsAreAddresses() {
    #expect(CIFAR10.mirrors.count == 3)
    #expect(CIFAR10.mirrors.allSatisfy { $0.absoluteString.wholeMatch(of: /https:.*\//) != nil })
  }
}
