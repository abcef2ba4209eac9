import ChapterKit
import Files
import Foundation

/// The article as Markdown for Pandoc: introduction, chapters, conclusion, appendices, departures, sources of
/// the numbers, references.
package struct Article {
  package let markdown: String
  /// Notes for the author of the article, one line each.
  package let notes: [String]
  /// The program of the only chapter, if its results are not from OUT but those recorded in the repository; otherwise
  /// nil.
  package let recordedProgram: String?
  /// The number of figures, tables and numbers that are missing, because their chapter has not been run or their files
  /// were removed.
  package let missingCount: Int

  /// Weaves the article of a repository.
  ///
  /// - Parameters:
  ///   - root: The root of the repository.
  ///   - out: The directory with the results of the user's own runs.
  ///   - only: The program of the only chapter to weave; nil for the whole article.
  /// - Throws: A ``Failure`` in one line: file and line number, what was found, what was expected.
  package init(root: URL, out: URL, only: String? = nil) throws {
    let all = try chapterFolders(in: root)
    let chapters = all.filter { only == nil || $0.program == only }
    guard !chapters.isEmpty else {
      throw UsageError(
        "--chapter: found \(only ?? ""), expected one of \(all.map(\.program).joined(separator: ", "))"
      )
    }
    let results = try Results(of: all.map(\.program), out: out, root: root)
    let references = try References(root: root)
    var weaver = Weaver(root: root, out: out, results: results, references: references)
    var parts: [String] = []
    if let only {
      parts.append("---\ntitle: \(only)\n---")
    } else {
      parts.append(try weaver.weave(part: "article/introduction.md", anchor: "introduction"))
    }
    for chapter in chapters where chapter.number != nil {
      parts.append(try weaver.weave(chapter: chapter))
    }
    if only == nil {
      parts.append(try weaver.weave(part: "article/conclusion.md", anchor: "conclusion"))
    }
    for chapter in chapters where chapter.number == nil {
      parts.append(try weaver.weave(chapter: chapter))
    }
    let cited = all.filter { chapter in
      chapters.contains(chapter)
        || parts.contains { $0.contains("(#\(recordAnchor(chapter.program))-") }
    }
    parts += [weaver.listOfDepartures, try weaver.listOfRuns(cited), references.markdown]
    let text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    markdown = only == nil ? text : withoutDeadLinks(text)
    notes = weaver.notes
    recordedProgram = only.flatMap { results.shown($0)?.keptIn == nil ? nil : $0 }
    missingCount = weaver.missingCount
  }
}

/// Replaces links to anchors that the text does not have, such as those of chapters left out, by their text.
private func withoutDeadLinks(_ text: String) -> String {
  let anchors = Set(text.matches(of: /(?:\{#|\bid=")([\w\-]+)/).map(\.1))
  return text.replacing(/\[([^\[\]]*)\]\(#([\w\-]+)\)/) {
    String(anchors.contains($0.2) ? $0.0 : $0.1)
  }
}

/// A folder in chapters/.
struct ChapterFolder: Equatable {
  /// The folder's name: "3-sharpening" for a chapter, "ablations" or "mixing-further" for an appendix.
  let name: String

  private var chapter: ChapterName { ChapterName(folder: name) }
  /// The number of the chapter; nil for an appendix.
  var number: Int? {
    if case .number(let number) = chapter { number } else { nil }
  }
  /// The name of its program, its record, and its target in the Makefile: "chapter3", "mixing".
  var program: String { chapter.program }
  /// The path of its source.
  var path: String { "chapters/\(name)/main.swift" }
}

/// Returns the folders in chapters/, those with a number first.
///
/// - Throws: A ``Failure`` if chapters/ does not exist, a number is missing, or two folders are of one program.
func chapterFolders(in root: URL) throws -> [ChapterFolder] {
  let folder = root.appending(path: "chapters")
  guard folder.isExistingDirectory else {
    throw Failure(
      "chapters: found no such directory in \(root.relativePath), expected a folder for each "
        + "chapter; run from the root of the package")
  }
  let folders = try listFolder(at: folder)
    .filter { folder.appending(path: $0).isExistingDirectory }
    .map { ChapterFolder(name: $0) }
    .sorted { ($0.number ?? .max, $0.name) < ($1.number ?? .max, $1.name) }
  for (index, number) in folders.compactMap(\.number).enumerated() where number != index + 1 {
    throw Failure(
      "chapters: found no chapter \(index + 1), expected a folder \(index + 1)-NAME before "
        + "\(folders[index].name)")
  }
  for (index, folder) in folders.enumerated() {
    guard let other = folders[..<index].first(where: { $0.program == folder.program }) else {
      continue
    }
    throw Failure(
      "chapters: found the folders \(other.name) and \(folder.name), expected one for the program "
        + folder.program)
  }
  return folders
}

/// Reads the text of a source file of the article.
///
/// - Parameters:
///   - path: The path relative to `root`.
///   - root: The root of the repository.
func source(_ path: String, in root: URL) throws -> String {
  guard let data = try readFileIfPresent(at: root.appending(path: path)) else {
    throw Failure("\(path): found no such file, expected a part of the article")
  }
  return String(decoding: data, as: UTF8.self)
}

/// The bibliography: article/references.md, with a paragraph `[^1]: …` for each work.
struct References {
  private let texts: [String: String]
  private let order: [String]

  /// Reads the bibliography of a repository.
  init(root: URL) throws {
    let path = "article/references.md"
    var texts: [String: String] = [:]
    var order: [String] = []
    for paragraph in try source(path, in: root).split(separator: "\n\n") {
      guard let match = paragraph.firstMatch(of: /\[\^(\w+)\]: ([^\0]*)/) else { continue }
      order.append(String(match.1))
      texts[String(match.1)] = String(match.2)
    }
    (self.texts, self.order) = (texts, order)
  }

  /// Returns a link to a work; nil if the bibliography does not have it.
  func link(_ key: String) -> String? {
    texts[key].map { _ in "[\\[\(key)\\]](#reference-\(key)){.reference role=\"doc-biblioref\"}" }
  }

  /// The bibliography as a section of the article.
  var markdown: String {
    let entries = order.map { key in
      "::: {#reference-\(key) .entry}\n\\[\(key)\\] \(texts[key]!)\n:::"
    }
    return (["# References {#references}"] + entries).joined(separator: "\n\n")
  }
}

/// Returns the article's Markdown with the paths of files in place of links to them.
package func withoutFileLinks(_ markdown: String) -> String {
  markdown.replacing(/\[(`[^`]*`)\]\([^)]*\)\{\.file\}/) { String($0.1) }
}
