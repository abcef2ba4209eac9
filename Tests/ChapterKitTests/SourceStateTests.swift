import ChapterKit
import Files
import Foundation
import Testing

@Suite struct SourceStateTests {
  private func git(_ arguments: String..., in bench: Workbench) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-c", "user.name=a", "-c", "user.email=b"] + arguments
    process.currentDirectoryURL = bench.root
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
  }

  @Test func onlyChangedSourcesMakeACheckoutDirty() throws {
    try #require(ExternalProgram("git") != nil, "this test needs git")
    let bench = try Workbench()
    try bench.write("", to: "Package.swift")
    try bench.write("old", to: "Sources/A.swift")
    try bench.write("old", to: "chapters/1-a/main.swift")
    let bare = SourceState.ofCheckout(at: bench.root)
    #expect(bare.commit == "unknown" && bare.dirty == nil && bare.sha256?.count == 64)
    try git("init", in: bench)
    try git("add", ".", in: bench)
    try git("commit", "-m", "first", in: bench)
    let clean = SourceState.ofCheckout(at: bench.root)
    #expect(clean.commit.count == 40 && clean.dirty == false)
    #expect(clean.sha256 == bare.sha256, "the hash is that of the sources, with or without git")
    try bench.write("", to: "copy/Package.swift")
    #expect(
      SourceState.ofCheckout(at: bench.root.appending(path: "copy")).commit == "unknown",
      "the commit is another checkout's")
    try bench.write("notes", to: "notes.txt")
    #expect(SourceState.ofCheckout(at: bench.root) == clean)
    try bench.write("results", to: "figures/own.html")
    try bench.write("results", to: "figures/cats/chapter1.json")
    #expect(SourceState.ofCheckout(at: bench.root) == clean)
    try bench.write("new", to: "Sources/New.swift")
    let changed = SourceState.ofCheckout(at: bench.root)
    #expect(changed.commit == clean.commit && changed.dirty == true)
    #expect(changed.sha256 != clean.sha256)
  }

  /// git status usually writes the index again, under a lock, when a file has another date than the index.
  @Test func theIndexStaysAsItIs() throws {
    try #require(ExternalProgram("git") != nil, "this test needs git")
    let bench = try Workbench()
    try bench.write("", to: "Package.swift")
    try bench.write("old", to: "Sources/A.swift")
    try git("init", in: bench)
    try git("add", ".", in: bench)
    try git("commit", "-m", "first", in: bench)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)],
      ofItemAtPath: bench.root.appending(path: "Sources/A.swift").path)
    let index = try Data(contentsOf: bench.root.appending(path: ".git/index"))
    #expect(SourceState.ofCheckout(at: bench.root).dirty == false)
    #expect(try Data(contentsOf: bench.root.appending(path: ".git/index")) == index)
  }
}
