import ChapterKit
import Files
import Foundation

/// Pandoc, converting the article's Markdown in a folder of its own.
///
/// Files have relative names there, because Pandoc takes a path with % or # for an address.
final class Pandoc {
  /// Pandoc's warnings, without repetitions, such as a picture that it does not find or an option that will be removed.
  private(set) var warnings: [String] = []

  private let program: ExternalProgram
  private let folder: URL

  /// Puts the settings, the page's template and its script into `folder`.
  ///
  /// - Parameter root: The package's folder.
  /// - Throws: ``Failure`` if Pandoc is not installed; `FileError`.
  init(root: URL, in folder: URL) throws {
    guard let program = ExternalProgram("pandoc") else {
      throw Failure(
        "pandoc: found no such program, expected it in PATH to make the article; install it, "
          + "on Debian with apt-get install pandoc")
    }
    (self.program, self.folder) = (program, folder)
    for name in ["pandoc.yaml", "template.html"] {
      try writeFile(
        readFile(at: root.appending(path: "article/\(name)")), to: folder.appending(path: name))
    }
    let code = try readFile(at: root.appending(path: "article/try.js"))
    try writeFile(
      Data("<script>\n".utf8) + code + Data("</script>\n".utf8),
      to: folder.appending(path: "try.html"))
  }

  /// Converts Markdown into an HTML page with its controls.
  ///
  /// - Throws: ``Failure`` if Pandoc fails; ``Interruption``; `FileError`.
  func page(_ markdown: String) throws -> Data {
    let page = try convert(
      markdown, ["--to=html5", "--template=template.html", "--include-after-body=try.html"])
    guard String(decoding: page.suffix(16), as: UTF8.self).contains("</html>") else {
      throw Failure("pandoc: found a page without an end, expected article.html")
    }
    return page
  }

  /// Converts Markdown into an EPUB.
  ///
  /// - Throws: The errors of ``page(_:)``.
  func book(_ markdown: String) throws -> Data {
    _ = try convert(
      markdown,
      [
        "--to=epub3", "--metadata=lang:en", "--metadata=author:The maintainers",
        "--output=article.epub",
      ])
    return try readFile(at: folder.appending(path: "article.epub"))
  }

  /// Runs Pandoc; returns what it prints.
  private func convert(_ markdown: String, _ arguments: [String]) throws -> Data {
    try writeFile(Data(markdown.utf8), to: folder.appending(path: "article.md"))
    let (status, output, errors) = try run(
      program, ["--defaults=pandoc.yaml"] + arguments + ["article.md"], in: folder)
    guard status == 0 else {
      throw Failure(
        "pandoc: found exit status \(status), expected the article; it reports: \(ending(of: errors))"
      )
    }
    for line in errors.split(whereSeparator: \.isNewline).map(String.init)
    where !warnings.contains(line) {
      warnings.append(line)
    }
    return output
  }
}
