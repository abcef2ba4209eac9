import ChapterKit
import Foundation

/// Turns chapters into Markdown for Pandoc, one after the other, counting figures and collecting
/// what differs from the article.
struct Weaver {
  let root: URL
  let results: Results
  let references: References
  var figures = 0
  var deviations: [(chapter: String, text: String)] = []
  var notes: [String] = []
  var missing = 0

  init(root: URL, results: Results, references: References) {
    (self.root, self.results, self.references) = (root, results, references)
  }

  /// Where a piece of prose stands.
  struct WeaveContext {
    let path: String
    /// What anchors begin with: "chapter3".
    let anchor: String
    /// The program that is the chapter; nil for the introduction.
    let program: String?
    /// What readers call it.
    var title: String
    /// How deep the heading is under which code is folded away.
    var foldedBelow: Int?
    /// The files of results that were shown.
    var shown: Set<String> = []

    init(path: String, anchor: String, program: String?) {
      (self.path, self.anchor, self.program) = (path, anchor, program)
      title = anchor
    }
  }

  mutating func weave(introduction path: String) throws -> String {
    let prose = lines(of: try source(path, in: root))
    try checkBlocksAreClosed(in: prose, of: path)
    var place = WeaveContext(path: path, anchor: "introduction", program: nil)
    return try weave(prose: prose, at: &place)
  }

  mutating func weave(chapter: ChapterFolder) throws -> String {
    let literate = try LiterateSource(source(chapter.path, in: root), path: chapter.path)
    guard case .prose(let opening)? = literate.blocks.first, opening[0].text.hasPrefix("# ") else {
      throw Failure("\(chapter.path):1: found no title, expected a comment that begins with // # ")
    }
    var place = WeaveContext(path: chapter.path, anchor: chapter.program, program: chapter.program)
    var parts: [String] = []
    for block in literate.blocks {
      switch block {
      case .prose(let prose): parts.append(try weave(prose: prose, at: &place))
      case .code(let code): parts.append(listing(code, isFolded: place.foldedBelow != nil))
      }
    }
    let tables = results.shown(chapter.program)?.tables.filter { !place.shown.contains($0) } ?? []
    for table in tables { parts.append(try self.table(table, of: chapter.program)) }
    return parts.joined(separator: "\n\n")
  }

  private func listing(_ code: [LiterateSource.Line], isFolded: Bool) -> String {
    let listing = fenced(code.map(\.text).joined(separator: "\n"))
    guard isFolded else { return listing }
    return """
      <details>
      <summary>\(code.count) \(code.count == 1 ? "line" : "lines") of code</summary>

      \(listing)

      </details>
      """
  }
}

/// Swift in a fence that no comment in it closes.
func fenced(_ code: String) -> String { "~~~~ {.swift}\n\(code)\n~~~~" }

// MARK: - Lists at the end

extension Weaver {
  /// All that differs from the article, with links to where it is told.
  var listOfDeviations: String {
    guard !deviations.isEmpty else { return "" }
    let items = deviations.enumerated().map { index, deviation in
      "- [\(deviation.chapter)](#deviation-\(index + 1)): \(deviation.text)"
    }
    return "# What differs from the article {#deviations}\n\n" + items.joined(separator: "\n")
  }

  /// Which run each chapter shows.
  func listOfRuns(_ chapters: [ChapterFolder]) -> String {
    let items = chapters.map { chapter in
      let origin = results.shown(chapter.program)?.origin
      return "- [\(chapter.program)](#\(chapter.program)): "
        + (origin ?? notRun(chapter.program))
    }
    return "# Where the numbers come from {#runs}\n\n" + items.joined(separator: "\n")
  }

  func notRun(_ program: String) -> String { "[not run yet: `make \(program)`]{.missing}" }
}
