import Engine

/// A table for people: texts in rows and columns, under a title.
public struct TextTable: Sendable {
  let name: String
  let title: String
  private let explanation: String
  private let columns: [String]
  private let rows: [[String]]

  /// - Parameters:
  ///   - name: The name of its files.
  ///   - title: What it tells.
  ///   - explanation: How to read it, in a line.
  ///   - columns: What the columns are called, the first being that of the rows' names.
  ///   - rows: A text for each column.
  public init(
    name: String, title: String, explanation: String, columns: [String], rows: [[String]]
  ) {
    require(
      rows.allSatisfy { $0.count == columns.count },
      "The rows of the table \(name) differ in length from its head.")
    (self.name, self.title, self.explanation) = (name, title, explanation)
    (self.columns, self.rows) = (columns, rows)
  }

  /// For gnuplot, a column each.
  var dataFile: DataFile {
    DataFile(
      name: name,
      columns: columns.enumerated().map { index, name in
        DataColumn(name, rows.map { $0[index] })
      })
  }

  /// What figures/table.gp has to know.
  var variables: [String: String] {
    ["table": name, "title": title, "explanation": explanation, "columns": "\(columns.count)"]
  }

  /// For a page, the origin below it.
  func markdown(stamp: String) -> String {
    let lines = [columns, columns.map { _ in "---" }] + rows.map { $0.map(escaped) }
    let table = lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    return "**\(title).** \(explanation)\n\n\(table)\n\n\(stamp)\n"
  }
}

/// A bar would end the cell.
private func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
