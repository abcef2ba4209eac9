import ChapterKit
import Files
import Foundation

/// The article as Markdown for Pandoc: introduction, chapters, what differs, where the numbers come
/// from, references.
package struct Article {
  package let markdown: String
  /// What its author should look at.
  package let notes: [String]
  /// How many figures, numbers and tables could not be shown, since nothing has been run.
  package let missing: Int

  /// Weaves what lies below `root`, with the results in `out`.
  ///
  /// - Throws: A ``Failure`` in one line: file and line, what is wrong, what to do.
  package init(root: URL, out: URL) throws {
    let chapters = try chapterFolders(in: root)
    let results = try Results(of: chapters.map(\.program), out: out, root: root)
    let references = try References(root: root)
    var weaver = Weaver(root: root, results: results, references: references)
    var parts = [try weaver.weave(introduction: "article/introduction.md")]
    for chapter in chapters { parts.append(try weaver.weave(chapter: chapter)) }
    parts += [weaver.listOfDeviations, weaver.listOfRuns(chapters), references.markdown]
    markdown = parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    notes = weaver.notes
    missing = weaver.missing
  }
}

/// A folder of chapters/.
struct ChapterFolder: Equatable {
  /// The folder's name: "3-sharpening", or of an appendix "ablations".
  let name: String

  /// nil for an appendix.
  var number: Int? { name.split(separator: "-").first.flatMap { Int($0) } }
  /// The name of the program that it is, of its record, and of its target in the Makefile.
  var program: String { number.map { "chapter\($0)" } ?? name }
  var path: String { "chapters/\(name)/main.swift" }
}

/// The folders in chapters/, those with a number first.
///
/// - Throws: A ``Failure`` where a number is missing.
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
  return folders
}

/// The text of a file below `root`.
func source(_ path: String, in root: URL) throws -> String {
  guard let data = try readFileIfPresent(at: root.appending(path: path)) else {
    throw Failure("\(path): found no such file, expected a part of the article")
  }
  return String(decoding: data, as: UTF8.self)
}
