// Weaves the chapters into one article: `make article`.

import ChapterKit
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
    let article = try Article(root: root, out: invocation[out])
    for note in article.notes { invocation.note("weave: note: \(note)") }

    let directory = OutputDirectory(invocation[out])
    try directory.prepare(subdirectories: [])
    try render(article.markdown, with: root.appending(path: "article/template.html"), in: directory)
    let page = directory.file("article.html").path(percentEncoded: false)
    let isPrinted = try printPage(in: directory)
    if article.missing > 0 {
      invocation.note("weave: \(article.missing) figures, tables or numbers are not run yet")
    }
    if !isPrinted {
      invocation.note(
        "weave: found no Chromium in PATH, which would make article.pdf as well")
    }
    invocation.print("weave: open \(page)" + (isPrinted ? ", or article.pdf beside it" : ""))
  })

/// Has Pandoc make the page.
func render(_ markdown: String, with template: URL, in directory: OutputDirectory) throws {
  guard let pandoc = findExecutable("pandoc") else {
    throw Failure(
      "pandoc: found no such program, expected it in PATH to make article.html; install it, "
        + "on Debian with apt-get install pandoc")
  }
  try directory.write(Data(markdown.utf8), to: "article.md")
  defer { try? directory.remove("article.md") }
  let page = directory.partialFile(for: "article.html")
  let (status, said) = try runToEnd(
    pandoc,
    [
      "--from=markdown-implicit_figures", "--to=html5", "--template", template.path,
      "--toc", "--toc-depth=3", "--mathml", "--wrap=none", "--shift-heading-level-by=1",
      "--output", page.path(percentEncoded: false),
      directory.file("article.md").path(percentEncoded: false),
    ], in: URL.currentDirectory(), keepingErrors: true)
  guard status == 0, said.isEmpty else {
    try? FileManager.default.removeItem(at: page)
    throw Failure("pandoc: found \(said), expected article.html (exit status \(status))")
  }
  try directory.complete("article.html")
}

/// Chromium or Chrome, by the names they have on Debian, elsewhere, and on macOS.
func findBrowser() -> URL? {
  let chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  return ["chromium", "chromium-browser", "google-chrome"].lazy.compactMap(findExecutable).first
    ?? (FileManager.default.isExecutableFile(atPath: chrome) ? URL(filePath: chrome) : nil)
}

/// Has a browser print the page, which makes the PDF look as the page does; false where there is no
/// browser.
func printPage(in directory: OutputDirectory) throws -> Bool {
  // What an earlier page looked like would be misleading.
  if directory.content(of: "article.pdf") != nil { try directory.remove("article.pdf") }
  guard let browser = findBrowser() else { return false }
  let profile = FileManager.default.temporaryDirectory.appending(path: "weave-\(UUID())")
  defer { try? FileManager.default.removeItem(at: profile) }
  let pdf = directory.partialFile(for: "article.pdf")
  // The sandbox does not work for root; the page is our own and runs no script.
  let (status, said) = try runToEnd(
    browser,
    [
      "--headless", "--disable-gpu", "--no-pdf-header-footer",
      "--user-data-dir=\(profile.path(percentEncoded: false))",
      "--print-to-pdf=\(pdf.absoluteURL.path(percentEncoded: false))",
      directory.file("article.html").absoluteURL.absoluteString,
    ] + (geteuid() == 0 ? ["--no-sandbox"] : []),
    in: URL.currentDirectory(), keepingErrors: true)
  guard status == 0, FileManager.default.fileExists(atPath: pdf.path(percentEncoded: false)) else {
    throw Failure(
      "\(browser.lastPathComponent): found exit status \(status), expected article.pdf; it says "
        + said.suffix(300))
  }
  try directory.complete("article.pdf")
  return true
}
