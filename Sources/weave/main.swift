// Weaves the chapters into one article: `make article`.

import ChapterKit
import Files
import Foundation
import Weaving

let out = CommandLineOption(
  "out", .directory, default: URL(filePath: "figures"),
  "the directory with the results, which also receives the article")

let chapter = CommandLineOption(
  "chapter",
  OptionArgument<String>("NAME", expecting: "the name of a chapter's program") {
    $0.isEmpty ? nil : $0
  },
  "the only chapter to show, such as own, in OUT/NAME.html and OUT/NAME.pdf (default: the whole article)"
)

let program = Program(
  "weave",
  summary:
    "Makes the article from the chapters' sources and results: OUT/article.html, a page that needs\n"
    + "no other file, and OUT/article.pdf. The results of a chapter come from OUT, or from results/\n"
    + "if OUT has none.",
  options: [out, chapter])

exit(
  program.run { invocation in
    let root = URL.currentDirectory()
    // Pandoc and the browser write here; only complete files are moved to OUT.
    let scratch = URL.temporaryDirectory.appending(path: "weave-\(UUID())")
    try makeFolder(at: scratch)
    defer { removeTree(at: scratch) }
    let article = try Article(root: root, out: invocation[out], only: invocation[chapter])
    let name = invocation[chapter] ?? "article"
    for note in article.notes { invocation.note("weave: note: \(note)") }

    let directory = OutputDirectory(invocation[out])
    try directory.prepare(subdirectories: [])
    let page = try render(
      article.markdown, with: root.appending(path: "article/template.html"), in: scratch)
    try directory.write(page, to: "\(name).html")
    let isPrinted = try printPage(name, in: directory, scratch: scratch)
    if article.missing > 0 {
      invocation.note(
        "weave: \(article.missing) figures, tables or numbers are missing because their chapter has "
          + "not been run")
    }
    if !isPrinted {
      invocation.note("weave: found no Chromium in PATH, which is needed to make \(name).pdf")
    }
    let file = directory.file("\(name).html").filePath
    invocation.print("weave: open \(file)" + (isPrinted ? ", or \(name).pdf beside it" : ""))
  })

/// Converts the article's Markdown into an HTML page with Pandoc.
func render(_ markdown: String, with template: URL, in scratch: URL) throws -> Data {
  guard let pandoc = ExternalProgram("pandoc") else {
    throw Failure(
      "pandoc: found no such program, expected it in PATH to make article.html; install it, "
        + "on Debian with apt-get install pandoc")
  }
  let source = scratch.appending(path: "article.md")
  try writeFile(Data(markdown.utf8), to: source)
  let (status, page, errors) = try pandoc.run([
    "--from=markdown-implicit_figures", "--to=html5", "--template", template.filePath,
    "--toc", "--toc-depth=3", "--mathml", "--wrap=none", "--shift-heading-level-by=1",
    source.filePath,
  ])
  let end = String(decoding: page.suffix(16), as: UTF8.self)
  guard status == 0, errors.isEmpty, end.contains("</html>") else {
    throw Failure(
      "pandoc: found exit status \(status), expected article.html; it reports: \(errors.suffix(300))"
    )
  }
  return page
}

/// Finds Chromium or Chrome by its names on Debian, on other systems, and on macOS.
func findBrowser() -> ExternalProgram? {
  let chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  return ["chromium", "chromium-browser", "google-chrome"].lazy
    .compactMap { ExternalProgram($0) }.first
    ?? (access(chrome, X_OK) == 0 ? ExternalProgram(at: URL(filePath: chrome)) : nil)
}

/// Prints the page NAME.html to NAME.pdf with a browser, so that the PDF looks like the page.
///
/// - Returns: False if no browser is installed.
func printPage(_ name: String, in directory: OutputDirectory, scratch: URL) throws -> Bool {
  // A PDF of an earlier page would be misleading.
  try directory.remove("\(name).pdf")
  guard let browser = findBrowser() else { return false }
  let pdf = scratch.appending(path: "article.pdf")
  // Chromium's sandbox does not work for root; the page is our own and runs no script.
  let (status, _, errors) = try browser.run(
    [
      "--headless", "--disable-gpu", "--no-pdf-header-footer",
      "--user-data-dir=\(scratch.appending(path: "profile").filePath)",
      "--print-to-pdf=\(pdf.filePath)",
      directory.file("\(name).html").absoluteURL.absoluteString,
    ] + (geteuid() == 0 ? ["--no-sandbox"] : []))
  let content = try readFileIfPresent(at: pdf) ?? Data()
  let end = String(decoding: content.suffix(16), as: UTF8.self)
  guard status == 0, end.contains("%%EOF") else {
    throw Failure(
      "\(browser.executable.lastPathComponent): found exit status \(status), expected \(name).pdf; "
        + "it reports: \(errors.suffix(300))")
  }
  try directory.write(content, to: "\(name).pdf")
  return true
}
