import ChapterKit
import Datasets
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
  }

  let recorded: Side
  let repeated: Side
  /// Draws pictures into a directory of its own.
  let gnuplot: Gnuplot

  package init(_ recorded: Side, with repeated: Side, drawing gnuplot: Gnuplot) {
    (self.recorded, self.repeated, self.gnuplot) = (recorded, repeated, gnuplot)
  }

  private var program: String { recorded.record.chapter.program }

  /// The findings, one for each item of the record.
  ///
  /// - Throws: An error in one line if a file cannot be read or gnuplot fails.
  package func findings() throws -> [Finding] {
    let files = try fileFindings()
    return [datasetFinding, settingsFinding].compactMap { $0 } + metricFindings
      + fingerprintFindings + files
  }

  private var datasetFinding: Finding? {
    guard let old = recorded.record.dataset, let new = repeated.record.dataset else { return nil }
    return old.sha256 == new.sha256
      ? Finding(program, "data set", .identical)
      : Finding(
        program, "data set", .differs,
        "\(old.name) \(old.sha256.prefix(8)), now \(new.name) \(new.sha256.prefix(8))")
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

  /// The weights of the repeated trainings that the record has fingerprints of itself, not in files of their own.
  private var fingerprintFindings: [Finding] {
    let old = recorded.record.fingerprints ?? [:]
    let new = repeated.record.fingerprints ?? [:]
    return new.keys.sorted().map { name in
      let item = "weights of \(name)"
      return switch old[name] {
      case nil: Finding(program, item, .notCompared, "recorded without fingerprints")
      case new[name]: Finding(program, item, .identical)
      default: Finding(program, item, .differs)
      }
    }
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

// MARK: - Files

extension RecordComparison {
  private func fileFindings() throws -> [Finding] {
    var outcomes: [String: FileDifference] = [:]
    // Data files first, because figures refer to them.
    let ordered =
      recorded.record.files.filter { $0.kind != .figure }
      + recorded.record.files.filter { $0.kind == .figure }
    let overOtherSeeds = overOtherSeeds
    return try ordered.map { file in
      let difference =
        overOtherSeeds.contains(file.path)
        ? FileDifference(
          outcome: .notCompared,
          detail: "over \(recorded.record.seeds.count) seeds, not all of which were repeated")
        : try difference(file, data: outcomes)
      outcomes[file.path] = difference
      return Finding(program, file.path, difference.outcome, difference.detail)
    }
  }

  /// The figures over all seeds of the run and their data files, if the repetition has other seeds: a figure whose
  /// script has the variable `seeds`.
  private var overOtherSeeds: Set<String> {
    guard recorded.record.seeds != repeated.record.seeds else { return [] }
    let figures = recorded.record.files.compactMap(\.figure).filter { $0.variables["seeds"] != nil }
    return Set(figures.flatMap { [$0.picture] + $0.data.map { DataFile.path($0) } })
  }

  private func difference(
    _ file: FileRecord, data: [String: FileDifference]
  ) throws -> FileDifference {
    guard let new = repeated.record.files.first(where: { $0.path == file.path }),
      let content = try repeated.files.content(of: file.path)
    else { return FileDifference(outcome: .differs, detail: "the repetition has no such file") }
    guard sha256Hex(content) == new.sha256 else {
      return FileDifference(outcome: .differs, detail: "changed since the repetition wrote it")
    }
    if file.kind == .weights {
      return new.sha256 == file.sha256
        ? .identical : FileDifference(outcome: .differs, detail: "other weights")
    }
    if let figure = file.figure { return try compare(figure, file, with: new, data: data) }
    let text = String(decoding: content, as: UTF8.self)
    guard let old = try recorded.files.content(of: file.path) else {
      return isRecorded(body: text, of: file)
        ? .identical
        : FileDifference(outcome: .differs, detail: "other pixels than the recorded checksum's")
    }
    let recordedText = String(decoding: old, as: UTF8.self)
    return file.kind == .table
      ? differenceOfTables(recordedText, text) : differenceOfDataFiles(recordedText, text)
  }

  /// Whether a data file that is not kept had the same lines below its first one.
  private func isRecorded(body text: String, of file: FileRecord) -> Bool {
    guard let end = text.firstIndex(of: "\n") else { return false }
    let whole = "# \(recorded.record.dataFileComment)\(text[end...])"
    return sha256Hex(Data(whole.utf8)) == file.sha256
  }

  /// Compares the data of the recorded figure with the new ones, and the picture that they give with the recorded one.
  private func compare(
    _ figure: Figure, _ file: FileRecord, with new: FileRecord, data: [String: FileDifference]
  ) throws -> FileDifference {
    let read = figure.data.map { data[DataFile.path($0)] ?? .identical }
    if let other = otherVariable(figure, new.figure) {
      return FileDifference(outcome: .differs, detail: other)
    }
    if read.allSatisfy({ $0.outcome == .identical }) {
      return try differenceOfDrawings(figure, file)
    }
    let isClose = read.allSatisfy { [.identical, .withinTolerance].contains($0.outcome) }
    return FileDifference(
      outcome: isClose ? .withinTolerance : .differs,
      detail: isClose ? "its data are within tolerance" : "its data differ")
  }

  private func otherVariable(_ old: Figure, _ new: Figure?) -> String? {
    let ofTheRun: Set = ["stamp", "watermark"]
    let (a, b) = (old.variables, new?.variables ?? [:])
    let name = Set(a.keys).union(b.keys).subtracting(ofTheRun).sorted().first { a[$0] != b[$0] }
    return name.map { "its \($0) is \(b[$0] ?? "missing"), recorded \(a[$0] ?? "nothing")" }
  }

  /// Compares the recorded picture with the one that the data, which are equal in both runs, give with the recorded
  /// stamp. The recorded ones are drawn where they are kept, because times in them differ. Another version of gnuplot
  /// draws other bytes, so only the script and its variables are compared then.
  private func differenceOfDrawings(_ figure: Figure, _ file: FileRecord) throws -> FileDifference {
    func content(_ path: String) throws -> Data? {
      try recorded.files.content(of: path) ?? repeated.files.content(of: path)
    }
    let other = FileDifference(
      outcome: .differs, detail: "its data are identical, its script draws otherwise")
    let hasData = try figure.data.allSatisfy { try content(DataFile.path($0)) != nil }
    guard hasData else { return other }
    guard file.drawnBy == gnuplot.version() else {
      guard try gnuplot.fingerprint(of: figure, reading: content) == file.drawnFrom else {
        return other
      }
      return FileDifference(
        outcome: .notCompared,
        detail: "data and script are identical; drawn by \(file.drawnBy ?? "an unknown gnuplot"), "
          + "found \(gnuplot.version() ?? "no gnuplot")")
    }
    let picture = try gnuplot.picture(of: figure, previous: nil, reading: content).picture
    return picture.record.sha256 == file.sha256 ? .identical : other
  }
}
