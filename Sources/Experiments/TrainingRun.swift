import ChapterKit
import Datasets
import Foundation
import MixMatch

/// A finished training run: its specification, its result, and where the result comes from.
public struct TrainingRun {
  /// The result.
  public let result: TrainingSummary
  /// When, by which commit and how fast the result was computed.
  public let origin: StageRecord
  /// The specification.
  public let spec: TrainingSpec
  /// The seed.
  public let seed: Int

  /// Training speed in images a second, counting each version of an unlabelled image; the time includes
  /// evaluation.
  public var imagesPerSecond: Double {
    Double(spec.experiment.training.steps * spec.imagesPerStep) / origin.seconds
  }

  /// Seconds per epoch.
  public var secondsPerEpoch: Double {
    origin.seconds * result.stepsPerEpoch / Double(spec.experiment.training.steps)
  }
}

/// The option that names a folder of recorded training runs.
public let recordedTrainings = CommandLineOption(
  "recorded", .existingDirectory, "folder of recorded training runs, which are not run again"
).withoutEffectOnResults()

/// The option to use recorded training runs only.
public let onlyRecorded = CommandLineOption(
  flag: "only-recorded", "start no training; rows without a recorded run stay empty"
).withoutEffectOnResults()

/// The option to print the training runs as commands, for GNU parallel or a cluster.
public let listTrainings = CommandLineOption(
  flag: "list", "print the command of each training run, one in each line, and end"
).withoutRecord()

/// The option to carry out one training run of the program only.
public let onlyTraining = CommandLineOption(
  "training", .text("NAME", expecting: "the name of a training run, as --list prints it"),
  "carry out this training run only; tables and pictures stay as they are"
).withoutRecord()

/// The options of a program with a table of training runs.
public let tableOptions: [any DeclaredOption] = [
  recordedTrainings, onlyRecorded, firstSteps, listTrainings, onlyTraining,
]

/// A row of a results table: a training specification, its runs, and a published accuracy.
public struct ResultRow {
  /// The title of the row.
  public let title: String
  /// The name of its numbers in the record: "accuracy.KEY".
  public let key: String
  /// What is trained.
  public let spec: TrainingSpec
  /// The published accuracy, from 0 to 1.
  public let published: Double?
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
  public func accuracyCells(of chapter: ChapterName) -> [String] {
    accuracy.map {
      [cell(NumberStyle.percent.text($0), citing: "accuracy.\(key)", of: chapter), "\($0.n)"]
    } ?? ["not run yet", ""]
  }

  /// The differences of the test accuracy from that of another row, for each seed that both have; empty for the row
  /// itself.
  fileprivate func differences(from other: ResultRow) -> [Double] {
    func accuracies(_ row: ResultRow) -> [(seed: Int, value: Double)] {
      row.runs.map { ($0.seed, $0.result.testAccuracy) }
    }
    return key == other.key ? [] : pairedDifferences(accuracies(self), accuracies(other))
  }

  /// The cell of the difference from the accuracy of another row, the mean over the seeds that both have, in
  /// percentage points; empty without such a seed, and for the row itself.
  public func pointsCell(over other: ResultRow, of chapter: ChapterName) -> String {
    let differences = differences(from: other)
    guard !differences.isEmpty else { return "" }
    return cell(
      NumberStyle.signedNumberOfPoints(Metric(of: differences).mean),
      citing: "difference.\(key)", of: chapter)
  }

  /// The cell of ``smallestRecall``: a dash if it was not measured, empty without runs.
  public func smallestRecallCell(of chapter: ChapterName) -> String {
    smallestRecall.map {
      cell(NumberStyle.percent.text($0), citing: "smallestRecall.\(key)", of: chapter)
    } ?? (runs.isEmpty ? "" : "–")
  }

  /// The cells of the time of a run and of the training speed in images a second, both means over the seeds;
  /// empty without runs.
  public func timeCells(of chapter: ChapterName) -> [String] {
    guard !runs.isEmpty else { return ["", ""] }
    let speed = Metric(of: runs.map(\.imagesPerSecond)).mean
    return [
      cell(
        durationText(Metric(of: runs.map(\.origin.seconds)).mean), citing: "seconds.\(key)",
        of: chapter),
      cell(String(format: "%.0f", speed), citing: "imagesPerSecond.\(key)", of: chapter),
    ]
  }
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
      TrainingSummary(training.outcome(), of: spec, on: dataset)
    }
    let filled = zip(rows, runs).map { row, runs in
      var row = row
      row.runs = runs.map {
        TrainingRun(result: $0.value, origin: $0.origin, spec: row.spec, seed: $0.seed)
      }
      return row
    }
    for row in filled where !row.runs.isEmpty {
      record(metric: "accuracy.\(row.key)", values: row.runs.map(\.result.testAccuracy))
      record(metric: "seconds.\(row.key)", values: row.runs.map(\.origin.seconds))
      record(metric: "imagesPerSecond.\(row.key)", values: row.runs.map(\.imagesPerSecond))
      let recalls = row.runs.compactMap(\.result.smallestRecall)
      if recalls.count == row.runs.count {
        record(metric: "smallestRecall.\(row.key)", values: recalls)
      }
    }
    return filled
  }

  /// Records how the accuracies of other rows of a table differ from those of its first row, for the same seeds.
  public func recordDifferences(_ rows: [ResultRow]) {
    for row in rows {
      let differences = row.differences(from: rows[0])
      if !differences.isEmpty { record(metric: "difference.\(row.key)", values: differences) }
    }
  }

  /// Loads or computes the run of each specification with every seed, on the data set of
  /// ``datasetOption``, and records the settings.
  ///
  /// With ``onlyRecorded``, seeds without any recorded run are left out. With ``listTrainings`` the commands of the runs
  /// are printed and there are no results; with ``onlyTraining`` there are those of one specification.
  ///
  /// - Parameters:
  ///   - specs: What is trained.
  ///   - summary: The result of a finished run.
  /// - Returns: For each specification the results with their origins and seeds.
  /// - Throws: An error where settings do not fit the data, ``onlyRecorded`` finds no run, or
  ///   ``onlyTraining`` names none.
  func results<Value: Codable & Sendable>(
    of specs: [TrainingSpec],
    summary: (SemiSupervisedTraining, TrainingSpec, ImageDataset) throws -> Value
  ) throws -> [[(value: Value, origin: StageRecord, seed: Int)]] {
    try checkTableOptions()
    if self[listTrainings] {
      try printCommands(of: specs)
      return specs.map { _ in [] }
    }
    let chosen = try chosen(of: specs)
    let source = self[datasetOption]
    let dataset = self[onlyRecorded] ? nil : try dataset(source, train: 10, test: 10)
    let specs =
      dataset.map { dataset in specs.map { $0.fitted(to: dataset, from: source) } } ?? specs
    try record(settings: specs)
    if let dataset {
      for spec in chosen.map({ specs[$0] }) {
        try spec.experiment.check(for: spec.method, on: dataset)
      }
    }
    let results = try specs.indices.map { index in
      try (chosen.contains(index) ? seeds : []).compactMap { seed in
        try result(of: specs[index], seed: seed, on: dataset) { try summary($0, specs[index], $1) }
          .map { (value: $0, origin: $1, seed: seed) }
      }
    }
    let known = Set(results.joined().map(\.seed))
    guard !known.isEmpty else {
      throw Failure(
        "--recorded: found none of this chapter's training runs, expected at least one with "
          + "--only-recorded")
    }
    leaveOutSeeds(unless: known.contains)
    // Without these options the command would train what is missing.
    if self[onlyRecorded], results.contains(where: { $0.count < known.count }) {
      record(effectOf: [recordedTrainings.declaration, onlyRecorded.declaration])
    }
    return results
  }

  /// Checks that at most one of the ways to run a program with a table is chosen.
  func checkTableOptions() throws {
    let ways: [(OptionDeclaration, isGiven: Bool)] = [
      (onlyRecorded.declaration, self[onlyRecorded]),
      (firstSteps.declaration, self[firstSteps] != nil),
      (listTrainings.declaration, self[listTrainings]),
      (onlyTraining.declaration, self[onlyTraining] != nil),
    ]
    let given = ways.filter(\.isGiven).map { "--\($0.0.name)" }
    guard given.count < 2 else {
      throw Failure("\(given[0]): found \(given[1]) too, expected one of them")
    }
  }

  /// Prints the command of each training run of `specs`, one in each line.
  private func printCommands(of specs: [TrainingSpec]) throws {
    for spec in specs {
      for seed in seeds {
        try printCommand(
          seed: seed, options: [onlyTraining.declaration.name: spec.nameOnCommandLine])
      }
    }
  }

  /// The indices of the specifications to train: that of ``onlyTraining``, or all.
  ///
  /// - Throws: An error if ``onlyTraining`` names none of them.
  private func chosen(of specs: [TrainingSpec]) throws -> [Int] {
    guard let name = self[onlyTraining] else { return Array(specs.indices) }
    let chosen = specs.indices.filter { specs[$0].nameOnCommandLine == name }
    guard !chosen.isEmpty else {
      throw Failure(
        "--training: found \"\(name)\", expected one of "
          + specs.map(\.nameOnCommandLine).joined(separator: ", "))
    }
    return chosen
  }

  /// The result of the run of `spec` with one seed and its origin: shared by another chapter in OUT,
  /// recorded, or computed now if there is a data set.
  ///
  /// - Parameters:
  ///   - spec: What is trained.
  ///   - seed: The seed.
  ///   - dataset: The data set; nil if no training may be started.
  ///   - summary: The result of a finished run.
  private func result<Value: Codable & Sendable>(
    of spec: TrainingSpec, seed: Int, on dataset: ImageDataset?,
    summary: (SemiSupervisedTraining, ImageDataset) throws -> Value
  ) throws -> (value: Value, origin: StageRecord)? {
    let key = spec.key(preset, seed: seed)
    func recorded() throws -> Value? {
      try self[recordedTrainings].flatMap {
        try self.recorded(Value.self, key, in: $0, on: dataset)
      }
    }
    let value =
      try dataset.map { dataset in
        try sharedStage(
          key, on: dataset, counting: .images(perStep: spec.imagesPerStep), recorded: recorded
        ) { progress in
          try summary(spec.train(on: dataset, seed: seed, progress: progress), dataset)
        }
      } ?? recorded()
    return value.map { ($0, record(of: key)!) }
  }
}
