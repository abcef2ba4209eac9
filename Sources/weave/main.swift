// Weaves the chapters into one article: `make article`.

import ChapterKit
import Files
import Foundation
import Weaving

let out = CommandLineOption(
  "out", .directory, default: URL(filePath: "figures"),
  "where the results are, and where the article goes")

let program = Program(
  "weave",
  summary:
    "Makes OUT/article.html, a page that needs nothing else, and OUT/article.pdf of the chapters'\n"
    + "sources and of what their runs left in OUT; of a chapter that has left nothing there,\n"
    + "the results that are recorded in results/ are shown.",
  options: [out])

exit(
  program.run { invocation in
    let root = URL.currentDirectory()
    // What Pandoc and the browser write gets its place once it is whole.
    let scratch = URL.temporaryDirectory.appending(path: "weave-\(UUID())")
    try makeFolder(at: scratch)
    defer { removeTree(at: scratch) }
    let article = try Article(root: root, out: invocation[out])
    for note in article.notes { invocation.note("weave: note: \(note)") }

    let directory = OutputDirectory(invocation[out])
    try directory.prepare(subdirectories: [])
    let page = try render(
      article.markdown, with: root.appending(path: "article/template.html"), in: scratch)
    try directory.write(page, to: "article.html")
    let isPrinted = try printPage(in: directory, scratch: scratch)
    if article.missing > 0 {
      invocation.note("weave: \(article.missing) figures, tables or numbers are not run yet")
    }
    if !isPrinted {
      invocation.note(
        "weave: found no Chromium in PATH, which would make article.pdf as well")
    }
    let place = directory.file("article.html").filePath
    invocation.print("weave: open \(place)" + (isPrinted ? ", or article.pdf beside it" : ""))
  })

/// The page that Pandoc makes.
func render(_ markdown: String, with template: URL, in scratch: URL) throws -> Data {
  guard let pandoc = findExecutable("pandoc") else {
    throw Failure(
      "pandoc: found no such program, expected it in PATH to make article.html; install it, "
        + "on Debian with apt-get install pandoc")
  }
  let source = scratch.appending(path: "article.md")
  try writeFile(Data(markdown.utf8), to: source)
  let (status, page, errors) = try runToEnd(
    pandoc,
    [
      "--from=markdown-implicit_figures", "--to=html5", "--template", template.filePath,
      "--toc", "--toc-depth=3", "--mathml", "--wrap=none", "--shift-heading-level-by=1",
      source.filePath,
    ], in: URL.currentDirectory())
  let end = String(decoding: page.suffix(16), as: UTF8.self)
  guard status == 0, errors.isEmpty, end.contains("</html>") else {
    throw Failure(
      "pandoc: found exit status \(status), expected article.html; it reports: \(errors.suffix(300))"
    )
  }
  return page
}

/// Chromium or Chrome, by the names they have on Debian, elsewhere, and on macOS.
func findBrowser() -> URL? {
  let chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  return ["chromium", "chromium-browser", "google-chrome"].lazy.compactMap(findExecutable).first
    ?? (access(chrome, X_OK) == 0 ? URL(filePath: chrome) : nil)
}

/// Has a browser print the page, which makes the PDF look as the page does; false where there is no
/// browser.
func printPage(in directory: OutputDirectory, scratch: URL) throws -> Bool {
  // What an earlier page looked like would be misleading.
  try directory.remove("article.pdf")
  guard let browser = findBrowser() else { return false }
  let pdf = scratch.appending(path: "article.pdf")
  // The sandbox does not work for root; the page is our own and runs no script.
  let (status, _, errors) = try runToEnd(
    browser,
    [
      "--headless", "--disable-gpu", "--no-pdf-header-footer",
      "--user-data-dir=\(scratch.appending(path: "profile").filePath)",
      "--print-to-pdf=\(pdf.filePath)",
      directory.file("article.html").absoluteURL.absoluteString,
    ] + (geteuid() == 0 ? ["--no-sandbox"] : []),
    in: URL.currentDirectory())
  let content = try readFileIfPresent(at: pdf) ?? Data()
  let end = String(decoding: content.suffix(16), as: UTF8.self)
  guard status == 0, end.contains("%%EOF") else {
    throw Failure(
      "\(browser.lastPathComponent): found exit status \(status), expected article.pdf; it reports: "
        + errors.suffix(300))
  }
  try directory.write(content, to: "article.pdf")
  return true
}
