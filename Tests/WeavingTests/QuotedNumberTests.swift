import ChapterKit
import Testing

import Weaving

/// Numbers in prose that are computed from metrics.
@Suite struct QuotedNumberTests {
  @Test(arguments: [
    ("{chapter1.accuracy.T1 - kl points}", "−80.5 points"),
    ("{chapter1.kl - accuracy.T1 points}", "+80.5 points"),
    ("{chapter1.accuracy.T1 points}", "+90.7 points (n = 3)"),
    ("{chapter1.kl / accuracy.T1 .2}", "1.89"), ("{chapter1.seeds}", "3"),
    ("{chapter1.accuracy.T1 first %}", "90.8 %"), ("{chapter1.accuracy.T1 lowest %}", "90.2 %"),
    ("{chapter1.accuracy.T1 highest %}", "91.1 %"),
  ])
  func computed(text: String, expected: String) throws {
    let article = try SmallArticle(chapter: "// # Chapter 1: One\n//\n// It is \(text).\n")
    try article.writeRecord()
    let written = expected.replacing(" ", with: "\u{A0}")
    #expect(try article.woven().markdown.contains("It is [\(written)](#record-chapter1"))
  }

  @Test(arguments: [
    "{chapter1.kl + kl .1}", "{chapter1.kl - accuracy.T1 %}", "{chapter1.kl / accuracy.T1 points}",
    "{chapter1.kl middle %}",
  ])
  func otherFormsAreRefused(text: String) throws {
    let article = try SmallArticle(chapter: "// # Chapter 1: One\n//\n// It is \(text).\n")
    try article.writeRecord()
    #expect(article.complaint().contains("expected NAME, NAME first, NAME lowest, NAME highest"))
  }

  @Test func numbersInTablesAreLinks() throws {
    let article = try SmallArticle()
    try article.writeRecord(cell: "[1.7](chapter1.json#kl)")
    #expect(try article.woven().markdown.contains("[1.7](#record-chapter1-kl){.measured title="))
  }

  @Test func codeAfterAFoldIsFolded() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// {.fold}\n\nlet a = 1\n\n// More.\n\nlet b = 2\n")
    let text = try article.woven().markdown
    #expect(text.matches(of: /<details>/).count == 1)
    #expect(text.contains("<summary>code: chapters/1-one/main.swift, line 5</summary>"))
  }
}
