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

  @Test func filesThatBelongTogetherStayIfOneCannotBeWritten() throws {
    try withOutput { output in
      try output.write(Data("old".utf8), to: "own.html")
      #expect(throws: FileError.self) {
        try output.write([("own.html", Data("a".utf8)), ("missing/own.pdf", Data("b".utf8))])
      }
      #expect(try output.content(of: "own.html") == Data("old".utf8))
      #expect(try output.names(in: ".") == ["own.html"])
    }
  }
}
