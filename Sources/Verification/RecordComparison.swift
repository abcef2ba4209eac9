import ChapterKit
import Files
import Foundation

/// A comparison of a recorded run with its repetition: data set, settings, metrics, data files, tables and
/// figures.
package struct RecordComparison {
  /// A record and the directory with its files.
  package struct Side {
    let record: RunRecord
    let files: OutputDirectory

    package init(_ record: RunRecord, in directory: URL) {
      (self.record, files) = (record, OutputDirectory(directory))
    }

    /// The record of a file; nil if the run has no such file.
    func file(_ path: String) -> FileRecord? { record.files.first { $0.path == path } }
  }

  let recorded: Side
  let repeated: Side
  /// Draws pictures into a directory of its own.
  let gnuplot: Gnuplot

  package init(_ recorded: Side, with repeated: Side, drawing gnuplot: Gnuplot) {
    (self.recorded, self.repeated, self.gnuplot) = (recorded, repeated, gnuplot)
  }

  var program: String { recorded.record.chapter.program }

  /// The findings, one for each item of one of the two records; an item that only one of them has differs, except
  /// that fingerprints that only the repetition has are not compared.
  ///
  /// - Throws: An error in one line if a file cannot be read or gnuplot fails.
  package func findings() throws -> [Finding] {
    let files = try fileFindings()
    return [datasetFinding, settingsFinding].compactMap { $0 } + metricFindings
      + fingerprintFindings + files
  }

  private var datasetFinding: Finding? {
    let (old, new) = (recorded.record.dataset, repeated.record.dataset)
    guard old != nil || new != nil else { return nil }
    return old?.sha256 == new?.sha256
      ? Finding(program, "data set", .identical)
      : Finding(
        program, "data set", .differs,
        "\(old?.shortName ?? "none"), now \(new?.shortName ?? "none")")
  }

  private var settingsFinding: Finding? {
    let found = differences(recorded.record.settings, repeated.record.settings)
    guard let first = found.first else { return nil }
    return Finding(
      program, "settings", .differs,
      "\(found.count) differ, first \(first.path): \(first.a), now \(first.b)")
  }
}

// MARK: - Metrics

extension RecordComparison {
  private var metricFindings: [Finding] {
    let (old, new) = (recorded.record.metrics, repeated.record.metrics)
    return Set(old.keys).union(new.keys).filter { !describesTheRun($0) }.sorted().map { name in
      guard let a = old[name], let b = new[name] else {
        return Finding(
          program, name, .differs, old[name] == nil ? "not in the record" : "not in the repetition")
      }
      return finding(name, a, b)
    }
  }

  private func finding(_ name: String, _ a: Metric, _ b: Metric) -> Finding {
    let expected = expectedValues(of: name)
    let found = repeated.record.metric(name)?.valuesBySeed
    if (expected != nil && found == expected) || a.hasSameNumbers(as: b) {
      return Finding(program, name, .identical)
    }
    let reference =
      expected.map { expected in
        Metric(of: expected.sorted { $0.key < $1.key }.map(\.value)).mean
      } ?? a.mean
    let numbers = "\(short(reference)), now \(short(b.mean))"
    let difference = abs(b.mean - reference)
    if let sd = a.sd {
      return difference <= 3 * sd
        ? Finding(
          program, name, .withinTolerance,
          "\(numbers); the tolerance is three standard deviations of the seeds, \(short(3 * sd))")
        : Finding(program, name, .differs, numbers)
    }
    return difference <= relativeTolerance * abs(reference)
      ? Finding(
        program, name, .withinTolerance,
        "\(numbers); the tolerance is \(relativeTolerance) of the value")
      : Finding(program, name, .differs, numbers)
  }

  /// The recorded values of a metric for the seeds with which the repetition measured it; nil if a record does not name
  /// the seeds of its values, or if the record lacks one of these seeds.
  private func expectedValues(of name: String) -> [Int: Double]? {
    guard let old = recorded.record.metric(name)?.valuesBySeed,
      let new = repeated.record.metric(name)?.valuesBySeed
    else { return nil }
    let expected = old.filter { new.keys.contains($0.key) }
    return !new.isEmpty && expected.count == new.count ? expected : nil
  }

  private func short(_ value: Double) -> String { String(format: "%.6g", value) }

  /// The weights of the training runs that the records have fingerprints of themselves, not in files of their own.
  private var fingerprintFindings: [Finding] {
    let new = repeated.record.fingerprints ?? [:]
    guard let old = recorded.record.fingerprints else {
      return new.keys.sorted().map {
        Finding(program, weightsItem($0), .notCompared, "recorded without fingerprints")
      }
    }
    let names = Set(old.keys.filter(isRepeated)).union(new.keys)
    return names.sorted().map { name in
      switch (old[name], new[name]) {
      case (nil, _): Finding(program, weightsItem(name), .differs, "not in the record")
      case (_, nil): Finding(program, weightsItem(name), .differs, "not in the repetition")
      case (let a?, let b?): a.finding(program, weightsItem(name), repeatedAs: b)
      }
    }
  }

  private func weightsItem(_ name: String) -> String { "weights of \(name)" }

  /// Whether the repetition has the seed of a training run, by which its name ends; also without a seed in the name.
  private func isRepeated(_ training: String) -> Bool {
    guard let match = training.wholeMatch(of: /.*seed ([0-9]+)/), let seed = Int(match.1) else {
      return true
    }
    return repeated.record.seeds.contains(seed)
  }
}

/// Compares the results in a directory with a repetition of all or some of them: the records of chapters with their
/// metrics, fingerprints and files, and the training runs.
///
/// - Parameters:
///   - recorded: The directory of the results.
///   - repeated: The directory of the repetition.
///   - gnuplot: Draws pictures into a directory of its own.
/// - Throws: An error in one line if a repeated record is not among the results, or a file is damaged.
package func findings(
  of recorded: URL, repeatedIn repeated: URL, drawing gnuplot: Gnuplot
) throws -> [Finding] {
  let old = try Records(in: recorded)
  let records = try Records(in: repeated).all.flatMap { new in
    guard let record = old[new.chapter] else {
      throw Failure(
        "\(recorded.shortPath): found no record of \(new.chapter.program), expected the one that "
          + "\(repeated.shortPath) repeats")
    }
    return try RecordComparison(
      .init(record, in: recorded), with: .init(new, in: repeated), drawing: gnuplot
    ).findings()
  }
  let trainings = try RecordedTraining.all(in: recorded.appending(path: TrainingKey.directory))
  let again = try RecordedTraining.all(in: repeated.appending(path: TrainingKey.directory))
  return records
    + again.map { new in
      trainings.first { $0.file == new.file }?.finding(repeatedAs: new)
        ?? Finding("trainings", new.file, .notCompared, "not among the results")
    }
}
