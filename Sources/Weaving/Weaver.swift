import ChapterKit
import Foundation

/// A converter of chapters into Pandoc's Markdown that numbers figures and collects deviations from the
/// article.
struct Weaver {
  /// The root of the repository.
  let root: URL
  let results: Results
  let references: References
  /// The number of figures so far.
  var figures = 0
  /// The deviations from the article so far.
  var deviations: [(chapter: String, text: String)] = []
  /// Notes for the author of the article.
  var notes: [String] = []
  /// The number of missing figures, tables and numbers so far.
  var missing = 0

  init(root: URL, results: Results, references: References) {
    (self.root, self.results, self.references) = (root, results, references)
  }

  /// The position of a piece of prose in the article.
  struct WeaveContext {
    /// The path of the source.
    let path: String
    /// The prefix of anchors: "chapter3".
    let anchor: String
    /// The chapter's program; nil for the introduction.
    let program: String?
    /// The title of the chapter.
    var title: String
    /// The level of the heading below which code is folded; nil if code is not folded.
    var foldedBelow: Int?
    /// The figures and tables that were shown so far.
    var shown: Set<String> = []

    init(path: String, anchor: String, program: String?) {
      (self.path, self.anchor, self.program) = (path, anchor, program)
      title = anchor
    }
  }

  /// Converts the introduction.
  mutating func weave(introduction path: String) throws -> String {
    let prose = lines(of: try source(path, in: root))
    try checkBlocksAreClosed(in: prose, of: path)
    var place = WeaveContext(path: path, anchor: "introduction", program: nil)
    return try weave(prose: prose, at: &place)
  }

  /// Converts a chapter or an appendix; tables that it does not show itself are added at its end.
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

  /// Returns a code block, folded if requested.
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

/// Returns a code block whose fence cannot occur in comments.
func fenced(_ code: String) -> String { "~~~~ {.swift}\n\(code)\n~~~~" }

// MARK: - Lists at the end

extension Weaver {
  /// The list of deviations from the article, with links.
  var listOfDeviations: String {
    guard !deviations.isEmpty else { return "" }
    let items = deviations.enumerated().map { index, deviation in
      "- [\(deviation.chapter)](#deviation-\(index + 1)): \(deviation.text)"
    }
    return "# Deviations from the article {#deviations}\n\n" + items.joined(separator: "\n")
  }

  /// Returns the list of the runs that the chapters show.
  func listOfRuns(_ chapters: [ChapterFolder]) -> String {
    let items = chapters.map { chapter in
      let origin = results.shown(chapter.program)?.origin
      return "- [\(chapter.program)](#\(chapter.program)): "
        + (origin ?? notRun(chapter.program))
    }
    return "# Sources of the numbers {#runs}\n\n" + items.joined(separator: "\n")
  }

  /// Returns the placeholder for results of a chapter that has not been run.
  func notRun(_ program: String) -> String { "[not run yet: `make \(program)`]{.missing}" }
}
