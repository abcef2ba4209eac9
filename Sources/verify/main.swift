// Repeats recorded runs, and compares them with the records: `make verify`.

import ChapterKit
import Engine
import Files
import Foundation
import Verification

let results = CommandLineOption(
  "results", .existingDirectory, default: URL(filePath: "results"), "the directory of the records")

let out = CommandLineOption(
  "out", .directory, default: URL(filePath: "figures"),
  "the directory of the report, verification/report.json")

let dataSets = CommandLineOption(
  "data", .existingDirectory, "the directory of the data sets (default data)")

let pictures = CommandLineOption(
  "pictures", .existingDirectory, "the folder of pictures of the chapter on your own pictures")

let threads = CommandLineOption(
  "threads", .wholeNumber(in: 1...1024), "the number of threads (default all cores)")

let steps = CommandLineOption(
  "steps", .wholeNumber(in: 1...1_000_000), default: 10,
  "the number of steps of each recorded training run")

let full = CommandLineOption(
  flag: "full", "repeat everything to its end, which takes many hours")

let program = Program(
  "verify",
  summary:
    "Repeats the chapters that take minutes and the first steps of every recorded training run, and\n"
    + "compares them with the records. Exit status 1 if something differs.",
  options: [results, out, dataSets, pictures, threads, steps, full])

/// A repetition of the recorded runs in a directory of its own.
struct Repetition {
  /// The longest computing time of a seed for which a chapter is repeated unless everything is.
  private static let secondsOfASeed = 900.0

  private let invocation: Invocation
  private let records: Records
  private let trainings: [RecordedTraining]
  private let scratch: URL
  private let isFull: Bool
  private let root = URL.currentDirectory()
  private let start = ContinuousClock.now

  init(_ invocation: Invocation) throws {
    self.invocation = invocation
    isFull = invocation[full]
    records = try Records(in: invocation[results])
    trainings = try RecordedTraining.all(
      in: invocation[results].appending(path: TrainingKey.directory))
    // Two directories, so that a quick verification does not remove the progress of a full one.
    scratch = invocation[out].appending(path: isFull ? "verification/full" : "verification/run")
  }

  /// Repeats, compares and writes the report; then the directory of the repetition is removed, unless something differs.
  ///
  /// A verification of everything that was interrupted or failed continues with its results and checkpoints.
  ///
  /// - Throws: ``Interruption`` if a signal asks this process to end, after the program that runs has ended;
  ///   ``BusyError`` if another verification runs, or a program that an earlier one has started.
  func run() throws -> VerificationReport {
    let output = OutputDirectory(invocation[out])
    let created = try output.prepare(subdirectories: ["verification"])
    defer { removeFoldersIfEmpty(created) }
    let runLock = try RunLock(output.file("verification/.lock"), for: "verify")
    defer { runLock.release() }
    // A verification that was killed may have left its program running.
    try RunLock.requireNone(in: scratch)
    if !isFull { removeTree(at: scratch) }
    let createdScratch = try makeFolder(at: scratch)
    defer { removeFoldersIfEmpty(createdScratch) }
    let lockedVersions = try LockedVersions.load(root: root)
    let environment = ComputingEnvironment.ofThisComputer(root: root)
    let findings =
      try records.all.filter { $0.sources == nil && !RecordedTraining.tables.contains($0.chapter) }
      .flatMap { try repeated($0) } + tableFindings() + trainingFindings()
    // A signal between two programs, or after the last one.
    if let signal = StopSignals.ofProcess.received() { throw interruption("interrupted", signal) }
    let report = VerificationReport(
      date: Date().formatted(.iso8601), environment: environment,
      otherVersions: lockedVersions.differences(from: environment), sources: .ofCheckout(at: root),
      isFull: isFull, seconds: (ContinuousClock.now - start) / .seconds(1),
      records: Dictionary(uniqueKeysWithValues: records.all.map { ($0.chapter.program, $0.date) }),
      findings: findings)
    try output.write(SealedJSON.encode(report), to: VerificationReport.path)
    if findings.contains(where: { $0.outcome == .differs }) {
      invocation.note("verify: the results that differ are in \(scratch.shortPath)")
    } else {
      removeTree(at: scratch)
    }
    return report
  }

  // MARK: - Chapters

  /// Repeats a chapter, with its first seed only unless everything is repeated.
  private func repeated(_ record: RunRecord) throws -> [Finding] {
    let seeds = max(1, record.seeds.count)
    guard isFull || record.wallSeconds / Double(seeds) <= Self.secondsOfASeed else {
      let minutes = Int((record.wallSeconds / 60).rounded())
      return [
        Finding(
          record.chapter.program, "all items", .notCompared,
          "recorded in \(minutes) min; FULL=1 repeats them")
      ]
    }
    guard record.chapter != "own" || invocation[pictures] != nil else {
      return [
        Finding(
          record.chapter.program, "all items", .notCompared,
          "repeated with its folder of pictures only, PICTURES=pictures")
      ]
    }
    try run(record, seeds: isFull ? seeds : 1)
    return try findings(record)
  }

  /// Derives the tables again from the recorded training runs, or from repetitions of them.
  private func tableFindings() throws -> [Finding] {
    let tables = RecordedTraining.tables.compactMap { records[$0] }
    for record in tables {
      if isFull { try repeatTrainings(of: record) }
      let folder = (isFull ? scratch : invocation[results]).appending(path: TrainingKey.directory)
      // With all seeds from the first to the last one; those without a recorded run are left out.
      let span = (record.seeds.last ?? 0) - (record.seeds.first ?? 0) + 1
      try run(record, seeds: span, ["--recorded", folder.filePath, "--only-recorded"])
    }
    let claims: [Finding] = try records["claims"].map { try claimFindings($0) } ?? []
    return try tables.flatMap { try findings($0) } + claims
  }

  /// Repeats the training runs from which a table was made; those that another program has repeated already are
  /// found in the folder.
  private func repeatTrainings(of record: RunRecord) throws {
    let names = Set(record.stages.map(\.name))
    for training in trainings where names.contains(training.name) {
      try call(
        record.chapter.program,
        ["--preset", training.preset, "--training", training.argument(for: record)]
          + ["--seed", "\(training.seed)", "--out", scratch.filePath] + common(record.chapter)
          + ownOptions(of: record))
    }
  }

  /// Decides the claims again: from the recorded results, or from their repetitions if everything is repeated.
  private func claimFindings(_ record: RunRecord) throws -> [Finding] {
    for source in records.all where source.sources == nil {
      let file = RunRecord.fileName(chapter: source.chapter)
      let repeated = isFull ? try OutputDirectory(scratch).content(of: file) : nil
      let content = try repeated ?? OutputDirectory(invocation[results]).content(of: file)
      try OutputDirectory(claimsFolder).prepare(subdirectories: [])
      try OutputDirectory(claimsFolder).write(content ?? Data(), to: file)
    }
    try call("claims", ["--out", claimsFolder.filePath])
    return try findings(record, in: claimsFolder)
  }

  private var claimsFolder: URL { scratch.appending(path: "claims") }

  private func run(_ record: RunRecord, seeds: Int, _ more: [String] = []) throws {
    try call(
      record.chapter.program,
      ["--preset", record.preset.rawValue, "--seed", "\(record.seeds.first ?? 0)", "--seeds"]
        + ["\(seeds)", "--out", scratch.filePath] + common(record.chapter) + more
        + ownOptions(of: record))
  }

  /// The options of a record without the preset and those that name recorded training runs. Synthetic data are asked
  /// for even where the record has them for lack of others: a single training run does not use them by itself.
  private func ownOptions(of record: RunRecord) -> [String] {
    record.ownOptions.sorted { $0.key < $1.key }.map { "--\($0.key)=\($0.value)" }
      + (record.dataset?.synthetic == true ? ["--synthetic"] : [])
  }

  /// The folder of a chapter's data, if it is given.
  private func data(of chapter: ChapterName) -> URL? {
    chapter == "own" ? invocation[pictures] : invocation[dataSets]
  }

  private func common(_ chapter: ChapterName) -> [String] {
    (data(of: chapter).map { ["--data", $0.filePath] } ?? [])
      + (invocation[threads].map { ["--threads", "\($0)"] } ?? [])
  }

  private func findings(_ record: RunRecord, in directory: URL? = nil) throws -> [Finding] {
    let directory = directory ?? scratch
    guard let new = try RunRecord.load(chapter: record.chapter, from: directory) else {
      throw Failure(
        "\(directory.shortPath): found no record of \(record.chapter.program), expected one")
    }
    let gnuplot = Gnuplot(
      executable: ExternalProgram("gnuplot")?.executable, root: root,
      workingFolder: scratch.appending(path: "pictures"), console: invocation.console,
      keepsData: true,
      interruption: { interruption("interrupted while gnuplot was running", $0) })
    return try RecordComparison(
      .init(record, in: invocation[results]), with: .init(new, in: directory), drawing: gnuplot
    ).findings()
  }

  // MARK: - Training runs

  /// Compares the training runs: repeated by the chapters, or their first steps.
  private func trainingFindings() throws -> [Finding] {
    if isFull {
      let repeated = scratch.appending(path: TrainingKey.directory)
      return try trainings.map { try $0.finding(repeatedIn: repeated) }
    }
    var taken: [RunRecord] = []
    for preset in Set(trainings.map(\.preset)).sorted() {
      // A chapter takes all seeds from the first to the last; the recorded ones may lie far apart.
      let seeds = IndexSet(trainings.filter { $0.preset == preset }.map(\.seed))
      for range in seeds.rangeView {
        taken += try recordsOfFirstSteps(preset: preset, seeds: range)
      }
    }
    return trainings.map { $0.finding(in: taken) }
  }

  /// Takes the first steps of the recorded training runs with these seeds; returns the records of the chapters.
  private func recordsOfFirstSteps(preset: String, seeds: Range<Int>) throws -> [RunRecord] {
    let folder = scratch.appending(path: "first-steps-\(preset)-\(seeds.lowerBound)")
    return try RecordedTraining.tables.compactMap { chapter in
      try call(
        chapter.program,
        ["--preset", preset, "--seed", "\(seeds.lowerBound)", "--seeds", "\(seeds.count)"]
          + ["--out", folder.filePath]
          + ["--recorded", invocation[results].appending(path: TrainingKey.directory).filePath]
          + ["--first-steps", "\(invocation[steps])"] + common(chapter) + dataset(of: chapter))
      return try RunRecord.load(chapter: chapter, from: folder)
    }
  }

  /// The option with the data set of a chapter's record; none for the default one. The training runs on another data
  /// set have its name in theirs.
  private func dataset(of chapter: ChapterName) -> [String] {
    records[chapter]?.ownOptions["dataset"].map { ["--dataset", $0] } ?? []
  }

  private func interruption(_ description: String, _ signal: Int32) -> Interruption {
    Interruption(description, by: signal, resumes: isFull)
  }

  /// Runs a program from the folder of this one; its progress goes to standard error.
  private func call(_ name: String, _ arguments: [String]) throws {
    let (status, _, _) = try StopSignals.ofProcess.run(
      ExternalProgram(at: folderOfRunningProgram.appending(path: name)), arguments,
      standardError: .inherited
    ) { interruption("interrupted while \(name) was running", $0) }
    guard status == 0 else {
      throw Failure("\(name): found exit status \(status), expected a repetition of its record")
    }
  }
}

exit(
  program.run { invocation in
    let signals = StopSignals.ofProcess
    signals.watch()
    defer { signals.release() }
    let report = try Repetition(invocation).run()
    for line in report.otherVersions { invocation.print("not the locked version  \(line)") }
    for finding in report.findings { invocation.print(finding.line) }
    let differing = report.findings.count { $0.outcome == .differs }
    let time = String(format: "%.0f s", report.seconds)
    let place = invocation[out].appending(path: VerificationReport.path).shortPath
    invocation.print("verify: \(summary(of: report.findings)); \(time); report in \(place)")
    guard differing == 0 else {
      let items =
        differing == 1
        ? "item that differs from its record" : "items that differ from their records"
      throw Failure("found \(differing) \(items), expected none")
    }
  })
