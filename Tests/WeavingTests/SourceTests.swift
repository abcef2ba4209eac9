import Foundation
import Testing

import Weaving

@Suite struct SourceTests {
  /// An option that a chapter reads, but does not list, would be unknown on the command line.
  @Test func chaptersListTheirOptions() throws {
    let folder = SmallArticle.repository.appending(path: "chapters")
    var count = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let source = try String(
        contentsOf: folder.appending(path: "\(name)/main.swift"), encoding: .utf8)
      let listed = source.matches(of: /options: ([^\n]*\[[^\]]*\]|\w+)/).map { String($0.1) }
        .joined(separator: " ")
      for option in source.matches(of: /(?m)^let (\w+) = CommandLineOption/) {
        let words = listed.split { !$0.isLetter && !$0.isNumber }
        #expect(words.contains(option.1), "\(name): \(option.1)")
        count += 1
      }
    }
    #expect(count > 20)
  }

  private func blocks(_ text: String) throws -> [String] {
    try LiterateSource(text, path: "a.swift").blocks.map {
      switch $0 {
      case .prose(let lines): "prose " + described(lines)
      case .code(let lines): "code " + described(lines)
      }
    }
  }

  private func described(_ lines: [LiterateSource.Line]) -> String {
    "\(lines[0].number): " + lines.map(\.text).joined(separator: "|")
  }

  @Test func commentsAtFileScopeAreProse() throws {
    let text = """
      // # Title
      //
      //     make

      import A

      // Prose.

      /// Documentation.
      func a() {
        // A comment of the code.
        b()  // another
      }
      // More.
      """
    #expect(
      try blocks(text) == [
        "prose 1: # Title||    make",
        "prose 7: Prose.",
        "code 9: /// Documentation.|func a() {|  // A comment of the code.|  b()  // another|}",
        "prose 14: More.",
      ])
  }

  @Test func boldCommentsWithinADeclarationAreProse() throws {
    let text = """
      func a() {
        // Not **1.**
        // **0.**
        c()
        // **1.** First,
        //
        // then.
        b()
      }
      """
    #expect(
      try blocks(text) == [
        "code 1: func a() {|  // Not **1.**|  // **0.**|  c()", "prose 5: **1.** First,||then.",
        "code 8:   b()|}",
      ])
  }

  private static let source = """
    /// Of a.
    @inlinable
    public func a(_ x: Int) -> String
    {
      return "}" + "\\(x)"  // }
    }

    // let b = 0
    let b = 1
    struct C: Codable {
      var d: [Int] { [
        1
      ] }
      /// Makes one.
      init() {}
      enum E { case a, b }
    }
    extension C {
      func b() {}
    }
    let x̂ = 2
    """

  @Test(arguments: [
    (
      "a",
      "/// Of a.\n@inlinable\npublic func a(_ x: Int) -> String\n{\n"
        + "  return \"}\" + \"\\(x)\"  // }\n}"
    ),
    ("b", "let b = 1"),
    ("C.d", "var d: [Int] { [\n  1\n] }"),
    ("C.init", "/// Makes one.\ninit() {}"),
    ("C.b", "func b() {}"),
    ("C.E", "enum E { case a, b }"),
    ("x̂", "let x̂ = 2"),
  ])
  func definitions(name: String, expected: String) {
    #expect(definition(of: name, in: Self.source) == expected)
  }

  @Test(arguments: ["C.a", "e", "C.b.c", "case", "X"])
  func noDefinitions(name: String) {
    #expect(definition(of: name, in: Self.source) == nil)
  }

  @Test(arguments: [
    ("78 %", "share"), ("77.8 %", "share"), ("at 0.778,", "share"), ("1.712 nats", "kl"),
    ("(1.71)", "kl"), ("77.8%", "share"),
  ])
  func numbersThatEqualAMetric(text: String, metric: String) {
    let metrics = ["share": 0.7782, "kl": 1.7119, "count": 44, "half": 0.5]
    #expect(HandTypedNumber.find(in: text, among: metrics)?.metric == metric)
  }

  @Test(arguments: [
    "0.78", "0.5", "44 images", "78", "1,078 %", "T0.778", "77.82", "1.7", "8 %", "0.7780",
    "x^1.712",
  ])
  func numbersThatMayBeSettings(text: String) {
    let metrics = ["share": 0.7782, "kl": 1.7119, "count": 44, "half": 0.5, "eight": 0.08]
    #expect(HandTypedNumber.find(in: text, among: metrics) == nil)
  }
}
