import ChapterKit
import Datasets
import Files
import Foundation
import Testing
import Verification

/// A package with one recorded run, removed on deinitialisation.
private final class SmallPackage {
  let root = URL.temporaryDirectory.appending(path: "package-\(UUID().uuidString)")
  /// The folder of the crate.
  var folder: URL { root.appending(path: "figures/crate") }

  init() throws {
    for path in [
      "README.md", "LICENSE", "CITATION.cff", "codecheck.yml", "Makefile", "Package.swift",
      "Containerfile", "chapters/9-nine/main.swift", "Sources/Engine/Tensor.swift", "figures/a.gp",
      "article/introduction.md", "scripts/check", "Tests/Test.swift", "Benchmarks/main.swift",
      ".ci/run",
    ] {
      try write("content of \(path)", to: path)
    }
    try write("swift 6.3.1\npackage make 4.3\n", to: "environment.lock")
    let data = "# a run\nx\n1\n"
    try write(data, to: "results/data/a.tsv")
    let record = """
      {
       "chapter": 9, "title": "Nine", "preset": "short", "seeds": [0], "settings": {},
       "options": {}, "dataset": null, "commit": "1a2b3c4", "dirty": false,
       "date": "2026-01-01T00:00:00Z", "threads": 2, "blasCore": "Haswell", "wallSeconds": 1,
       "metrics": {}, "stages": [],
       "files": [{"path": "data/a.tsv", "kind": "data", "drawnFrom": null,
                  "sha256": "\(sha256Hex(Data(data.utf8)))"}]
      }
      """
    let sealed = SealedJSON.seal(Data(record.utf8))
    try write(String(decoding: sealed, as: UTF8.self), to: "results/chapter9.json")
  }

  deinit { removeTree(at: root) }

  func write(_ text: String, to path: String) throws {
    let file = root.appending(path: path)
    try makeFolder(at: file.deletingLastPathComponent())
    try writeFile(Data(text.utf8), to: file)
  }

  func crate() throws -> ResearchCrate { try ResearchCrate(root: root, results: "results") }

  /// The error of writing the crate; "" if it succeeds.
  func complaint() throws -> String {
    let new = try crate()
    do {
      try new.write(to: folder)
      return ""
    } catch {
      return oneLine(error)
    }
  }
}

@Suite struct ResearchCrateTests {
  @Test func aCrateReplacesAnotherOne() throws {
    let package = try SmallPackage()
    #expect(try package.complaint() == "")
    let readme = package.folder.appending(path: "README.md")
    #expect(try readFile(at: readme) == Data("content of README.md".utf8))
    try package.write("another readme", to: "README.md")
    #expect(try package.complaint() == "")
    #expect(try readFile(at: readme) == Data("another readme".utf8))
  }

  /// A file beside those of the crate, in a folder of it, or in the place of one of them.
  @Test(arguments: [
    ("notes.txt", "notes.txt"), ("results/data/mine.tsv", "results/data/mine.tsv"),
    (".git/config", ".git/config"), ("README.md", "another README.md than its description lists"),
  ])
  func aFileThatIsNotOfTheCrateIsKept(path: String, found: String) throws {
    let package = try SmallPackage()
    #expect(try package.complaint() == "")
    try package.write("mine", to: "figures/crate/\(path)")
    let complaint = try package.complaint()
    #expect(
      complaint.hasSuffix(
        "crate: found \(found), expected an empty folder or a crate without changes, which would be replaced; name "
          + "another folder as OUT"), "\(complaint)")
    #expect(try readFile(at: package.folder.appending(path: path)) == Data("mine".utf8))
    #expect(package.folder.appending(path: "LICENSE").isPresent)
  }

  /// The name of the description does not make a folder a crate, nor does another crate's description.
  @Test(arguments: ["notes", #"{"@graph": []}"#, #"{"@graph": [{"@id": "notes.txt"}]}"#])
  func anotherFolderIsKept(description: String) throws {
    let package = try SmallPackage()
    try package.write(description, to: "figures/crate/ro-crate-metadata.json")
    try package.write("mine", to: "figures/crate/notes.txt")
    #expect(try package.complaint().contains("crate: found "))
    #expect(package.folder.appending(path: "notes.txt").isPresent)
  }

  @Test(arguments: ["package make 4.3\n", "swift\n", "swift 6.3.1\nmake 4.3\n"])
  func aDamagedLockIsNamed(lock: String) throws {
    let package = try SmallPackage()
    try package.write(lock, to: "environment.lock")
    #expect { try package.crate() } throws: { oneLine($0).hasPrefix("environment.lock") }
  }
}
