import ChapterKit
import Datasets
import Files
import Foundation
import Testing

@Suite struct DatasetSourceTests {
  private static let noNetwork = DatasetError("no network", isUnreachable: true)

  /// A source that finds `present`, and behaves so when asked to download.
  private func source(
    _ present: ImageDataset?,
    download: @escaping @Sendable (URL) throws -> Void = { _ in throw DatasetSourceTests.noNetwork }
  ) -> DatasetSource {
    DatasetSource(
      name: "MNIST",
      presence: { present != nil || Self.isMarked($0) ? .complete : .absent },
      load: { present ?? (Self.isMarked($0) ? Self.drawn : nil) },
      download: { directory, _ in try download(directory) }, synthesise: { Self.drawn })
  }

  private static func isMarked(_ directory: URL) -> Bool {
    FileManager.default.fileExists(atPath: directory.appending(path: "there").path)
  }

  private static let drawn = syntheticDigits(trainCount: 2, testCount: 1, seed: 0)

  @Test func withoutDataOrNetworkTheStandInIsAnnouncedAndRecorded() throws {
    let bench = try Workbench()
    #expect(bench.run { _ = try $0.dataset(source(nil)) } == 0)
    #expect(bench.standardError.contains("no network"))
    #expect(
      bench.standardError.contains(
        "! This run uses SYNTHETIC data, drawn by code: its numbers say nothing about MNIST."))
    let record = try #require(try bench.record())
    #expect(record.dataset?.synthetic == true)
    #expect(record.dataset?.sha256 == Self.drawn.sha256)
    #expect(record.stamp.hasPrefix("SYNTHETIC DIGITS · "))
  }

  @Test func whatIsMissingIsDownloadedOnce() throws {
    let bench = try Workbench()
    let fetching = source(nil) { directory in
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try Data().write(to: directory.appending(path: "there"))
    }
    #expect(bench.run { _ = try $0.dataset(fetching) } == 0, "\(bench.standardError)")
    #expect(bench.complaints.count == 1 && bench.standardError.contains("downloading it"))
    #expect(bench.names(in: "data") == ["there"])
    let offline = source(nil)
    #expect(bench.run { _ = try $0.dataset(offline) } == 0)
    #expect(bench.standardError.isEmpty)
  }

  @Test func brokenDataAreAnErrorAndNeverReplaced() throws {
    let bench = try Workbench()
    try bench.write("not an IDX file", to: "data/train-images-idx3-ubyte")
    #expect(bench.run("--data", bench.root.path + "/data") { _ = try $0.dataset(.mnist) } == 1)
    #expect(bench.complaints.count == 1)
    #expect(bench.standardError.hasPrefix("chapter3: "))
    #expect(try bench.record() == nil)
  }

  @Test func brokenPhotographsAreAnErrorAndNeverReplaced() throws {
    let bench = try Workbench()
    for batch in ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"] {
      try bench.write("ten bytes.", to: "data/cifar-10-batches-bin/\(batch).bin")
    }
    #expect(bench.run("--data", bench.root.path + "/data") { _ = try $0.dataset(.cifar10) } == 1)
    #expect(bench.complaints.count == 1)
    #expect(bench.standardError.contains("test_batch.bin: found no such file beside"))
    try bench.write("ten bytes.", to: "data/cifar-10-batches-bin/test_batch.bin")
    #expect(bench.run("--data", bench.root.path + "/data") { _ = try $0.dataset(.cifar10) } == 1)
    #expect(bench.complaints.count == 1)
    #expect(bench.standardError.contains("data_batch_1.bin: found 10 bytes, truncated"))
    #expect(try bench.record() == nil)
  }

  /// A set of which a part is there is completed where a download was interrupted, and an error
  /// otherwise.
  @Test(arguments: [(Presence.interrupted, Int32(0)), (Presence.incomplete, Int32(1))])
  func aSetInPartIsNeverReplaced(presence: Presence, status: Int32) throws {
    let bench = try Workbench()
    let source = DatasetSource(
      name: "MNIST",
      presence: { Self.isMarked($0) ? .complete : presence },
      load: { directory in
        guard Self.isMarked(directory) else { throw Self.noNetwork }
        return Self.drawn
      },
      download: { directory, _ in
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data().write(to: directory.appending(path: "there"))
      }, synthesise: { Self.drawn })
    #expect(bench.run { _ = try $0.dataset(source) } == status)
    #expect(bench.names(in: "data") == (status == 0 ? ["there"] : []))
  }

  /// What is there but broken, and what is there in part while the network is not, are errors, and so
  /// is a disk that is full: only where there is nothing, and no mirror, is there a stand-in.
  @Test(arguments: [
    (Presence.absent, true, Int32(0)), (.absent, false, 1), (.interrupted, true, 1),
    (.interrupted, false, 1), (.complete, true, 1), (.incomplete, true, 1),
  ])
  func theStandInIsForWhereThereIsNothing(
    presence: Presence, isUnreachable: Bool, status: Int32
  ) throws {
    let bench = try Workbench()
    let source = DatasetSource(
      name: "MNIST", presence: { _ in presence },
      load: { _ in throw DatasetError("broken") },
      download: { _, _ in throw DatasetError("not downloaded", isUnreachable: isUnreachable) },
      synthesise: { Self.drawn })
    #expect(bench.run { _ = try $0.dataset(source) } == status)
    #expect(try bench.record()?.dataset?.synthetic == (status == 0 ? true : nil))
    if presence != .absent {
      #expect(bench.complaints.last?.hasSuffix("synthetic data all the same: SYNTHETIC=1") == true)
    }
    #expect(bench.run("--synthetic") { _ = try $0.dataset(source) } == 0)
    #expect(try bench.record()?.dataset?.synthetic == true)
    #expect(!bench.standardError.contains("broken"), "nobody looked")
  }

  @Test(arguments: ["empty folder", "corrupt archive", "piece of an archive"])
  func whatIsThereOfThePhotographsButBrokenIsAnError(_ what: String) throws {
    let bench = try Workbench()
    switch what {
    case "empty folder": try makeFolder(at: bench.root.appending(path: "d/cifar-10-batches-bin"))
    case "corrupt archive": try bench.write("x", to: "d/cifar-10-binary.tar.gz")
    default: try bench.write("x", to: "d/cifar-10-binary.tar.gz.part")
    }
    #expect(try CIFAR10.presence(in: bench.root.appending(path: "d")) == .interrupted)
    guard what != "piece of an archive" else { return }
    #expect(bench.run("--data", bench.root.path + "/d") { _ = try $0.dataset(.cifar10) } == 1)
    #expect(bench.complaints.last?.contains("/d/cifar-10-b") == true, "\(bench.standardError)")
    #expect(try bench.record() == nil)
  }

  @Test func torchvisionsFolderIsFound() throws {
    let bench = try Workbench()
    let real = try RealDigits(in: bench)
    try makeFolder(at: bench.root.appending(path: "t/MNIST"))
    try moveItem(at: URL(filePath: real.path), to: bench.root.appending(path: "t/MNIST/raw"))
    let path = bench.root.path + "/t"
    #expect(bench.run("--data", path) { _ = try $0.dataset(.mnist) } == 0, "\(bench.standardError)")
    #expect(try bench.record()?.dataset?.synthetic == false)
  }

  @Test func aSetThatIsTooSmallOrLacksAClassIsNamedBeforeAnyWork() throws {
    let bench = try Workbench()
    let real = try RealDigits(in: bench)
    for (train, found) in [
      (2, "found 1 training images, expected at least 2"),
      (1, "found no training image of the class 0"),
    ] {
      let status = bench.run("--data", real.path) { run in
        _ = try run.dataset(.mnist, train: train, test: 1)
        Issue.record("There must be no work.")
      }
      #expect(status == 1 && bench.complaints.last?.contains(found) == true)
    }
  }

  @Test func aRunOnSyntheticDataNeverReplacesARecordOfRealData() throws {
    let bench = try Workbench()
    let real = try RealDigits(in: bench)
    #expect(
      bench.run("--data", real.path) { _ = try $0.dataset(.mnist) } == 0, "\(bench.standardError)")
    #expect(try bench.record()?.dataset?.synthetic == false)
    let before = bench.read("figures/chapter3.json")
    let status = bench.run { run in
      _ = try run.dataset(source(nil))
      Issue.record("There must be no work.")
    }
    #expect(status == 1)
    #expect(bench.complaints.last?.contains("which a run on synthetic data never replaces") == true)
    #expect(bench.read("figures/chapter3.json") == before)
  }

  @Test func anotherDataSetIsAnotherStage() throws {
    let bench = try Workbench()
    var computed = 0
    for count in [1, 2, 2] {
      _ = bench.run { run in
        let digits = syntheticDigits(trainCount: count, testCount: 1, seed: 0)
        _ = try run.stage("train", on: digits) { _ in
          computed += 1
          return 0
        }
      }
    }
    #expect(computed == 2)
  }
}

/// Four small files in MNIST's format.
private struct RealDigits {
  let path: String

  init(in bench: Workbench) throws {
    path = bench.root.appending(path: "real").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for split in ["train", "t10k"] {
      let images =
        [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28] + [UInt8](repeating: 9, count: 784)
      let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 1, 7]
      try Data(images).write(to: URL(filePath: "\(path)/\(split)-images-idx3-ubyte"))
      try Data(labels).write(to: URL(filePath: "\(path)/\(split)-labels-idx1-ubyte"))
    }
  }
}
