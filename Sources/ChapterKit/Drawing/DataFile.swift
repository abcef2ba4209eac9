import Engine
import Files
import Foundation

/// A table for gnuplot: a comment line with its origin, a row of column names, and tab-separated
/// values.
public struct DataFile: Sendable {
  package let name: String
  let kind: FileRecord.Kind
  private let columns: [DataColumn]

  /// The table for OUT/data/`name`.tsv; all columns have the same length.
  public init(name: String, columns: [DataColumn], kind: FileRecord.Kind = .data) {
    require(!columns.isEmpty, "The data file \(name) has no columns.")
    require(
      columns.allSatisfy { $0.cells.count == columns[0].cells.count },
      "The columns of the data file \(name) differ in length.")
    (self.name, self.kind) = (name, kind)
    self.columns = columns
  }

  package static func path(_ name: String) -> String { "data/\(name).tsv" }

  /// The table as a file of a run.
  func complete(for record: RunRecord) -> CompleteFile {
    CompleteFile(DataFile.path(name), kind, Data(text(comment: record.dataFileComment).utf8))
  }

  /// The content of the file, with `comment` as its first line.
  package func text(comment: String) -> String {
    var lines = ["# \(comment)", columns.map(\.name).joined(separator: "\t")]
    for row in columns[0].cells.indices {
      lines.append(columns.map { $0.cells[row] }.joined(separator: "\t"))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A column of a data file.
public struct DataColumn: Sendable {
  let name: String
  let cells: [String]

  /// A column of numbers, written so that reading them gives the same bits; NaN as gnuplot writes it.
  public init(
    _ name: String, _ values: some Sequence<some BinaryFloatingPoint & LosslessStringConvertible>
  ) {
    self.name = name
    self.cells = values.map { $0.isNaN ? "NaN" : String($0) }
  }

  /// A column of whole numbers.
  public init(_ name: String, _ values: some Sequence<some BinaryInteger>) {
    self.name = name
    self.cells = values.map { String($0) }
  }

  /// A column of strings, in quotation marks.
  ///
  /// Control characters become visible escapes, such as `\t`, and quotation marks become apostrophes, because gnuplot
  /// has no escape for them.
  public init(_ name: String, _ values: some Sequence<String>) {
    self.name = name
    self.cells = values.map { text in
      "\"\(text.withVisibleControlCharacters.replacing("\"", with: "'"))\""
    }
  }
}
