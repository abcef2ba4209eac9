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
  .text("NAME", expecting: "the name of a chapter's program"),
  "the only chapter to show, such as own, in OUT/NAME.html, .pdf and .epub (default: the whole article)"
)

let program = Program(
  "weave",
  summary:
    "Makes the article from the chapters' sources and results: OUT/article.html, a page that needs\n"
    + "no other file, and OUT/article.pdf and OUT/article.epub. The results of a chapter come from OUT, or\n"
    + "from results/ if OUT has none.",
  options: [out, chapter])

/// Makes the article, and writes it to OUT.
///
/// - Parameters:
///   - invocation: The options.
///   - scratch: The folder in which Pandoc and the browser write; only complete files are written to OUT.
/// - Throws: An error in one line; ``Interruption`` if a signal has asked this process to end.
func writeArticle(_ invocation: Invocation, in scratch: URL) throws {
  let root = URL.currentDirectory()
  let article = try Article(root: root, out: invocation[out], only: invocation[chapter])
  let name = invocation[chapter] ?? "article"
  for note in article.notes { invocation.note("weave: note: \(note)") }

  if let program = article.recordedProgram {
    invocation.note(
      "weave: \(invocation[out].shortPath) has no record of \(program); the page shows the results that are "
        + "recorded in results/")
  }

  let directory = OutputDirectory(invocation[out])
  let created = try directory.prepare(subdirectories: ["cache/weave"])
  defer { removeFoldersIfEmpty(created) }
  let lock = try RunLock(directory.file("cache/weave/.lock"), for: "weave")
  defer { lock.release() }
  // A book cannot link to files beside it, and a PDF would contain their full paths.
  let text = withoutFileLinks(article.markdown)
  let pandoc = try Pandoc(root: root, in: scratch)
  var files = [
    ("\(name).html", try pandoc.page(article.markdown)), ("\(name).epub", try pandoc.book(text)),
  ]
  let pdf = try printed(try pandoc.page(text), in: scratch)
  for warning in pandoc.warnings { invocation.note("weave: pandoc: \(warning)") }
  if let pdf { files.append(("\(name).pdf", pdf)) }
  try directory.write(files)
  // A PDF of an earlier page would be misleading.
  if pdf == nil { try directory.remove("\(name).pdf") }
  if article.missingCount > 0 {
    invocation.note(
      "weave: missing figures, tables and numbers: \(article.missingCount); the page names the commands that make "
        + "them")
  }
  if pdf == nil {
    invocation.note("weave: found no Chromium in PATH, which is needed to make \(name).pdf")
  }
  let file = directory.file("\(name).html").filePath
  invocation.print(
    "weave: open \(file), or beside it \(pdf == nil ? "" : "\(name).pdf and ")\(name).epub")
}

exit(
  program.run { invocation in
    let signals = StopSignals.ofProcess
    signals.watch()
    defer { signals.release() }
    try withTemporaryFolder(named: "weave") { try writeArticle(invocation, in: $0) }
  })

/// Runs a program that makes a part of the article.
///
/// - Throws: ``Interruption`` if a signal has asked this process to end meanwhile, after the program has ended.
func run(_ program: ExternalProgram, _ arguments: [String], in directory: URL) throws -> (
  status: Int32, output: Data, errors: String
) {
  try StopSignals.ofProcess.run(program, arguments, in: directory) {
    Interruption("interrupted; the files in OUT are as before", by: $0, resumes: false)
  }
}

/// Makes the figures of a page groups of a picture and its caption. For the browser's PDF the figure would be
/// another picture around the one with the alternative text, without such a text itself.
func withFiguresAsGroups(_ page: Data) -> Data {
  Data(
    String(decoding: page, as: UTF8.self).replacing("<figure ", with: "<figure role=\"group\" ")
      .utf8)
}

/// Returns the end of a program's error messages in one line.
func ending(of errors: String) -> String {
  String(errors.split(whereSeparator: \.isNewline).joined(separator: " ").suffix(300))
}

/// Finds Chromium or Chrome by its names on Debian, on other systems, and on macOS.
func findBrowser() -> ExternalProgram? {
  if let browser = ["chromium", "chromium-browser", "google-chrome"].lazy
    .compactMap({ ExternalProgram($0) }).first
  {
    return browser
  }
  let chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  return unsafe access(chrome, X_OK) == 0 ? ExternalProgram(at: URL(filePath: chrome)) : nil
}

/// Prints a page with a browser, so that the PDF looks like the page.
///
/// - Returns: The PDF; nil if no browser is installed.
func printed(_ page: Data, in scratch: URL) throws -> Data? {
  guard let browser = findBrowser() else { return nil }
  let source = scratch.appending(path: "article.html")
  try writeFile(withFiguresAsGroups(page), to: source)
  let pdf = scratch.appending(path: "article.pdf")
  // Chromium's sandbox does not work for root; the page and its script are our own.
  let (status, _, errors) = try run(
    browser,
    [
      "--headless", "--disable-gpu", "--no-pdf-header-footer",
      "--user-data-dir=\(scratch.appending(path: "profile").filePath)",
      "--print-to-pdf=\(pdf.filePath)", source.absoluteString,
    ] + (geteuid() == 0 ? ["--no-sandbox"] : []), in: scratch)
  let content = try readFileIfPresent(at: pdf) ?? Data()
  let end = String(decoding: content.suffix(16), as: UTF8.self)
  guard status == 0, end.contains("%%EOF") else {
    let found = status == 0 ? "no complete file" : "exit status \(status)"
    throw Failure(
      "\(browser.executable.lastPathComponent): found \(found), expected a PDF of the article; "
        + "it reports: \(ending(of: errors))")
  }
  return content
}
