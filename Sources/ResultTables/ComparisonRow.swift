import ChapterKit
import Experiments

/// A row of the tables that compare MixMatch with supervised training, and the article's result beside it.
public struct ComparisonRow {
  /// The row with its runs.
  public var result: ResultRow
  /// The article's result; nil for a row that the article does not have.
  let article: Article?
  /// Whether the figure has its learning curve; it has room for four.
  var isDrawn = true

  /// The article's training time, and the name of the run among the article's curves
  /// (figures/article/learning-curves.tsv).
  struct Article {
    let time: String
    let curve: String
  }

  /// Creates a row without runs; `published` is the article's test accuracy, from 0 to 1, nil for a row that the
  /// article does not have.
  private init(
    _ title: String, key: String, by spec: TrainingSpec, published: Double? = nil,
    article: Article? = nil
  ) {
    result = ResultRow(title, key: key, spec: spec, published: published)
    self.article = article
  }

  /// The article's supervised training with few labels, by `spec`.
  public static func fewSteps(_ spec: TrainingSpec) -> ComparisonRow {
    ComparisonRow(
      "supervised, 50 epochs", key: "labels-alone", by: spec, published: 0.3723,
      article: Article(time: "7 min", curve: "supervised-500"))
  }

  /// Supervised training with few labels for as many steps as MixMatch, without and with mixup, MixMatch, and
  /// full supervision, at a preset.
  public static func longRuns(_ preset: Preset) -> [ComparisonRow] {
    var mixup = ComparisonRow(
      "supervised with mixup, MixMatch's steps", key: "labels-mixup-longer",
      by: .labelsWithMixup(preset))
    mixup.isDrawn = false
    return [
      ComparisonRow(
        "supervised, MixMatch's steps", key: "labels-alone-longer", by: .labelsAlone(preset)),
      mixup,
      ComparisonRow(
        "MixMatch", key: "mixmatch", by: .mixMatch(preset), published: 0.8806,
        article: Article(time: "14 h 8 min, 187 epochs", curve: "mixmatch-500")),
      ComparisonRow(
        "supervised, all labels", key: "all-labels", by: .allLabels(preset), published: 0.9476,
        article: Article(time: "3 h 15 min", curve: "supervised-50000")),
    ]
  }
}

extension Run {
  /// Trains the rows, records and prints their accuracies, writes their table and draws their learning curves; with
  /// ``firstSteps`` it takes the first steps of recorded training runs only.
  ///
  /// - Parameters:
  ///   - rows: The rows, without runs.
  ///   - chapter: The chapter in whose record the table cites numbers; the curves are in the data file
  ///     PROGRAM-learning-curves.
  ///   - name: The name of the table; the picture of the curves is NAME-curves.svg.
  ///   - writeMore: Writes more about the rows with their runs, before the table.
  /// - Throws: The errors of `train(_:)` and of ``runFirstStepsIfRequested(of:)``.
  public func compare(
    _ rows: [ComparisonRow], for chapter: ChapterName, named name: String,
    writingMore writeMore: (_ trained: [ComparisonRow]) -> Void = { _ in }
  ) throws {
    if try runFirstStepsIfRequested(of: rows.map(\.result.spec)) { return }
    let trained = try train(rows)
    writeMore(trained)
    writeTable(of: trained, named: name, for: chapter)
    drawCurves(
      of: trained, table: "\(chapter.program)-learning-curves", into: "\(name)-curves.svg")
    report(trained)
  }

  /// Fills the rows as `train(_:)` fills those of other tables, and records the processor time of an epoch.
  ///
  /// - Throws: The errors of `train(_:)`.
  private func train(_ rows: [ComparisonRow]) throws -> [ComparisonRow] {
    let filled = zip(rows, try train(rows.map(\.result))).map { row, result in
      var row = row
      row.result = result
      return row
    }
    for result in filled.map(\.result) {
      let times = result.timedRuns.compactMap(\.cpuSecondsPerEpoch)
      if !times.isEmpty {
        record(
          metric: "cpuSecondsPerEpoch.\(result.key)", values: times,
          ofSeeds: result.timedRuns.map(\.seed))
      }
    }
    return filled
  }

  /// Writes the table of the rows, also as a picture; rows that have not been run are left out, and counted below the
  /// title.
  private func writeTable(
    of rows: [ComparisonRow], named name: String, for chapter: ChapterName
  ) {
    let finished = FinishedRows(rows) { $0.result.accuracy != nil }
    write(
      TextTable(
        name: name, title: "Test accuracy on \(self[datasetOption].name)",
        explanation:
          "Mean ± standard deviation over n seeds. Article: after its last epoch, on one "
          + "P100.\(finished.remark)",
        columns: [
          "training", "labels", "test accuracy", "n", "lowest recall", "article", "steps",
        ] + ResultRow.timeColumns,
        rows: finished.rows.map { cells($0, of: chapter) }),
      asPicture: true)
  }

  /// The cells of a row, over the seeds that were trained.
  private func cells(_ row: ComparisonRow, of chapter: ChapterName) -> [TableCell] {
    let result = row.result
    let article = result.published.flatMap { accuracy in
      row.article.map { "\(NumberStyle.percent.text(accuracy)) in \($0.time)" }
    }
    return [TableCell(result.title), TableCell(countText(result.spec.experiment.labels))]
      + result.accuracyCells(of: chapter)
      + [
        result.smallestRecallCell(of: chapter), TableCell(article ?? "–"),
        TableCell(countText(result.spec.experiment.training.steps)),
      ]
      + result.timeCells(of: chapter)
  }

  /// Draws the learning curves of the first seed of each row that was trained, if there is one.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - table: The name of the data file.
  ///   - picture: The file of the picture.
  private func drawCurves(of rows: [ComparisonRow], table: String, into picture: String) {
    let shown = rows.filter(\.isDrawn).compactMap { row in
      row.result.runs.first.map {
        (
          name: row.result.title,
          article: row.result.published == nil ? "none" : row.article?.curve ?? "none",
          result: $0.result
        )
      }
    }
    guard !shown.isEmpty else { return }
    write(TrainingSummary.curves(table, of: shown.map { ($0.name, $0.result) }))
    draw(
      "learning-curves", into: picture, data: [table],
      variables: [
        "curves": table, "runs": shown.map { "\"\($0.name)\"" }.joined(separator: " "),
        "article": shown.map(\.article).joined(separator: " "),
      ])
  }

  /// Prints the test accuracies of the rows that were trained, beside the article's.
  private func report(_ rows: [ComparisonRow]) {
    report(
      rows.map(\.result).filter { !$0.runs.isEmpty }.map { result in
        Comparison(
          result.title, metric: "accuracy.\(result.key)", article: result.published, as: .percent)
      })
  }
}
