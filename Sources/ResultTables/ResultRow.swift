import ChapterKit
import Experiments
import Foundation

/// A row of a results table: a training specification, its runs, and a published accuracy.
public struct ResultRow {
  /// The title of the row.
  public let title: String
  /// The name of its numbers in the record: "accuracy.KEY".
  public let key: String
  /// The specification of its training runs; with settings that fit the data set after `Run.train(_:)`.
  public fileprivate(set) var spec: TrainingSpec
  /// The published accuracy on CIFAR-10, from 0 to 1; nil after `Run.train(_:)` for another data set.
  public fileprivate(set) var published: Double?
  /// The runs, one for each seed; empty until `Run.train(_:)` has filled the table.
  public fileprivate(set) var runs: [TrainingRun] = []

  /// A row without runs.
  public init(_ title: String, key: String, spec: TrainingSpec, published: Double?) {
    (self.title, self.key, self.spec, self.published) = (title, key, spec, published)
  }

  /// The test accuracy over the seeds; nil without runs.
  public var accuracy: Metric? {
    runs.isEmpty ? nil : Metric(of: runs.map(\.result.testAccuracy))
  }

  /// The smallest recall of a class over the seeds; nil without runs, or if it was not measured in all.
  public var smallestRecall: Metric? {
    let recalls = runs.compactMap(\.result.smallestRecall)
    return runs.isEmpty || recalls.count < runs.count ? nil : Metric(of: recalls)
  }

  /// The cells "69.4 ± 2.4 %", which cites the record of `chapter`, and "3" (the number of runs), or "not
  /// run yet" and an empty one.
  public func accuracyCells(of chapter: ChapterName) -> [TableCell] {
    accuracy.map {
      [.cited(NumberStyle.percent.text($0), metric: "accuracy.\(key)", of: chapter), "\($0.n)"]
    } ?? ["not run yet", ""]
  }

  /// The differences of the test accuracy from that of another row, for each seed that both have; empty for the row
  /// itself.
  public func differences(from other: ResultRow) -> [Double] {
    func accuracies(_ row: ResultRow) -> [(seed: Int, value: Double)] {
      row.runs.map { ($0.seed, $0.result.testAccuracy) }
    }
    return key == other.key ? [] : pairedDifferences(accuracies(self), accuracies(other))
  }

  /// The cell of the difference from the accuracy of another row, the mean over the seeds that both have, in
  /// percentage points; empty without such a seed, and for the row itself.
  public func pointsCell(over other: ResultRow, of chapter: ChapterName) -> TableCell {
    let differences = differences(from: other)
    guard !differences.isEmpty else { return "" }
    return .cited(
      NumberStyle.signedNumberOfPoints(Metric(of: differences).mean),
      metric: "difference.\(key)", of: chapter)
  }

  /// The cell of ``smallestRecall``: a dash if it was not measured, empty without runs.
  public func smallestRecallCell(of chapter: ChapterName) -> TableCell {
    smallestRecall.map {
      .cited(NumberStyle.percent.text($0), metric: "smallestRecall.\(key)", of: chapter)
    } ?? (runs.isEmpty ? "" : "–")
  }

  /// The runs whose times are averaged: those with a processor time, on the processor of the first of them, because
  /// times of different processors have no common mean.
  public var timedRuns: [TrainingRun] {
    onOneProcessor(runs.filter { $0.cpuSeconds != nil }) { $0.processor }
  }

  /// The mean processor time of a run as a multiple of that of a run of `other`, on the first processor that has timed
  /// runs of both; nil if there is none.
  func costRatio(to other: ResultRow) -> Double? {
    func times(_ row: ResultRow) -> [(processor: String, seconds: Double)] {
      row.runs.compactMap { run in
        guard let processor = run.processor, let seconds = run.cpuSeconds else { return nil }
        return (processor, seconds)
      }
    }
    return ratioOnOneProcessor(times(self), to: times(other))
  }

  /// The titles of the columns of ``timeCells(of:)``.
  public static let timeColumns = ["CPU time per seed", "images per CPU second", "processor"]

  /// The cells of the processor time of a run, of the training speed in images per second of it, both means over
  /// ``timedRuns``, with their number if it is not that of all runs, and of the processor; dashes if there are none, empty
  /// without runs.
  public func timeCells(of chapter: ChapterName) -> [TableCell] {
    guard !runs.isEmpty else { return ["", "", ""] }
    let times = timedRuns.compactMap(\.cpuSeconds)
    guard !times.isEmpty else { return ["–", "–", "–"] }
    let speed = Metric(of: timedRuns.compactMap(\.imagesPerCPUSecond)).mean
    let time = TableCell.cited(
      durationText(Metric(of: times).mean), metric: "cpuSeconds.\(key)", of: chapter)
    return [
      times.count == runs.count ? time : "\(time) (n = \(times.count))",
      .cited(String(format: "%.0f", speed), metric: "imagesPerCPUSecond.\(key)", of: chapter),
      TableCell(timedRuns[0].processor ?? "–"),
    ]
  }
}

/// The runs on the processor of the first one.
package func onOneProcessor<TimedRun>(
  _ runs: [TimedRun], _ processor: (TimedRun) -> String?
) -> [TimedRun] {
  guard let first = runs.first.map(processor) else { return [] }
  return runs.filter { processor($0) == first }
}

/// The mean of times as a multiple of that of `others`, on the first processor that both have; nil if there is none.
package func ratioOnOneProcessor(
  _ times: [(processor: String, seconds: Double)],
  to others: [(processor: String, seconds: Double)]
) -> Double? {
  let common = times.first { time in others.contains { $0.processor == time.processor } }
  guard let common else { return nil }
  func mean(_ times: [(processor: String, seconds: Double)]) -> Double {
    Metric(of: times.filter { $0.processor == common.processor }.map(\.seconds)).mean
  }
  return mean(times) / mean(others)
}

/// The differences a − b for each seed that both have, in the order of `a`.
package func pairedDifferences(
  _ a: [(seed: Int, value: Double)], _ b: [(seed: Int, value: Double)]
) -> [Double] {
  a.compactMap { a in b.first { $0.seed == a.seed }.map { a.value - $0.value } }
}

extension Run {
  /// Fills the rows of a table: loads or computes the run of each row with every seed, on the data set
  /// of ``datasetOption``, and records the settings, test accuracies, smallest recalls, times
  /// and speeds.
  ///
  /// With ``onlyRecorded``, seeds without any recorded run are left out. With ``listTrainings`` all
  /// rows stay empty, with ``onlyTraining`` all but one.
  ///
  /// - Throws: An error where settings do not fit the data, ``onlyRecorded`` finds no run, or
  ///   ``onlyTraining`` names none.
  public func train(_ rows: [ResultRow]) throws -> [ResultRow] {
    let runs = try results(of: rows.map(\.spec)) { training, spec, dataset in
      TrainingSummary(try training.outcome(), of: spec, on: dataset)
    }
    let filled = zip(rows, runs).map { row, results in
      var row = row
      row.spec = results.spec
      if !self[datasetOption].isCIFAR10 { row.published = nil }
      row.runs = results.runs.map {
        TrainingRun(result: $0.value, origin: $0.origin, spec: row.spec, seed: $0.seed)
      }
      return row
    }
    for row in filled where !row.runs.isEmpty {
      let seeds = row.runs.map(\.seed)
      record(
        metric: "accuracy.\(row.key)", values: row.runs.map(\.result.testAccuracy), ofSeeds: seeds)
      let (times, timedSeeds) = (
        row.timedRuns.compactMap(\.cpuSeconds), row.timedRuns.map(\.seed)
      )
      if !times.isEmpty {
        record(metric: "cpuSeconds.\(row.key)", values: times, ofSeeds: timedSeeds)
        record(
          metric: "imagesPerCPUSecond.\(row.key)",
          values: row.timedRuns.compactMap(\.imagesPerCPUSecond), ofSeeds: timedSeeds)
      }
      let recalls = row.runs.compactMap(\.result.smallestRecall)
      if recalls.count == row.runs.count {
        record(metric: "smallestRecall.\(row.key)", values: recalls, ofSeeds: seeds)
      }
    }
    return filled
  }

  /// Records how the accuracies of other rows of a table differ from those of its first row, for the same seeds.
  public func recordDifferences(_ rows: [ResultRow]) {
    for row in rows {
      let differences = row.differences(from: rows[0])
      guard !differences.isEmpty else { continue }
      record(
        metric: "difference.\(row.key)", values: differences,
        ofSeeds: row.runs.map(\.seed).filter(rows[0].runs.map(\.seed).contains))
    }
  }

  /// Records the processor time of the runs of `row` as a multiple of that of the runs of each of `others`, for pairs of
  /// rows with timed runs on one processor.
  public func recordCosts(of row: ResultRow, comparedWith others: [ResultRow]) {
    for other in others where other.key != row.key {
      if let ratio = row.costRatio(to: other) {
        record(metric: "costRatio.\(other.key)", values: [ratio])
      }
    }
  }
}
