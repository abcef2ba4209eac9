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
    #expect(SourceState.ofCheckout(at: bench.root) == SourceState(commit: "unknown", dirty: nil))
    try git("init", in: bench)
    try git("add", ".", in: bench)
    try git("commit", "-m", "first", in: bench)
    let clean = SourceState.ofCheckout(at: bench.root)
    #expect(clean.commit.count == 40 && clean.dirty == false)
    try bench.write("", to: "copy/Package.swift")
    #expect(
      SourceState.ofCheckout(at: bench.root.appending(path: "copy"))
        == SourceState(commit: "unknown", dirty: nil), "the commit is another checkout's")
    try bench.write("notes", to: "notes.txt")
    #expect(SourceState.ofCheckout(at: bench.root) == clean)
    try bench.write("new", to: "Sources/New.swift")
    #expect(
      SourceState.ofCheckout(at: bench.root) == SourceState(commit: clean.commit, dirty: true))
  }
}
