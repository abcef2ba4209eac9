import ChapterKit
import Foundation

/// The names of columns and metrics that describe the computer and the moment of a run, so that a
/// repetition has other ones.
package func describesTheRun(_ name: String) -> Bool {
  // A metric's name begins with what was measured: "cpuSeconds.mixmatch".
  [
    "seconds", "cpuSeconds", "cpuSecondsPerEpoch", "imagesPerCPUSecond", "date", "commit",
    "time per seed", "CPU time per seed", "images per CPU second", "run",
  ].contains(name.prefix { $0 != "." })
}

/// The result of comparing two data files or tables.
package struct FileDifference: Equatable {
  package var outcome: Outcome
  package var detail = ""

  package static let identical = FileDifference(outcome: .identical)
}

/// The largest difference of a number, relative to the largest number in its column, that is a tolerance.
let relativeTolerance = 1e-3

/// Compares two data files (`*.tsv`) cell by cell, without their first line, which names the run.
package func differenceOfDataFiles(_ a: String, _ b: String) -> FileDifference {
  let (a, b) = (cells(of: a), cells(of: b))
  guard a.first == b.first else {
    return FileDifference(outcome: .differs, detail: "other columns")
  }
  guard a.count == b.count else {
    return FileDifference(outcome: .differs, detail: "\(a.count - 1) rows, now \(b.count - 1)")
  }
  let compared = (a.first ?? []).enumerated().filter { !describesTheRun($0.element) }
  let columns = compared.compactMap { index, name in
    difference(
      a.dropFirst().map { index < $0.count ? $0[index] : "" },
      b.dropFirst().map { index < $0.count ? $0[index] : "" }
    ).map { (name: name, largest: $0) }
  }
  guard let worst = columns.max(by: { $0.largest.relative < $1.largest.relative }) else {
    return .identical
  }
  let rows = columns.map(\.largest.rows).max() ?? 0
  let place =
    "column \(worst.name), row \(worst.largest.row): \(worst.largest.a), now \(worst.largest.b)"
  return worst.largest.relative <= relativeTolerance
    ? FileDifference(
      outcome: .withinTolerance,
      detail: "at most \(relativeTolerance) of a column's largest value; \(place)")
    : FileDifference(
      outcome: .differs, detail: "\(rows) of \(a.count - 1) rows, most in \(place)")
}

/// The cells of the rows of a data file, without its first line and quotation marks.
private func cells(of text: String) -> [[String]] {
  text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map { line in
    line.split(separator: "\t", omittingEmptySubsequences: false)
      .map { String($0.replacing("\"", with: "")) }
  }
}

/// The largest difference between two columns; nil if they are equal.
private func difference(
  _ a: [String], _ b: [String]
) -> (row: Int, a: String, b: String, relative: Double, rows: Int)? {
  let scale = a.compactMap(Double.init).filter(\.isFinite).map(abs).max() ?? 0
  let different = zip(a, b).enumerated().filter { $0.element.0 != $0.element.1 }
  let found = different.map { row, pair in
    let relative: Double =
      if let x = Double(pair.0), let y = Double(pair.1), scale > 0 {
        abs(x - y) / scale
      } else {
        .infinity
      }
    return (row: row + 1, a: pair.0, b: pair.1, relative: relative)
  }
  return found.max { $0.relative < $1.relative }.map {
    ($0.row, $0.a, $0.b, $0.relative, different.count)
  }
}

/// Compares two tables in Markdown without their last line, which names the run.
package func differenceOfTables(_ a: String, _ b: String) -> FileDifference {
  let (a, b) = (rows(of: a), rows(of: b))
  guard a.count == b.count else {
    return FileDifference(outcome: .differs, detail: "\(a.count) lines, now \(b.count)")
  }
  let header = a.first { $0.count > 1 } ?? []
  var different: [String] = []
  for (old, new) in zip(a, b) where old != new {
    for index in 0..<max(old.count, new.count) {
      let (x, y) = (index < old.count ? old[index] : "", index < new.count ? new[index] : "")
      let column = index < header.count ? header[index] : ""
      if x != y, !describesTheRun(column) {
        different.append("\(old.first ?? ""), \(column): \(x), now \(y)")
      }
    }
  }
  guard let first = different.first else { return .identical }
  return FileDifference(
    outcome: .differs,
    detail: "\(different.count) \(different.count == 1 ? "cell" : "cells"), first \(first)")
}

/// The cells of the lines of a table, without links; a line outside the table is one cell. The last paragraph, the run,
/// is left out.
private func rows(of markdown: String) -> [[String]] {
  markdown.split(separator: "\n").dropLast().map { line in
    (line.hasPrefix("|") ? TableCell.cells(ofLine: line) : [TableCell(markdown: line)]).map(\.text)
  }
}
