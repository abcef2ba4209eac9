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
  return aligned(cells).joined(separator: "\n")
}
