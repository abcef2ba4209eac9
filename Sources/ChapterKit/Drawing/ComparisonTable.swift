import Engine

/// A row of a chapter's final table: a measured metric and the article's number.
public struct Comparison: Sendable {
  let title: String
  let metric: String
  let article: Double?
  let style: NumberStyle

  /// A row of the table.
  ///
  /// - Parameters:
  ///   - title: The title of the row.
  ///   - metric: The name under which the run recorded the metric.
  ///   - article: The article's number, if there is one.
  ///   - style: The format of both numbers.
  public init(_ title: String, metric: String, article: Double?, as style: NumberStyle) {
    self.title = title
    self.metric = metric
    self.article = article
    self.style = style
  }
}

/// The table of `rows` with the numbers from `metrics`, as aligned text.
package func comparisonTable(_ rows: [Comparison], metrics: [String: Metric]) -> String {
  let cells =
    [["", "measured", "article"]]
    + rows.map { row in
      guard let metric = metrics[row.metric] else {
        fatalError("The run has not recorded the metric \(row.metric).")
      }
      let runs = metric.n > 1 ? " (n = \(metric.n))" : ""
      return [
        row.title, row.style.text(metric) + runs,
        row.article.map(row.style.text) ?? "–",
      ]
    }
  let widths = (0..<3).map { column in cells.map { $0[column].count }.max() ?? 0 }
  return cells.map { row in
    zip(row, widths).map { padded($0, to: $1) }.joined(separator: "  ")
      .trimmingSuffix { $0 == " " }
  }.joined(separator: "\n")
}

extension String {
  /// The text without its longest suffix of characters that satisfy `isDropped`.
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
    String(self[..<(lastIndex { !isDropped($0) }.map(index(after:)) ?? startIndex)])
  }
}
