import Engine
import Foundation

/// A table of strings with a title and an explanation, written as Markdown and drawn as a picture.
public struct TextTable: Sendable {
  let name: String
  let title: String
  private let explanation: String
  private let columns: [String]
  private let rows: [[TableCell]]

  /// A table.
  ///
  /// - Parameters:
  ///   - name: The name of its files, without extension.
  ///   - title: The title.
  ///   - explanation: A line that explains how to read the table.
  ///   - columns: The headers of the columns; the first column has the names of the rows.
  ///   - rows: The rows, each with a cell for each column.
  public init(
    name: String, title: String, explanation: String, columns: [String], rows: [[TableCell]]
  ) {
    require(
      rows.allSatisfy { $0.count == columns.count },
      "The table \(name) has \(columns.count) columns, but not every row has as many cells.")
    (self.name, self.title, self.explanation) = (name, title, explanation)
    (self.columns, self.rows) = (columns, rows)
  }

  /// A table whose cells are texts; the parameters are those of ``init(name:title:explanation:columns:rows:)``.
  public init(
    name: String, title: String, explanation: String, columns: [String], rows: [[String]]
  ) {
    self.init(
      name: name, title: title, explanation: explanation, columns: columns,
      rows: rows.map { $0.map { TableCell($0) } })
  }

  /// The table as a data file.
  var dataFile: DataFile {
    DataFile(
      name: name,
      columns: columns.enumerated().map { index, name in
        DataColumn(name, rows.map { $0[index].text })
      })
  }

  /// The variables of figures/table.gp.
  var variables: [String: String] {
    ["table": name, "title": title, "explanation": explanation, "columns": "\(columns.count)"]
  }

  /// The table in Markdown, as a file of a run.
  func complete(for record: RunRecord) -> CompleteFile {
    CompleteFile("\(name).md", .table, Data(markdown(stamp: record.stamp).utf8))
  }

  /// The table in Markdown, with its origin below.
  func markdown(stamp: String) -> String {
    let lines =
      [columns.map(markdownEscaped), columns.map { _ in "---" }]
      + rows.map { $0.map(\.markdown) }
    let table = lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    return "**\(markdownEscaped(title)).** \(markdownEscaped(explanation))\n\n\(table)\n\n"
      + "\(markdownEscaped(stamp))\n"
  }
}
