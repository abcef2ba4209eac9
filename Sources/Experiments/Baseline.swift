import ChapterKit

/// A row of the tables that compare MixMatch with supervised training, and the article's result beside it.
public struct Baseline {
  /// The row.
  public var row: ResultRow
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

  /// A row without runs.
  init(
    _ title: String, _ key: String, _ spec: TrainingSpec, _ accuracy: Double? = nil,
    _ article: Article? = nil
  ) {
    row = ResultRow(title, key: key, spec: spec, published: accuracy)
    self.article = article
  }

  /// The article's supervised training with few labels, by `spec`.
  public static func fewSteps(_ spec: TrainingSpec) -> Baseline {
    Baseline(
      "supervised, few steps", "labels-alone", spec, 0.3723,
      Article(time: "7 min", curve: "supervised-500"))
  }

  /// Supervised training with few labels for as many steps as MixMatch, without and with mixup, MixMatch, and
  /// full supervision, at a preset.
  public static func longRuns(_ preset: Preset) -> [Baseline] {
    var mixup = Baseline(
      "supervised with mixup, MixMatch's steps", "labels-mixup-longer", .labelsWithMixup(preset))
    mixup.isDrawn = false
    return [
      Baseline("supervised, MixMatch's steps", "labels-alone-longer", .labelsAlone(preset)), mixup,
      Baseline(
        "MixMatch", "mixmatch", .mixMatch(preset), 0.8806,
        Article(time: "14 h 8 min, 187 epochs", curve: "mixmatch-500")),
      Baseline(
        "supervised, all labels", "all-labels", .allLabels(preset), 0.9476,
        Article(time: "3 h 15 min", curve: "supervised-50000")),
    ]
  }
}

extension Run {
  /// Fills the rows of baselines as `train(_:)` fills rows, and records the processor time of an epoch.
  ///
  /// - Throws: The errors of `train(_:)`.
  public func train(_ baselines: [Baseline]) throws -> [Baseline] {
    let filled = zip(baselines, try train(baselines.map(\.row))).map { baseline, row in
      var baseline = baseline
      baseline.row = row
      return baseline
    }
    for row in filled.map(\.row) {
      let times = row.runs.compactMap(\.cpuSecondsPerEpoch)
      if !times.isEmpty { record(metric: "cpuSecondsPerEpoch.\(row.key)", values: times) }
    }
    return filled
  }

  /// Writes the table of baselines, also as a picture; rows that have not been run are left out, and counted below the
  /// title.
  public func writeTable(
    of baselines: [Baseline], named name: String, for chapter: ChapterName
  ) {
    let finished = FinishedRows(baselines) { $0.row.accuracy != nil }
    write(
      TextTable(
        name: name, title: "Test accuracy on \(self[datasetOption].name)",
        explanation:
          "Mean ± standard deviation over n seeds. Article: after its last epoch, on one "
          + "P100.\(finished.remark)",
        columns: [
          "training", "labels", "test accuracy", "n", "worst class", "article", "steps",
          "CPU time per seed", "images per CPU second",
        ],
        rows: finished.rows.map { cells($0, of: chapter) }),
      asPicture: true)
  }

  /// The cells of a row, over the seeds that were trained.
  private func cells(_ baseline: Baseline, of chapter: ChapterName) -> [TableCell] {
    let row = baseline.row
    let article = row.published.flatMap { accuracy in
      baseline.article.map { "\(NumberStyle.percent.text(accuracy)) in \($0.time)" }
    }
    return [TableCell(row.title), TableCell(countText(row.spec.experiment.labels))]
      + row.accuracyCells(of: chapter)
      + [
        row.smallestRecallCell(of: chapter), TableCell(article ?? "–"),
        TableCell(countText(row.spec.experiment.training.steps)),
      ]
      + row.timeCells(of: chapter)
  }

  /// Draws the learning curves of the first seed of each row that was trained, if there is one.
  ///
  /// - Parameters:
  ///   - baselines: The rows.
  ///   - table: The name of the data file.
  ///   - picture: The file of the picture.
  public func drawCurves(of baselines: [Baseline], table: String, into picture: String) {
    let shown = baselines.filter(\.isDrawn).compactMap { baseline in
      baseline.row.runs.first.map {
        (
          name: baseline.row.title,
          article: baseline.row.published == nil ? "none" : baseline.article?.curve ?? "none",
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
  public func report(_ baselines: [Baseline]) {
    report(
      baselines.map(\.row).filter { !$0.runs.isEmpty }.map { row in
        Comparison(
          row.title, metric: "accuracy.\(row.key)", article: row.published, as: .percent)
      })
  }
}
