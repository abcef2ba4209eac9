import Engine
import Foundation

/// A table for gnuplot: a comment line on its origin, a row with the columns' names, tab-separated
/// columns.
public struct DataFile: Sendable {
  package let name: String
  let kind: FileRecord.Kind
  private let columns: [DataColumn]

  /// A table that will be OUT/data/`name`.tsv; all columns are of the same length.
  public init(name: String, columns: [DataColumn], kind: FileRecord.Kind = .data) {
    require(!columns.isEmpty, "The data file \(name) has no columns.")
    require(
      columns.allSatisfy { $0.cells.count == columns[0].cells.count },
      "The columns of the data file \(name) differ in length.")
    (self.name, self.kind) = (name, kind)
    self.columns = columns
  }

  package static func path(_ name: String) -> String { "data/\(name).tsv" }

  /// The table under `comment`.
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

  /// Numbers, written so that they can be read back to the bit; not-a-number as gnuplot has it.
  public init(
    _ name: String, _ values: some Sequence<some BinaryFloatingPoint & LosslessStringConvertible>
  ) {
    self.name = name
    self.cells = values.map { $0.isNaN ? "NaN" : String($0) }
  }

  /// Whole numbers.
  public init(_ name: String, _ values: some Sequence<some BinaryInteger>) {
    self.name = name
    self.cells = values.map { String($0) }
  }

  /// Texts, in quotation marks.
  public init(_ name: String, _ values: some Sequence<String>) {
    self.name = name
    self.cells = values.map { text in
      require(
        !text.contains { $0 == "\t" || $0 == "\"" || $0.isNewline },
        "A text in a data file has no tab, line break or quotation mark.")
      return "\"\(text)\""
    }
  }
}
