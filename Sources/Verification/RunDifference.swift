import ChapterKit
import Files
import Foundation

/// The differences between two runs of a chapter: options, settings, origin, metrics and figures.
package struct RunDifference {
  /// A setting or metric, as it is in both runs.
  package struct Row: Equatable {
    package let name: String
    package let a: String
    package let b: String
    /// The difference of two numbers; empty otherwise.
    package var difference = ""
    /// Whether the values differ; metrics are compared by their unrounded numbers.
    package var differs = true
  }

  /// The name of the chapter's program.
  package let chapter: String
  /// Options, settings, data set, sources and computer, as far as they differ.
  package let settings: [Row]
  /// All metrics of both runs.
  package let metrics: [Row]
  /// The pictures of both runs, by their file names.
  package let pictures: [String]
  /// The record of the chapter in each of the two directories; nil where it was not run.
  package let a, b: RunRecord?

  /// The differences of two records, one of which may be missing.
  package init(_ a: RunRecord?, _ b: RunRecord?) {
    (self.a, self.b) = (a, b)
    chapter = (a ?? b)?.chapter.program ?? ""
    settings = a.flatMap { a in b.map { differingSettings(a, $0) } } ?? []
    metrics = metricRows(a?.metrics ?? [:], b?.metrics ?? [:])
    pictures = Set(
      [a, b].compactMap { $0 }.flatMap(\.files).filter { $0.kind == .figure }.map(\.path)
    ).sorted()
  }

  /// The differences of all chapters that have a record in one of two directories.
  ///
  /// - Throws: An error that names a damaged record, or a directory without any.
  package static func all(_ a: URL, _ b: URL) throws -> [RunDifference] {
    let (first, second) = (try Records(in: a), try Records(in: b))
    let chapters = Set((first.all + second.all).map(\.chapter)).sorted { $0.program < $1.program }
    return chapters.map { RunDifference(first[$0], second[$0]) }
  }

  /// The differences as text for a terminal.
  package var text: String {
    guard let a, let b else { return "\(chapter): only in \(a == nil ? "B" : "A")" }
    let head = "\(chapter)\n  A: \(a.command), \(a.origin)\n  B: \(b.command), \(b.origin)"
    let changed = metrics.filter(\.differs)
    let equal = metrics.count - changed.count
    let rows =
      settings.isEmpty && changed.isEmpty
      ? [] : aligned([["", "A", "B", "B − A"]] + (settings + changed).map(\.cells), widest: 44)
    return ([head] + rows.map { "  \($0)" } + ["  \(equal) of \(metrics.count) metrics are equal"])
      .joined(separator: "\n")
  }
}

extension RunDifference.Row {
  var cells: [String] { [name, a, b, difference] }
}

private func differingSettings(_ a: RunRecord, _ b: RunRecord) -> [RunDifference.Row] {
  func origin(_ record: RunRecord) -> JSONValue {
    let options = record.options ?? [:]
    return .object([
      "command": .text(record.command), "data set": .text(record.dataset?.name ?? "none"),
      "data sha256": .text(record.dataset.map { String($0.sha256.prefix(16)) } ?? "none"),
      "commit": .text(record.commitText),
      "processor": .text(record.processorText),
      "compiler": .text(record.environment?.compiler ?? "not recorded"),
      "threads": .text("\(record.threads)"),
      "seconds": .text(String(format: "%.0f", record.wallSeconds)),
      "settings": record.settings, "options": .object(options.mapValues { .text($0) }),
    ])
  }
  return differences(origin(a), origin(b)).map { .init(name: $0.path, a: $0.a, b: $0.b) }
}

private func metricRows(_ a: [String: Metric], _ b: [String: Metric]) -> [RunDifference.Row] {
  Set(a.keys).union(b.keys).sorted().map { metricRow($0, a[$0], b[$0]) }
}

private func metricRow(_ name: String, _ a: Metric?, _ b: Metric?) -> RunDifference.Row {
  guard let a, let b else {
    return RunDifference.Row(name: name, a: a.map(text) ?? "–", b: b.map(text) ?? "–")
  }
  let difference = b.mean - a.mean
  let differs = !a.hasSameNumbers(as: b)
  // Rounded texts may hide the difference.
  let isHidden = differs && text(a) == text(b)
  return RunDifference.Row(
    name: name, a: isHidden ? allNumbers(a) : text(a), b: isHidden ? allNumbers(b) : text(b),
    difference: difference == 0 ? "" : String(format: "%+.4g", difference), differs: differs)
}

/// A metric with its deviation and number of seeds; the mean has five significant digits.
private func text(_ metric: Metric) -> String {
  let deviation = metric.sd.map { String(format: " ± %.2g", $0) } ?? ""
  return String(format: "%.5g", metric.mean) + deviation
    + (metric.n > 1 ? " (n = \(metric.n))" : "")
}

/// All numbers of a metric, with all of their digits.
private func allNumbers(_ metric: Metric) -> String {
  let deviation = metric.sd.map { " ± \($0)" } ?? ""
  let values = metric.values.map { ": " + $0.map { "\($0)" }.joined(separator: ", ") } ?? ""
  let seeds = metric.seeds.map { ", seeds \($0)" } ?? ""
  return "\(metric.mean)\(deviation) (n = \(metric.n)\(seeds)\(values))"
}

// MARK: - Page

extension RunDifference {
  /// A page that shows the differences of several chapters, with the figures of both runs side by side.
  ///
  /// - Parameters:
  ///   - a, b: The directories of the runs.
  /// - Throws: An error that names a picture that cannot be read, or that is not the recorded one.
  package static func page(_ all: [RunDifference], _ a: URL, _ b: URL) throws -> String {
    let sections = try all.map { try $0.section(a, b) }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <link rel="icon" href="data:,">
      <title>\(htmlEscaped(a.shortPath)) and \(htmlEscaped(b.shortPath))</title>
      <style>
      body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; }
      table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; }
      th, td { text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #ccc; vertical-align: top; overflow-wrap: anywhere; }
      tr.changed td { background: #fff3d6; }
      .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; align-items: start; }
      figure { margin: 0; }
      img { width: 100%; height: auto; border: 1px solid #ccc; }
      @media (max-width: 40rem) { .pair { grid-template-columns: 1fr; } }
      </style>
      </head>
      <body>
      <h1>Two runs</h1>
      <p>A: <code>\(htmlEscaped(a.shortPath))</code><br>B: <code>\(htmlEscaped(b.shortPath))</code></p>
      \(sections.joined(separator: "\n"))
      </body>
      </html>

      """
  }

  private func section(_ first: URL, _ second: URL) throws -> String {
    guard let a, let b else {
      return "<h2>\(htmlEscaped(chapter))</h2>\n<p>Only in \(a == nil ? "B" : "A").</p>"
    }
    let pairs = try pictures.map { name in
      let sides = try [("A", a, first), ("B", b, second)].map { side, record, directory in
        try figure(name, side, content: picture(name, of: record, in: directory))
      }
      return
        "<h3>\(htmlEscaped(name))</h3>\n<div class=\"pair\">\n\(sides.joined(separator: "\n"))\n</div>"
    }
    return """
      <h2>\(htmlEscaped(chapter))</h2>
      <p>A: <code>\(htmlEscaped(a.command))</code>, \(htmlEscaped(a.stamp))<br>
      B: <code>\(htmlEscaped(b.command))</code>, \(htmlEscaped(b.stamp))</p>
      \(table("What differs in options, settings and origin", settings))
      \(table("Metrics", metrics))
      \(pairs.joined(separator: "\n"))
      """
  }

  /// The content of a picture; nil if the run has not drawn it.
  private func picture(
    _ name: String, of record: RunRecord, in directory: URL
  ) throws -> Data? {
    guard record.files.contains(where: { $0.path == name }) else { return nil }
    return try record.content(of: name, in: directory)
  }

  private func figure(_ name: String, _ side: String, content: Data?) -> String {
    guard let content else { return "<p>\(side): no such picture</p>" }
    return "<figure><figcaption>\(side)</figcaption><img src=\"\(dataURI(content, of: name))\" "
      + "alt=\"\(htmlEscaped(name)) of run \(side)\"></figure>"
  }

  private func table(_ title: String, _ rows: [Row]) -> String {
    guard !rows.isEmpty else { return "<h3>\(title)</h3>\n<p>Nothing.</p>" }
    let lines = rows.map { row in
      "<tr\(row.differs ? " class=\"changed\"" : "")>"
        + row.cells.map { "<td>\(htmlEscaped($0))</td>" }.joined() + "</tr>"
    }
    return "<h3>\(title)</h3>\n<table>\n<tr><th></th><th>A</th><th>B</th><th>B − A</th></tr>\n"
      + lines.joined(separator: "\n") + "\n</table>"
  }
}
