import Engine
import Foundation

/// A table of texts with a title and an explanation, written as Markdown and drawn as a picture.
public struct TextTable: Sendable {
  let name: String
  let title: String
  private let explanation: String
  private let columns: [String]
  private let rows: [[String]]

  /// A table.
  ///
  /// - Parameters:
  ///   - name: The name of its files, without extension.
  ///   - title: The title.
  ///   - explanation: A line that explains how to read the table.
  ///   - columns: The headers of the columns; the first column has the names of the rows.
  ///   - rows: The rows, each with a text for each column.
  public init(
    name: String, title: String, explanation: String, columns: [String], rows: [[String]]
  ) {
    require(
      rows.allSatisfy { $0.count == columns.count },
      "The table \(name) has \(columns.count) columns, but not every row has as many cells.")
    (self.name, self.title, self.explanation) = (name, title, explanation)
    (self.columns, self.rows) = (columns, rows)
  }

  /// The table as a data file.
  var dataFile: DataFile {
    DataFile(
      name: name,
      columns: columns.enumerated().map { index, name in
        DataColumn(name, rows.map { withoutLinks($0[index]) })
      })
  }

  /// The variables of figures/table.gp.
  var variables: [String: String] {
    ["table": name, "title": title, "explanation": explanation, "columns": "\(columns.count)"]
  }

  /// The table in Markdown, with its origin below.
  func markdown(stamp: String) -> String {
    let lines = [columns, columns.map { _ in "---" }] + rows.map { $0.map(escaped) }
    let table = lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    return "**\(title).** \(explanation)\n\n\(table)\n\n\(stamp)\n"
  }
}

/// A cell of a ``TextTable`` with a number: it becomes a link to the record that contains the metric.
///
/// - Parameters:
///   - text: The number as the table shows it.
///   - metric: The name of the metric.
///   - chapter: The chapter in whose record it is.
public func cell(_ text: String, citing metric: String, of chapter: ChapterName) -> String {
  "[\(text)](\(chapter.program).json#\(metric))"
}

/// The text of a cell without its links.
package func withoutLinks(_ cell: String) -> String {
  cell.replacing(/\[([^\]]*)\]\(\w+\.json#[^)]*\)/) { String($0.1) }
}

/// `text` with escaped bars, which would end a cell in Markdown.
private func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }

/// The cells of a line of ``TextTable/markdown(stamp:)``; empty cells are empty strings.
package func tableCells(_ line: some StringProtocol) -> [String] {
  String(line).replacing("\\|", with: "\0").split(separator: "|", omittingEmptySubsequences: false)
    .dropFirst().dropLast().map {
      $0.replacing("\0", with: "|").trimmingCharacters(in: .whitespaces)
    }
}
