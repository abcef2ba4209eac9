import ChapterKit
import Experiments

extension Run {
  /// Draws a bar for the accuracy of each row with its standard deviation, a dotted line at the accuracy of the first
  /// row, and a mark for each published accuracy.
  ///
  /// - Parameters:
  ///   - rows: The rows of a table.
  ///   - name: The name of the data file and, with ".svg", of the picture.
  ///   - finding: The title of the figure.
  ///   - explanation: The line below the title: what bars, lines and marks are.
  public func drawAccuracies(
    of rows: [ResultRow], named name: String, finding: String, explanation: String
  ) {
    write(
      DataFile(
        name: name,
        columns: [
          DataColumn("line", rows.map(\.title)),
          DataColumn("accuracy", rows.map { $0.accuracy?.mean ?? .nan }),
          DataColumn("deviation", rows.map { $0.accuracy?.sd ?? .nan }),
          DataColumn("paper", rows.map { $0.published ?? .nan }),
        ]))
    let published = rows.contains { $0.published != nil }
    draw(
      "accuracy-bars", into: "\(name).svg", data: [name],
      variables: [
        "bars": name, "finding": finding, "explanation": explanation,
        "published": published ? "1" : "0",
      ])
  }
}
