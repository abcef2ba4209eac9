import ChapterKit
import Foundation

// Figures, tables and definitions, which are paragraphs of their own.

extension Weaver {
  /// Replaces `![Caption](picture.png "alternative text")` by a picture of this chapter's results, or a
  /// table; `program:picture.png` is a picture of another program.
  mutating func figure(
    _ paragraph: [LiterateSource.Line], at context: inout WeaveContext
  ) throws -> String {
    let text = paragraph.map(\.text).joined(separator: " ")
    func failure(_ message: String) -> Failure { context.failure(message, at: paragraph[0]) }
    guard let match = text.wholeMatch(of: /!\[(.*)\]\((?:(\w+):)?([^ )]+)(?: "([^"]+)")?\)\s*/),
      let program = match.2.map(String.init) ?? context.program
    else {
      throw failure(
        "found \(text), expected ![caption](picture.png \"alternative text\") in a chapter")
    }
    let file = String(match.3)
    guard results.hasChapter(program) else {
      throw failure(
        "found a figure of \(program), expected one of \(results.programs.joined(separator: ", "))")
    }
    let known = results.files(program)
    guard known.isEmpty || known.contains(file) else {
      throw failure(
        "found the figure \(file), expected a file that make \(program) writes: "
          + known.sorted().joined(separator: ", "))
    }
    if program == context.program { context.shown.insert(file) }
    if file.hasSuffix(".md") { return try table(file, of: program) }
    guard let alternative = match.4 else {
      throw failure("found no alternative text of \(file), expected it in quotes after the name")
    }
    let caption = LiterateSource.Line(paragraph[0].number, String(match.1))
    return try picture(
      file, of: program, in: context.anchor, caption: try inline([caption], at: context),
      alternative: String(alternative))
  }

  /// Returns a numbered figure with its caption, its origin, and links to its script and data.
  private mutating func picture(
    _ file: String, of program: String, in chapter: String, caption: String, alternative: String
  ) throws -> String {
    figureCount += 1
    let result = results.shown(program)
    var (image, origin) = (notRun(program), "`make \(program)`")
    if let result, let content = try result.content(of: file) {
      image = "<img src=\"\(dataURI(content, of: file))\" alt=\"\(htmlEscaped(alternative))\" />"
      origin = "\(result.origin)\n\n\(sources(of: file, result))"
    } else {
      missingCount += 1
    }
    let banner = result?.record.warning.map { "\n\(self.banner($0))\n" } ?? ""
    return """
      <figure id="\(chapter)-\(anchorPart(file))">
      \(banner)
      ::: {.picture}
      \(image)
      :::

      <figcaption>

      **Figure \(figureCount).** \(caption)

      ::: {.origin}
      \(origin)
      :::

      </figcaption>
      </figure>
      """
  }

  /// Returns links to the script and the data of a figure.
  private func sources(of file: String, _ result: Results.ChapterResult) -> String {
    guard let figure = result.record.files.first(where: { $0.path == file })?.figure else {
      return ""
    }
    let data = figure.data.map { name in
      let path = DataFile.path(name)
      // Pixels of a picture that is recorded itself are not kept.
      return result.hasFile(path)
        ? fileLink(path, at: result.path(of: path))
        : "`\(path)` (not recorded: the pixels shown above)"
    }
    return
      (["script " + fileLink("figures/\(figure.script).gp")] + [
        "data " + data.joined(separator: ", ")
      ])
      .joined(separator: " · ")
  }

  /// Returns a link to a file of the repository or of the results, with its path as text.
  ///
  /// The PDF has the text only, because the browser would write the full path of the file into it.
  func fileLink(_ path: String, at location: URL? = nil) -> String {
    let file = location ?? root.appending(path: path)
    return "[`\(path)`](\(relativePath(of: file, from: out))){.file}"
  }

  /// Returns a table that a run has written; its numbers are links to their metrics, and it becomes a list
  /// of cards where it would be too wide.
  mutating func table(_ file: String, of program: String) throws -> String {
    guard let result = results.shown(program), let content = try result.content(of: file) else {
      missingCount += 1
      return "::: {.notice}\n\(notRun(program))\n:::"
    }
    let banner = result.record.warning.map { "\(self.banner($0))\n\n" } ?? ""
    let parts = String(decoding: content, as: UTF8.self).split(separator: "\n").map(String.init)
    let rows = parts.filter { $0.hasPrefix("|") }.map { TableCell.cells(ofLine: $0) }
    let around = parts.filter { !$0.hasPrefix("|") && !$0.isEmpty }
    guard rows.count > 1, around.count == 2,
      let heading = around[0].wholeMatch(of: /\*\*(.+?)\.\*\* ?(.*)/)
    else {
      throw Failure(
        "\(file): found no table with title and origin, expected one of make \(program)")
    }
    return """
      \(banner)::: {#\(program)-\(anchorPart(file)) .table}
      **\(verbatim(fromMarkdown: heading.1)).** \(verbatim(fromMarkdown: heading.2))

      \(html(rows))

      ::: {.origin}
      \(codeSpan(result.record.command)) · \(verbatim(fromMarkdown: around[1]))\(dataLink(of: file, result))
      :::
      :::
      """
  }

  /// Returns a link to the data file that a run writes beside a table; empty if there is none.
  private func dataLink(of table: String, _ result: Results.ChapterResult) -> String {
    let path = DataFile.path(String(table.dropLast(".md".count)))
    return result.hasFile(path) ? " · data \(fileLink(path, at: result.path(of: path)))" : ""
  }

  /// Returns a table in HTML, whose cells name their columns for narrow pages; the second row is the line
  /// below the header.
  private func html(_ rows: [[TableCell]]) -> String {
    let header = rows[0].map(\.text)
    let body = rows.dropFirst(2)
    let isWordy = body.joined().contains { $0.text.count > 44 }
    func line(_ cells: [TableCell]) -> String {
      let written = zip(header, cells).enumerated().map { index, cell in
        let isName = index == 0
        // XHTML, and with it an EPUB, has no attribute without a value.
        let label =
          isName || cell.0.isEmpty ? "" : " data-label=\"\(htmlEscaped(cell.0))\""
        // Pandoc writes a line break into an empty cell, so that :empty does not find it.
        let isEmpty = cell.1.parts.isEmpty ? " class=\"empty\"" : ""
        return
          "<\(isName ? "th scope=\"row\"" : "td")\(label)\(isEmpty)>\(linked(cell.1))</\(isName ? "th" : "td")>"
      }
      return "<tr>\(written.joined())</tr>"
    }
    let head = header.map { "<th scope=\"col\">\(verbatim($0))</th>" }.joined()
    return
      "<table class=\"cards\(isWordy ? " wordy" : "")\">\n<thead><tr>\(head)</tr></thead>\n<tbody>\n"
      + body.map(line).joined(separator: "\n") + "\n</tbody>\n</table>"
  }

  /// Returns a cell whose cited numbers are links to the sources of the numbers, without a line break before a per
  /// cent sign.
  private func linked(_ cell: TableCell) -> String {
    cell.parts.map { part in
      switch part {
      case .text(let text): return verbatim(text.replacing(" %", with: "\u{A0}%"))
      case .cited(let text, let metric, let program):
        let digits = verbatim(text.replacing(" ", with: "\u{A0}"))
        guard let record = results.shown(program)?.record else { return digits }
        return cited(digits, metric, of: record, warns: false)
      }
    }.joined()
  }

  /// Replaces `[[Sources/MixMatch/Sharpening.swift: sharpen]]` by that definition.
  func definition(_ paragraph: [LiterateSource.Line], at context: WeaveContext) throws -> String {
    let text = paragraph.map(\.text).joined(separator: " ")
    func failure(_ message: String) -> Failure { context.failure(message, at: paragraph[0]) }
    guard let match = text.wholeMatch(of: /\[\[(\S+): (\S+)\]\]\s*/) else {
      throw failure("found \(text), expected [[file: name]]")
    }
    let (path, name) = (String(match.1), String(match.2))
    guard let content = try? source(path, in: root) else {
      throw failure("found the file \(path), expected an existing file")
    }
    guard let definition = Weaving.definition(of: name, in: content) else {
      throw failure("found the definition \(name), expected a declaration in \(path)")
    }
    return "::: {.definition}\n`\(path)`\n\n\(fenced(definition))\n:::"
  }
}

/// Returns `text` in Pandoc's Markdown, which the page shows unchanged.
func verbatim(_ text: String) -> String {
  // Any bracket could begin a link: Pandoc takes the title of a section in brackets for a link to it.
  markdownEscaped(text).replacing("[", with: "\\[")
}

/// Returns text that is in the Markdown of a table in Pandoc's Markdown.
private func verbatim(fromMarkdown text: some StringProtocol) -> String {
  verbatim(TableCell(markdown: text).text)
}

/// Returns `code` between more backticks than it contains.
func codeSpan(_ code: String) -> String {
  let longest = code.matches(of: /`+/).map { $0.0.count }.max() ?? 0
  let fence = String(repeating: "`", count: longest + 1)
  return longest == 0 ? fence + code + fence : "\(fence) \(code) \(fence)"
}

/// Returns the path of `file` from `directory` as a relative address, with parent directories where necessary, and with
/// other characters than letters, digits and a few others as %XX.
private func relativePath(of file: URL, from directory: URL) -> String {
  let a = file.absoluteURL.standardizedFileURL.pathComponents
  let b = directory.absoluteURL.standardizedFileURL.pathComponents
  let shared = zip(a, b).prefix { $0 == $1 }.count
  let steps = Array(repeating: "..", count: b.count - shared) + a.dropFirst(shared)
  let plain = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
  return steps.map { $0.addingPercentEncoding(withAllowedCharacters: plain) ?? $0 }
    .joined(separator: "/")
}
