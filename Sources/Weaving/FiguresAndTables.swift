import ChapterKit
import Foundation

// What stands between paragraphs: figures, tables, definitions.

extension Weaver {
  /// `![Caption](picture.png "alternative text")`: a picture of this chapter's run, or a table.
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
        "found the figure \(file), expected one that make \(program) draws: "
          + known.sorted().joined(separator: ", "))
    }
    place.shown.insert(file)
    if file.hasSuffix(".md") { return try table(file, of: program) }
    guard let alternative = match.3 else {
      throw failure("found no alternative text of \(file), expected it in quotes behind the name")
    }
    let caption = LiterateSource.Line(paragraph[0].number, String(match.1))
    return try picture(
      file, of: program, caption: try inline([caption], at: place),
      alternative: String(alternative))
  }

  private mutating func picture(
    _ file: String, of program: String, caption: String, alternative: String
  ) throws -> String {
    figures += 1
    let found = results.shown(program)
    var (image, origin) = (notRun(program), "`make \(program)`")
    if let found, let content = try found.content(of: file) {
      image = "<img src=\"\(dataURI(content, of: file))\" alt=\"\(attribute(alternative))\">"
      origin = found.origin
    } else {
      missing += 1
    }
    let banner = found?.record.warning.map { "\n\(self.banner($0))\n" } ?? ""
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

  /// A table that a run has written.
  mutating func table(_ file: String, of program: String) throws -> String {
    guard let found = results.shown(program), let content = try found.content(of: file) else {
      missing += 1
      return "::: {.notice}\n\(notRun(program))\n:::"
    }
    let banner = found.record.warning.map { "\(self.banner($0))\n\n" } ?? ""
    let text = String(decoding: content, as: UTF8.self)
    return "\(banner)::: {#\(program)-\(anchorPart(file)) .table}\n\(text)\n:::"
  }

  /// `[[Sources/MixMatch/Sharpening.swift: sharpen]]`: a definition as it stands there.
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
      throw failure("found the file \(path), expected one that is there")
    }
    guard let definition = Weaving.definition(of: name, in: content) else {
      throw failure("found the definition \(name), expected one that \(path) has")
    }
    return "::: {.definition}\n`\(path)`\n\n\(fenced(definition))\n:::"
  }
}

/// A picture as part of the page, which so needs no other file.
private func dataURI(_ content: Data, of file: String) -> String {
  let type = file.hasSuffix(".svg") ? "image/svg+xml" : "image/png"
  return "data:\(type);base64,\(content.base64EncodedString())"
}

private func attribute(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
}
