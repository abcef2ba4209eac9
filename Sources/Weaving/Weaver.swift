import ChapterKit
import Foundation

/// A converter of chapters into Pandoc's Markdown that numbers figures and collects departures from the
/// article.
struct Weaver {
  /// The root of the repository.
  let root: URL
  /// The directory of the page and of the results of the user's own runs.
  let out: URL
  let results: Results
  let references: References
  /// The number of figures so far.
  var figureCount = 0
  /// The titles of the chapters so far, by their programs.
  var titles: [String: String] = [:]
  /// The departures from the article so far, each with the section that states it.
  var departures: [(section: String, text: String)] = []
  /// Notes for the author of the article.
  var notes: [String] = []
  /// The number of missing figures, tables and numbers so far.
  var missingCount = 0
  /// The programs whose numbers are missing in the paragraph.
  var missingPrograms: Set<String> = []

  init(root: URL, out: URL, results: Results, references: References) {
    (self.root, self.out, self.results, self.references) = (root, out, results, references)
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
    /// Whether the next code block is folded.
    var foldsNext = false
    /// The title of the section.
    var section = ""
    /// The figures and tables that were shown so far.
    var shown: Set<String> = []

    init(path: String, anchor: String, program: String?) {
      (self.path, self.anchor, self.program) = (path, anchor, program)
      title = anchor
    }

    /// The error for a line of the source.
    func failure(_ message: String, at line: LiterateSource.Line) -> Failure {
      Failure("\(path):\(line.number): \(message)")
    }
  }

  /// Converts a part of the article without code, such as the introduction, with its anchor.
  mutating func weave(part path: String, anchor: String) throws -> String {
    let prose = lines(of: try source(path, in: root))
    try checkBlocksAreClosed(in: prose, of: path)
    var context = WeaveContext(path: path, anchor: anchor, program: nil)
    return try weave(prose: prose, at: &context)
  }

  /// Converts a chapter or an appendix; tables that it does not show itself are added at its end.
  mutating func weave(chapter: ChapterFolder) throws -> String {
    let literate = try LiterateSource(source(chapter.path, in: root), path: chapter.path)
    guard case .prose(let opening)? = literate.blocks.first, opening[0].text.hasPrefix("# ") else {
      throw Failure("\(chapter.path):1: found no title, expected a comment that begins with // # ")
    }
    var context = WeaveContext(
      path: chapter.path, anchor: chapter.program, program: chapter.program)
    var parts: [String] = []
    for block in literate.blocks {
      switch block {
      case .prose(let prose): parts.append(try weave(prose: prose, at: &context))
      case .code(let code):
        let isFolded = context.foldedBelow != nil || context.foldsNext
        parts.append(listing(code, of: chapter.path, isFolded: isFolded))
        context.foldsNext = false
      }
    }
    titles[chapter.program] = context.title
    let tables = results.shown(chapter.program)?.tables.filter { !context.shown.contains($0) } ?? []
    for table in tables { parts.append(try self.table(table, of: chapter.program)) }
    return parts.joined(separator: "\n\n")
  }

  /// Returns a code block, folded if requested; a folded one names its place, which print shows instead.
  private func listing(_ code: [LiterateSource.Line], of path: String, isFolded: Bool) -> String {
    let listing = fenced(code.map(\.text).joined(separator: "\n"))
    guard isFolded, let first = code.first?.number, let last = code.last?.number else {
      return listing
    }
    let place = first == last ? "line \(first)" : "lines \(first)–\(last)"
    return """
      <details>
      <summary>code: \(path), \(place)</summary>

      \(listing)

      </details>
      """
  }
}

/// Returns a code block whose fence cannot occur in comments.
func fenced(_ code: String) -> String { "~~~~ {.swift}\n\(code)\n~~~~" }

// MARK: - Lists at the end

extension Weaver {
  /// The list of departures from the article, each with a link to the section that states it.
  var listOfDepartures: String {
    guard !departures.isEmpty else { return "" }
    let items = departures.enumerated().map { index, departure in
      // A symbol stays as it is.
      let first = departure.text.prefix(1)
      let isLetter = first.allSatisfy(\.isASCII)
      let text = (isLetter ? first.uppercased() : String(first)) + departure.text.dropFirst()
      return "- \(text) ([\(departure.section)](#departure-\(index + 1)))"
    }
    return "# Departures {#departures}\n\n" + items.joined(separator: "\n")
  }

  /// Returns the placeholder for results of a chapter that has not been run.
  func notRun(_ program: String) -> String { "[not run yet: `make \(program)`]{.missing}" }
}
