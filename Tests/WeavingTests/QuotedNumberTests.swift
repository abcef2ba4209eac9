import ChapterKit
import Foundation
import Testing

import Weaving

/// Numbers in prose that are computed from metrics.
@Suite struct QuotedNumberTests {
  @Test(arguments: [
    ("{chapter1.accuracy.T1 - kl points}", "−80.5 points"),
    ("{chapter1.kl - accuracy.T1 points}", "+80.5 points"),
    ("{chapter1.kl - kl points}", "0.0 points"),
    ("{chapter1.kl > accuracy.T1 points}", "80.5 points"),
    ("{chapter1.accuracy.T1 > kl points}", "−80.5 points"),
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

  /// A metric with three of four seeds may lack the first.
  @Test func aValueOfAnUnknownSeedIsNotThatOfTheFirst() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// It is {chapter1.accuracy.T1 first %}.\n")
    try article.writeRecord(seeds: [0, 1, 2, 3])
    #expect(
      try article.woven().markdown.contains("This result is not recorded yet: `make chapter1`"))
  }

  @Test(arguments: [
    "{chapter1.kl + kl .1}", "{chapter1.kl - accuracy.T1 %}", "{chapter1.kl / accuracy.T1 points}",
    "{chapter1.kl > accuracy.T1 %}",
    "{chapter1.kl middle %}",
  ])
  func otherFormsAreRefused(text: String) throws {
    let article = try SmallArticle(chapter: "// # Chapter 1: One\n//\n// It is \(text).\n")
    try article.writeRecord()
    #expect(article.complaint().contains("expected NAME, NAME first, NAME lowest, NAME highest"))
  }

  /// U+0663 is a digit, but no format.
  @Test func otherDigitsAreRefused() throws {
    let article = try SmallArticle(
      chapter: "// # Chapter 1: One\n//\n// It is {chapter1.kl .\u{663}}.\n")
    try article.writeRecord()
    #expect(article.complaint().contains("expected a format after the name"))
  }

  /// Sentences such as "raises the accuracy by {chapter3.accuracy.T0.5 > accuracy.T1 points}" are true of the recorded
  /// runs.
  @Test func whatTheProseCallsHigherIsHigherInTheRecords() throws {
    let repository = SmallArticle.repository
    var checked = 0
    for file in try proseFiles(in: repository) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /\{([a-z0-9]+)\.([^ }]+) > ([^ }]+) points\}/) {
        let name = ChapterName(program: String(match.1))
        let record = try RunRecord.load(chapter: name, from: repository.appending(path: "results"))
        let metrics = try #require(record?.metrics, "\(file.path)")
        let higher = try #require(metrics[String(match.2)], "\(match.0)")
        let lower = try #require(metrics[String(match.3)], "\(match.0)")
        #expect(higher.mean > lower.mean, "\(file.path): \(match.0)")
        checked += 1
      }
    }
    #expect(checked > 5)
  }

  private func proseFiles(in repository: URL) throws -> [URL] {
    let files = FileManager.default
    let pages = try files.contentsOfDirectory(
      at: repository.appending(path: "article"), includingPropertiesForKeys: nil)
    let chapters = try files.contentsOfDirectory(
      at: repository.appending(path: "chapters"), includingPropertiesForKeys: nil)
    return pages.filter { $0.pathExtension == "md" }
      + chapters.map { $0.appending(path: "main.swift") }
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
