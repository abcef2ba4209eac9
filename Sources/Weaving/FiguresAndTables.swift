import ChapterKit
import Foundation

// Figures, tables and definitions, which are paragraphs of their own.

extension Weaver {
  /// Replaces `![Caption](picture.png "alternative text")` by a picture of this chapter's results, or a
  /// table.
  mutating func figure(
    _ paragraph: [LiterateSource.Line], at place: inout WeaveContext
  ) throws -> String {
    let text = paragraph.map(\.text).joined(separator: " ")
    func failure(_ message: String) -> Failure {
      Failure("\(place.path):\(paragraph[0].number): \(message)")
    }
    guard let match = text.wholeMatch(of: /!\[(.*)\]\(([^ )]+)(?: "([^"]+)")?\)\s*/),
      let program = place.program
    else {
      throw failure(
        "found \(text), expected ![caption](picture.png \"alternative text\") in a chapter")
    }
    let file = String(match.2)
    let known = results.files(program)
    guard known.isEmpty || known.contains(file) else {
      throw failure(
        "found the figure \(file), expected a file that make \(program) writes: "
          + known.sorted().joined(separator: ", "))
    }
    place.shown.insert(file)
    if file.hasSuffix(".md") { return try table(file, of: program) }
    guard let alternative = match.3 else {
      throw failure("found no alternative text of \(file), expected it in quotes after the name")
    }
    let caption = LiterateSource.Line(paragraph[0].number, String(match.1))
    return try picture(
      file, of: program, caption: try inline([caption], at: place),
      alternative: String(alternative))
  }

  /// Returns a numbered figure with its caption and its origin.
  private mutating func picture(
    _ file: String, of program: String, caption: String, alternative: String
  ) throws -> String {
    figures += 1
    let result = results.shown(program)
    var (image, origin) = (notRun(program), "`make \(program)`")
    if let result, let content = try result.content(of: file) {
      image = "<img src=\"\(dataURI(content, of: file))\" alt=\"\(attribute(alternative))\">"
      origin = result.origin
    } else {
      missing += 1
    }
    let banner = result?.record.warning.map { "\n\(self.banner($0))\n" } ?? ""
    return """
      <figure id="\(program)-\(anchorPart(file))">
      \(banner)
      ::: {.picture}
      \(image)
      :::

      <figcaption>

      **Figure \(figures).** \(caption)

      [\(origin)]{.origin}

      </figcaption>
      </figure>
      """
  }

  /// Returns a table that a run has written.
  mutating func table(_ file: String, of program: String) throws -> String {
    guard let result = results.shown(program), let content = try result.content(of: file) else {
      missing += 1
      return "::: {.notice}\n\(notRun(program))\n:::"
    }
    let banner = result.record.warning.map { "\(self.banner($0))\n\n" } ?? ""
    let text = String(decoding: content, as: UTF8.self)
    return "\(banner)::: {#\(program)-\(anchorPart(file)) .table}\n\(text)\n:::"
  }

  /// Replaces `[[Sources/MixMatch/Sharpening.swift: sharpen]]` by that definition.
  func definition(_ paragraph: [LiterateSource.Line], at place: WeaveContext) throws -> String {
    let text = paragraph.map(\.text).joined(separator: " ")
    func failure(_ message: String) -> Failure {
      Failure("\(place.path):\(paragraph[0].number): \(message)")
    }
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

/// Escapes a text for an HTML attribute.
private func attribute(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
}
