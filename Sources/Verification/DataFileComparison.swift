import ChapterKit
import Foundation

/// Whether a column or a metric describes the computer and the moment of a run, so that a repetition has another one.
package func describesTheRun(_ name: String) -> Bool {
  // A metric's name begins with what was measured: "cpuSeconds.mixmatch".
  [
    "seconds", "cpuSeconds", "cpuSecondsPerEpoch", "costRatio", "imagesPerCPUSecond", "processor",
    "date", "commit",
    "time per seed", "CPU time per seed", "images per CPU second",
  ].contains(name.prefix { $0 != "." })
}

/// The result of comparing two data files or tables.
package struct FileDifference: Equatable {
  package var outcome: Outcome
  /// The tolerance, the difference, or the reason; empty for identical files.
  package var detail: String

  package init(_ outcome: Outcome, _ detail: String = "") {
    (self.outcome, self.detail) = (outcome, detail)
  }

  package static let identical = FileDifference(.identical)
}

/// Two numbers are within tolerance if they differ by at most this fraction of the largest number in the column of a
/// data file, or of a recorded metric.
let relativeTolerance = 1e-3

/// Compares two data files (`*.tsv`) cell by cell, also the cells beyond the named columns, without their first line,
/// which names the run.
package func differenceOfDataFiles(_ a: String, _ b: String) -> FileDifference {
  let (a, b) = (cells(of: a), cells(of: b))
  guard a.first == b.first else {
    return FileDifference(.differs, "other columns")
  }
  guard a.count == b.count else {
    return FileDifference(.differs, "\(a.count - 1) rows, now \(b.count - 1)")
  }
  let pairs = Array(zip(a, b))
  if let row = pairs.firstIndex(where: { $0.count != $1.count }) {
    return FileDifference(.differs, "row \(row): \(a[row].count) cells, now \(b[row].count)")
  }
  let header = a.first ?? []
  let width = max(header.count, a.map(\.count).max() ?? 0)
  let columns = (0..<width).compactMap { index in
    ColumnDifference(
      index < header.count ? header[index] : "\(index + 1)",
      a.dropFirst().map { index < $0.count ? $0[index] : "" },
      b.dropFirst().map { index < $0.count ? $0[index] : "" })
  }
  guard let worst = columns.max(by: { $0.relative < $1.relative }) else { return .identical }
  let rows = columns.map(\.rows).max() ?? 0
  let place = "column \(worst.name), row \(worst.row): \(worst.a), now \(worst.b)"
  return worst.relative <= relativeTolerance
    ? FileDifference(
      .withinTolerance, "at most \(relativeTolerance) of a column's largest value; \(place)")
    : FileDifference(.differs, "\(rows) of \(a.count - 1) rows, most in \(place)")
}

/// The cells of the header and the rows of a data file, without its first line and quotation marks.
private func cells(of text: String) -> [[String]] {
  // The last line ends with a line break.
  let lines = (text.hasSuffix("\n") ? text.dropLast() : text[...])
    .split(separator: "\n", omittingEmptySubsequences: false)
  return lines.dropFirst().map { line in
    line.split(separator: "\t", omittingEmptySubsequences: false)
      .map { String($0.replacing("\"", with: "")) }
  }
}

/// The largest difference between two columns of a data file.
private struct ColumnDifference {
  /// The name of the column.
  let name: String
  /// The row of the largest difference, from 1, and its cells.
  let row: Int
  let a, b: String
  /// The largest difference, relative to the largest number in the first column. It is infinite for texts, and for
  /// numbers of which one is not finite: a difference that is not a number would be hidden by any other one.
  let relative: Double
  /// The number of rows that differ.
  let rows: Int

  /// The difference between the columns `a` and `b`; nil if they are equal, or if the column describes the run.
  init?(_ name: String, _ a: [String], _ b: [String]) {
    let different = a.indices.filter { a[$0] != b[$0] }
    guard !describesTheRun(name), let first = different.first else { return nil }
    let scale = a.compactMap(Double.init).filter(\.isFinite).map(abs).max() ?? 0
    func relative(_ row: Int) -> Double {
      guard let x = Double(a[row]), let y = Double(b[row]), x.isFinite, y.isFinite, scale > 0 else {
        return .infinity
      }
      return abs(x - y) / scale
    }
    let worst = different.max { relative($0) < relative($1) } ?? first
    (self.name, row, rows) = (name, worst + 1, different.count)
    (self.a, self.b, self.relative) = (a[worst], b[worst], relative(worst))
  }
}

/// Compares two tables in Markdown without their last line, which names the run.
package func differenceOfTables(_ a: String, _ b: String) -> FileDifference {
  let (a, b) = (rows(of: a), rows(of: b))
  guard a.count == b.count else {
    return FileDifference(.differs, "\(a.count) lines, now \(b.count)")
  }
  let header = a.first { $0.count > 1 } ?? []
  var different: [String] = []
  for (old, new) in zip(a, b) where old != new {
    if old.count != new.count {
      different.append("\(old.first ?? ""): \(old.count) cells, now \(new.count)")
      continue
    }
    for (index, (x, y)) in zip(old, new).enumerated() {
      let column = index < header.count ? header[index] : ""
      if x != y, !describesTheRun(column) {
        different.append("\(old.first ?? ""), \(column): \(x), now \(y)")
      }
    }
  }
  guard let first = different.first else { return .identical }
  return FileDifference(
    .differs, "\(different.count) \(different.count == 1 ? "cell" : "cells"), first \(first)")
}

/// The cells of the lines of a table, without links; a line outside the table is one cell. The last paragraph, the run,
/// is left out.
private func rows(of markdown: String) -> [[String]] {
  markdown.split(separator: "\n").dropLast().map { line in
    (line.hasPrefix("|") ? TableCell.cells(ofLine: line) : [TableCell(markdown: line)]).map(\.text)
  }
}
