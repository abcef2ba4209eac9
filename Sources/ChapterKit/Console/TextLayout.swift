/// `text`, padded with trailing spaces to `width` characters.
package func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

/// The rows of a table as lines with aligned columns, two spaces between them, and no spaces at the end.
///
/// - Parameters:
///   - rows: The cells of each row.
///   - widest: The largest width of a column, in characters; a cell that is longer shifts the rest of its row.
package func aligned(_ rows: [[String]], widest: Int = .max) -> [String] {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    min(widest, rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0)
  }
  return rows.map { row in
    zip(row, widths).map { padded($0, to: $1) }.joined(separator: "  ")
      .replacing(/\s+$/, with: "")
  }
}
