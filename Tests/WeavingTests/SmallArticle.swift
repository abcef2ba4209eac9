import ChapterKit
import Datasets
import Foundation

import Weaving

/// A repository with a small article, removed on deinitialisation.
final class SmallArticle {
  /// The root of this repository.
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  let root: URL
  private var out: URL { root.appending(path: "figures") }

  init(chapter: String = "// # Chapter 1: One\n") throws {
    root = FileManager.default.temporaryDirectory.appending(path: "article-\(UUID().uuidString)")
    try write("# Introduction\n\nA method [^1].\n", to: "article/introduction.md")
    try write("[^1]: A. Author, *A Paper*.\n", to: "article/references.md")
    try write("# Conclusion\n", to: "article/conclusion.md")
    try write(chapter, to: "chapters/1-one/main.swift")
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  func write(_ text: String, to path: String) throws {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Writes the record of a run of chapter 1, with a figure and a table.
  func writeRecord(
    in folder: String = "figures", accuracy: Double = 0.9071, preset: String = "article",
    synthetic: Bool = false, seeds: [Int] = [0, 1, 2], sources: [String]? = nil,
    cell: String = "2", column: String = "b", title: String = "A table", data: String = "MNIST"
  ) throws {
    let (map, table) = (
      "<svg/>", "**\(title).**\n\n| a | \(column) |\n| - | - |\n| 1 | \(cell) |\n\nfrom a run\n"
    )
    let others = sources.map { ", \"sources\": \($0)" } ?? ""
    let stage =
      "\"commit\": \"1a2b3c4\", \"date\": \"2026-01-01T00:00:00Z\", \"threads\": 2, "
      + "\"blasCore\": \"SkylakeX\""
    let json = Data(
      """
      {
       "chapter": 1, "title": "One", "preset": "\(preset)", "seeds": \(seeds), "settings": {},
       "dataset": {"name": "\(data)", "sha256": "ba89104612345678", "synthetic": \(synthetic)},
       \(stage), "dirty": false, "wallSeconds": 231,
       "metrics": {"accuracy.T1": {"mean": \(accuracy), "sd": 0.004190465367951392, "n": 3,
                                    "values": [\(accuracy + 0.001), \(accuracy - 0.0046), \(accuracy + 0.0036)]},
                   "kl": {"mean": 1.7125, "n": 1, "sd": null}},
       "stages": [],
       "files": [
         {"path": "data/one.tsv", "kind": "data", "sha256": "", "drawnFrom": null},
         {"path": "map.svg", "kind": "figure", "sha256": "\(sha256Hex(Data(map.utf8)))", "drawnFrom": ""},
         {"path": "results.md", "kind": "data", "sha256": "\(sha256Hex(Data(table.utf8)))", "drawnFrom": null}]\(others)}
      """.utf8)
    try write(
      String(decoding: SealedJSON.seal(json), as: UTF8.self), to: "\(folder)/chapter1.json")
    try write(map, to: "\(folder)/map.svg")
    try write(table, to: "\(folder)/results.md")
  }

  func woven(only program: String? = nil) throws -> Article {
    try Article(root: root, out: out, only: program)
  }

  /// Returns the error of weaving in one line; "" if it succeeds.
  func complaint() -> String {
    do {
      _ = try woven()
      return ""
    } catch {
      return oneLine(error)
    }
  }
}
