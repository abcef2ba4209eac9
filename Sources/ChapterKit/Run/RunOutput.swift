import Files
import Foundation

// The output of a run: its files and its record.

extension Run {
  /// Writes the files and the record together, and prints their paths. If a file cannot be completed, OUT keeps the
  /// earlier results; the results of stages are stored already.
  func writeResults() throws {
    guard !isCopy else { return }
    guard settings.writesRecord else {
      if !log.hasWorked, !stages.records.isEmpty {
        console.print("\(chapter.name.program): everything is up to date")
      }
      return
    }
    var record = recordWithoutFiles()
    do {
      try record.validate()
    } catch {
      throw Failure(
        "\(chapter.name.program): found \(oneLine(error)) in the results, expected plausible values; "
          + "nothing is written")
    }
    let drawing = directory("cache/\(chapter.name.program)/drawing")
    let gnuplot = Gnuplot(
      executable: environment.gnuplot, root: environment.root, workingFolder: drawing,
      console: console, keepsData: true, signals: environment.ownSignals)
    let complete = try files.complete(
      for: record, previous: previous.record?.files ?? [], in: output, by: gnuplot, log: log)
    removeTree(at: drawing)
    record.files = complete.map(\.record)
    try write(complete, with: record)
    if !comparisons.isEmpty {
      console.print(comparisonTable(comparisons, metrics: record.metrics))
    }
    printLocation(of: record)
  }

  /// Writes the files that are not in OUT yet, and the record.
  private func write(_ files: [CompleteFile], with record: RunRecord) throws {
    var new = try files.filter { try output.content(of: $0.record.path) != $0.content }
      .map { (path: $0.record.path, content: $0.content) }
    if record != previous.record {
      try new.append((RunRecord.fileName(chapter: chapter.name), record.encoded()))
    }
    guard !new.isEmpty else { return }
    try output.write(new)
    log.noteWritten()
  }

  /// The record, dated by its newest stage: loading old results does not make them new.
  private func recordWithoutFiles() -> RunRecord {
    let newest =
      stages.records.max { $0.date < $1.date }
      ?? environment.record(of: "", key: "", threads, time: Stopwatch(in: environment))
    let seconds = stages.records.map(\.seconds).reduce(0, +)
    return RunRecord(
      chapter: chapter.name, title: chapter.title, preset: preset, seeds: seeds,
      options: settings.changed.merging(recordedValues.options) { given, _ in given },
      settings: recordedValues.settings, dataset: recordedValues.dataset,
      commit: newest.commit, dirty: newest.dirty, sourceSHA256: newest.sourceSHA256,
      date: newest.date, threads: newest.threads, blasCore: newest.blasCore,
      environment: newest.environment, wallSeconds: roundedToMilliseconds(seconds),
      metrics: recordedValues.metrics,
      stages: stages.records,
      fingerprints: recordedValues.fingerprints.isEmpty ? nil : recordedValues.fingerprints,
      files: [])
  }

  private func printLocation(of record: RunRecord) {
    let pictures = record.files.filter { [.figure, .table].contains($0.kind) }.map(\.path)
    let state = log.hasWorked ? "done" : "everything is up to date"
    console.print(
      "\(chapter.name.program): \(state); results in \(output.url.shortPath): "
        + (pictures + ["data/", RunRecord.fileName(chapter: chapter.name)])
        .joined(separator: ", "))
  }
}
