import ChapterKit
import Files
import Foundation
import Testing

@Suite struct OutputDirectoryTests {
  private func withOutput(_ body: (OutputDirectory) throws -> Void) throws {
    let url = URL.temporaryDirectory.appending(path: "output \(UUID().uuidString)")
    defer { removeTree(at: url) }
    let output = OutputDirectory(url)
    try output.prepare(subdirectories: [])
    try body(output)
  }

  @Test func filesThatBelongTogetherReplaceEarlierOnes() throws {
    try withOutput { output in
      try output.write(Data("old".utf8), to: "own.html")
      try output.write([("own.html", Data("a".utf8)), ("own.pdf", Data("b".utf8))])
      #expect(try output.content(of: "own.html") == Data("a".utf8))
      #expect(try output.content(of: "own.pdf") == Data("b".utf8))
      #expect(try output.names(in: ".") == ["own.html", "own.pdf"])
    }
  }

  /// The system takes `link/..` for the parent of the folder that the link names, Foundation for the link's own.
  @Test func allFilesOfARunAreInOneFolderAlsoBehindALink() throws {
    let bench = try Workbench()
    try makeFolder(at: bench.root.appending(path: "elsewhere/deep"))
    unsafe symlink("elsewhere/deep", bench.root.appending(path: "link").filePath)
    let out = bench.root.appending(path: "link").filePath + "/../out"
    let status = bench.run("--out", out) { run in _ = try run.stage("one") { _ in 1 } }
    #expect(status == 0, "\(bench.standardError)")
    #expect(bench.names(in: "elsewhere/out") == ["cache", "chapter3.json"])
    #expect(bench.names(in: "out") == [])
  }

  @Test func filesThatBelongTogetherStayIfOneCannotBeWritten() throws {
    try withOutput { output in
      try output.write(Data("old".utf8), to: "own.html")
      #expect(throws: FileError.self) {
        try output.write([("own.html", Data("a".utf8)), ("own.html/own.pdf", Data("b".utf8))])
      }
      #expect(try output.content(of: "own.html") == Data("old".utf8))
      #expect(try output.names(in: ".") == ["own.html"])
    }
  }

  @Test func aDirectoryThatWasRemovedIsCreatedAgain() throws {
    try withOutput { output in
      #expect(try output.prepare(subdirectories: ["data/a"]).count == 2)
      removeFolderIfEmpty(at: output.file("data/a"))
      removeFolderIfEmpty(at: output.file("data"))
      #expect(!output.file("data").isPresent)
      try output.write(Data("a".utf8), to: "data/a/b")
      removeFolderIfEmpty(at: output.file("data/a"))
      #expect(try output.content(of: "data/a/b") == Data("a".utf8))
    }
  }

  @Test func aFailureLeavesNoEmptyDirectories() throws {
    try withOutput { output in
      let name = String(repeating: "n", count: 300)
      #expect(throws: FileError.self) { try output.prepare(subdirectories: ["a/b", name]) }
      #expect(throws: FileError.self) { try output.write(Data(), to: "c/d/\(name)") }
      let left = try listFolder(at: output.url)
      #expect(left == [])
    }
  }

  @Test func filesThatBelongTogetherStayIfAFolderHasTheNameOfOne() throws {
    try withOutput { output in
      try output.write(Data("old".utf8), to: "own.html")
      try makeFolder(at: output.file("own.pdf"))
      let error = #expect(throws: FileError.self) {
        try output.write([("own.html", Data("a".utf8)), ("own.pdf", Data("b".utf8))])
      }
      #expect(error?.description.contains("own.pdf: cannot be written") == true)
      #expect(try output.content(of: "own.html") == Data("old".utf8))
      #expect(try listFolder(at: output.url) == ["own.html", "own.pdf"])
    }
  }

  /// A killed process leaves partial files, macOS files that begin with "._".
  @Test func hiddenFilesAreNoResults() throws {
    try withOutput { output in
      for name in [".partial-host-1-0-chapter1.json", "._chapter1.json", "chapter1.json"] {
        try output.write(Data(), to: name)
      }
      #expect(try output.names(in: ".") == ["chapter1.json"])
    }
  }
}
