import Datasets
import Engine
import Files
import Foundation

/// One run of a chapter.
///
/// A stage is computed, or its result loaded, when the chapter calls it. Data files, figures, the record
/// and the final table are collected, and written together when the chapter's body has finished, so that
/// all of them describe the same run. Results should be computed in stages: the record takes its date and commit
/// from them, and a run that loads all of them changes nothing.
public final class Run {
  /// The seeds of the run, one after the other.
  public private(set) var seeds: [Int]

  let chapter: Chapter
  let settings: RunSettings
  private let environment: RunEnvironment
  private let output: OutputDirectory
  private let previous: PreviousRecord
  /// The directories that did not exist before the run.
  private let createdDirectories: [URL]
  /// The lock of the chapter in OUT; nil in a run that writes no record.
  private let lock: RunLock?
  private let log: WorkLog
  private let stages: StageRunner
  private var findings = RunFindings()
  private var files = RunFiles()
  private var comparisons: [Comparison] = []
  private var console: Console { environment.console }

  init(_ chapter: Chapter, _ options: OptionValues, in environment: RunEnvironment) throws {
    var environment = environment
    if let interval = options[chapter.common.saveEvery] {
      environment.checkpointInterval = interval
    }
    self.environment = environment
    self.chapter = chapter
    var settings = try RunSettings(chapter, options, root: environment.root)
    if let processes = environment.processes {
      settings.out = try processes.workingFolder(
        for: settings.out, chapter: chapter.name, preset: settings.preset)
    }
    self.settings = settings
    seeds = settings.seeds
    output = OutputDirectory(settings.out)
    let store = StageStore(output, chapter: chapter.name, preset: settings.preset)
    let previous: PreviousRecord
    var (created, lock): ([URL], RunLock?) = ([], nil)
    do {
      if settings.writesRecord {
        created = try store.prepare()
        lock = try RunLock(
          output.file("cache/\(chapter.name.program)/.lock"), for: chapter.name.program)
      }
      // Only now, because a run that ends writes its record until it releases the lock.
      previous = try PreviousRecord(chapter: chapter.name, in: settings.out)
      try previous.checkMayBeReplaced(bySmoke: settings.preset == .smoke, bySynthetic: false)
    } catch {
      lock?.release()
      removeFoldersIfEmpty(created)
      throw error
    }
    (self.previous, createdDirectories, self.lock) = (previous, created, lock)
    if settings.writesRecord {
      if let warning = previous.warning { environment.console.note(warning) }
      let ignored = chapter.options.filter { !$0.changesResults }.map(\.name)
      if let note = previous.replacementNote(
        seeds: seeds, options: settings.changed, ignoring: Set(ignored))
      {
        environment.console.note(note)
      }
    }
    log = WorkLog(environment.console)
    stages = StageRunner(store, threads: settings.threads, log: log, in: environment)
  }

  /// Releases the lock, so that other processes can run the chapter in this OUT, and removes directories in which the run
  /// has written nothing, such as one that it refuses.
  func end() {
    lock?.release()
    removeFoldersIfEmpty(createdDirectories)
    if isCopy { removeTree(at: output.url) }
  }

  /// Whether OUT is a temporary copy, and rank 0 of the processes has OUT itself.
  private var isCopy: Bool { environment.processes?.isFirst == false }
}

// MARK: - Settings

extension Run {
  /// Whether the run writes a record, pictures and tables; a list of commands and a single training run of it do not.
  public var writesRecord: Bool { settings.writesRecord }
  /// The scale, with aliases resolved.
  public var preset: Preset { settings.preset }

  /// The number of threads; results do not depend on it.
  public var threads: Int { settings.threads }

  /// The value of one of the chapter's own options, or its default.
  public subscript<Value>(option: CommandLineOption<Value>) -> Value { settings.options[option] }

  /// Prints a command for the shell that runs this chapter with the options of this run, but with this `seed` and
  /// these `options` in place of those that prevent a record.
  ///
  /// - Throws: ``Failure`` if an argument has a line break, because a list has a command in each line.
  package func printCommand(seed: Int, options: [String: String]) throws {
    let common = chapter.common
    let replaced = [common.seed.declaration.name, common.seeds.declaration.name]
    let kept = settings.given.filter {
      !$0.option.preventsRecord && !replaced.contains($0.option.name)
    }
    let arguments =
      kept.map { ($0.option.name, $0.argument) } + options.sorted { $0.key < $1.key }
      + [(common.seed.declaration.name, "\(seed)")]
    if let argument = arguments.first(where: { $0.1.contains { $0.isNewline } }) {
      throw Failure("--\(argument.0): found a line break, expected none in a list of commands")
    }
    let words = arguments.map { "--\($0.0)=\(shellWord($0.1))" }
    console.print(
      (launcher + [shellWord(environment.program)] + words).joined(separator: " "))
  }

  /// The words before the program in a command for as many processes as this run has.
  private var launcher: [String] {
    guard let processes = environment.processes else { return [] }
    let hosts = ProcessInfo.processInfo.environment["HOSTS"].map { "HOSTS=" + shellWord($0) }
    return ["RANKS=\(processes.communicator.count)"] + (hosts.map { [$0] } ?? [])
      + ["scripts/ranks"]
  }

  /// Removes the seeds that `isKnown` rejects from the run and its record.
  package func leaveOutSeeds(unless isKnown: (Int) -> Bool) { seeds = seeds.filter(isKnown) }
}

// MARK: - Data

extension Run {
  /// The data set of this run: loaded from DATA, downloaded, or else synthetic; always synthetic with
  /// `--synthetic`.
  ///
  /// A run that writes no record uses synthetic data with `--synthetic` only.
  ///
  /// - Throws: An error that names a damaged or missing file in DATA, or a record of real data that a run on synthetic
  ///   data would replace.
  public func dataset(_ source: DatasetSource) throws -> ImageDataset {
    require(findings.dataset == nil, "A run has one data set.")
    func obtain() throws -> ImageDataset {
      settings.usesSyntheticData
        ? try syntheticDataset(source, nil)
        : try source.obtain(in: settings.data, note: console.note)
          ?? syntheticDataset(source, settings.data)
    }
    let found =
      try environment.processes?.obtainAfterFirst("the data set", \.sha256, obtain) ?? obtain()
    useDataset(DatasetIdentity(found))
    return found
  }

  /// The data set of this run as ``dataset(_:)`` returns it, checked for its size.
  ///
  /// - Throws: An error if there are fewer than `minimumTrain` training images or `minimumTest` test images, or none
  ///   of some class among either.
  public func dataset(
    _ source: DatasetSource, minimumTrain: Int, minimumTest: Int
  ) throws -> ImageDataset {
    let found = try dataset(source)
    let parts = [
      (found.train, "training", minimumTrain, found.knownLabels),
      (found.test, "test", minimumTest, found.test.count),
    ]
    for (images, kind, minimum, known) in parts {
      guard images.count >= minimum else {
        throw Failure(
          "\(found.name): found \(images.count) \(kind) images, expected at least \(minimum) for "
            + "\(chapter.name.displayName) at the scale \(preset.rawValue); give other DATA (--data)"
        )
      }
      // The labels of the training images after the known ones are stored as 0.
      let present = Set(images.labels.prefix(known))
      if let missing = found.classNames.indices.first(where: { !present.contains(UInt8($0)) }) {
        throw Failure(
          "\(found.name): found no \(kind) image of the class \(found.classNames[missing]), expected "
            + "some of each class; give other DATA (--data)")
      }
    }
    return found
  }

  /// Makes `dataset`, which the chapter has read itself, the data set of this run.
  ///
  /// - Returns: The same data set.
  /// - Throws: An error if it is synthetic and would replace results on real data.
  public func use(_ dataset: ImageDataset) throws -> ImageDataset {
    require(findings.dataset == nil, "A run has one data set.")
    try environment.processes?.checkAgreement(on: "the data set", dataset.sha256)
    if dataset.isSynthetic {
      try previous.checkMayBeReplaced(bySmoke: false, bySynthetic: true)
    }
    useDataset(DatasetIdentity(dataset))
    return dataset
  }

  private func useDataset(_ dataset: DatasetIdentity) {
    findings.dataset = dataset
    if writesRecord, let note = previous.replacementNote(dataset: dataset) { console.note(note) }
  }

  /// Whether synthetic data were requested (`--synthetic`).
  public var usesSyntheticData: Bool { settings.usesSyntheticData }

  /// The folder DATA, for a chapter that has no default for it.
  ///
  /// - Parameter content: A description of what the folder should contain, for the error.
  /// - Throws: An error if DATA was not given.
  public func dataDirectory(with content: String) throws -> URL {
    guard let given = settings.options[chapter.common.data] else {
      throw UsageError("--data: found nothing, expected DATA=FOLDER with \(content)")
    }
    return given
  }

  /// A synthetic data set in place of that of `source`, which is not in `directory`, or, where that is nil, is not
  /// wanted.
  private func syntheticDataset(_ source: DatasetSource, _ directory: URL?) throws -> ImageDataset {
    // A single training run is one of many for a table, and has neither a record nor pictures to show the mark.
    if let directory, !writesRecord {
      throw Failure(
        "\(directory.shortPath): found no \(source.name), expected it for a single training run, which never "
          + "uses synthetic data by itself; make data downloads it; to run on synthetic data instead: SYNTHETIC=1"
      )
    }
    try previous.checkMayBeReplaced(bySmoke: false, bySynthetic: true)
    return source.synthetic(for: directory, note: console.note)
  }
}

// MARK: - Stages

extension Run {
  /// Computes a part of the chapter once: its result is stored in OUT/cache and loaded again as long as
  /// nothing that it depends on has changed.
  ///
  /// - Parameters:
  ///   - name: The name of the stage, which occurs once in a run.
  ///   - dataset: The data set that the stage reads, if any.
  ///   - inputs: Everything else that the result depends on, apart from the code.
  ///   - unit: The unit of its progress.
  ///   - work: Computes the result, with the same bits for any number of threads.
  public func stage<Value: Codable>(
    _ name: String, on dataset: ImageDataset? = nil, inputs: [String: any Encodable] = [:],
    counting unit: ProgressUnit = .iterations, _ work: (StageProgress) throws -> Value
  ) throws -> Value {
    let folder = try chapter.name.folder(in: environment.root)
    return try stages.run(
      StageRequest(
        name, dataset: dataset.map { DatasetIdentity($0) }, inputs: inputs,
        code: folder.map { [$0] } ?? []),
      counting: unit, work)
  }

  /// Computes a stage whose result other chapters can use once: it is stored and loaded like the result of
  /// ``stage(_:on:inputs:counting:_:)``, but depends on the code of the key only, not on the chapter's.
  ///
  /// - Parameters:
  ///   - key: The name, the inputs and the code.
  ///   - dataset: The data set that the stage reads.
  ///   - code: The paths of further files that the result depends on.
  ///   - unit: The unit of its progress.
  ///   - work: Computes the result, with the same bits for any number of threads.
  public func stage<Value: Codable>(
    _ key: TrainingKey, on dataset: ImageDataset, code: [String] = [],
    counting unit: ProgressUnit, _ work: (StageProgress) throws -> Value
  ) throws -> Value {
    try stages.run(
      StageRequest(key, dataset: DatasetIdentity(dataset), code: code), counting: unit, work)
  }

  /// The result that this or another chapter stored in OUT under `key`, if it was computed from the same
  /// inputs on the same data by the same sources.
  public func shared<Value: Codable & Sendable>(
    _ type: Value.Type, _ key: TrainingKey, on dataset: ImageDataset
  ) throws -> Value? {
    try stages.shared(type, key, dataset: dataset.sha256)?.value
  }

  /// The result that is recorded in `directory` under `key`, if it was computed from the same inputs
  /// and, if `dataset` is given, on the same data, by any version of the sources.
  ///
  /// The record of this run names the commit that computed it.
  ///
  /// - Throws: An error that names the file if it is damaged or contains anything else.
  public func recorded<Value: Codable & Sendable>(
    _ type: Value.Type, _ key: TrainingKey, in directory: URL, on dataset: ImageDataset?
  ) throws -> Value? {
    let found = try stages.recorded(type, key, in: directory, dataset: dataset?.sha256)
    guard let found else { return nil }
    if let first = findings.dataset, first.sha256 != found.dataset.sha256 {
      throw Failure(
        "--recorded: found \(key.name) on \(found.dataset.name), expected a run on \(first.name), on the "
          + "same bytes as the others")
    }
    findings.dataset = found.dataset
    return found.value
  }

  /// The result under `key`: that of this or another chapter in OUT, what `recorded` finds, or what `work` computes; then it
  /// is stored in OUT for other chapters. One process at a time computes it.
  ///
  /// - Throws: ``BusyError`` if another process computes it.
  package func sharedStage<Value: Codable & Sendable>(
    _ key: TrainingKey, on dataset: ImageDataset, counting unit: ProgressUnit,
    recorded: () throws -> Value?, _ work: (StageProgress) throws -> Value
  ) throws -> Value {
    if let found = try shared(Value.self, key, on: dataset) ?? recorded() { return found }
    let lock = try stages.lock(key)
    defer { lock.release() }
    // Another process may have stored it since.
    if let found = try shared(Value.self, key, on: dataset) { return found }
    let folder = shellWord(directory(TrainingKey.directory).shortPath)
    let value = try stages.run(
      StageRequest(
        key, dataset: DatasetIdentity(dataset),
        useOfOtherCode: "RECORDED=\(folder) would use it"),
      counting: unit, work)
    try share(value, of: key, on: dataset)
    return value
  }

  /// Stores the result of a stage of this run in OUT for other chapters.
  ///
  /// - Throws: An error that names the file if it is on synthetic data, and would replace a result on real data.
  public func share(
    _ value: some Codable & Sendable, of key: TrainingKey, on dataset: ImageDataset
  ) throws {
    try stages.share(value, of: key, dataset: DatasetIdentity(dataset))
  }

  /// Shows the progress of work that is not a stage, because its results are kept elsewhere, such as in a cache of
  /// decoded pictures.
  ///
  /// The record does not mention the work. It has no checkpoints, so that a signal ends the program at once.
  ///
  /// - Parameters:
  ///   - name: The name of the work in the display.
  ///   - unit: The unit of its progress.
  ///   - work: Does the work; it need not show any progress if there is nothing to do.
  public func showingProgress<Value>(
    of name: String, counting unit: ProgressUnit, _ work: (StageProgress) throws -> Value
  ) rethrows -> Value {
    let progress = StageProgress(stage: name, unit: unit, checkpointFiles: nil, in: environment)
    let value = try work(progress)
    if progress.isShown { note("\(name): done in \(durationText(progress.stopwatch.seconds))") }
    return value
  }

  /// The origin of the result of a stage of this run.
  public func record(of key: TrainingKey) -> StageRecord? { stages.record(of: key.name) }
}

// MARK: - Findings and files

extension Run {
  /// Records the chapter's settings.
  public func record(settings: some Encodable) throws { try findings.record(settings: settings) }

  /// Records that options which usually have no effect on results had one: they become a part of the command that
  /// makes these results. Options that were not given are ignored.
  package func record(effectOf options: [OptionDeclaration]) {
    for (option, argument) in settings.given
    where options.contains(where: { $0.name == option.name }) {
      findings.record(effectOf: option.name, argument)
    }
  }

  /// Records a metric with one value for each seed, or a single value.
  public func record(metric name: String, values: [some BinaryFloatingPoint]) {
    findings.record(metric: name, values: values.map { Double($0) })
  }

  /// Records the fingerprints of the weights during the training in the stage `name`.
  public func record(_ fingerprints: WeightFingerprints, ofStage name: String) {
    require(
      stages.record(of: name) != nil, "The run has no stage \(name) for these fingerprints.")
    findings.record(fingerprints, ofStage: name)
  }

  /// The folder `path` in OUT, for files that are not results, such as a cache.
  public func directory(_ path: String) -> URL { output.file(path) }

  /// Writes a line to standard error.
  public func note(_ line: String) { console.note(line) }

  /// Writes the content of a file of weights into OUT as `name`.
  public func write(weights: Data, to name: String) { files.add(weights: weights, name: name) }

  /// Writes a data file into OUT/data.
  public func write(_ file: DataFile) { files.add(file) }

  /// Writes a table as a data file into OUT/data and as Markdown into OUT/NAME.md; with `asPicture` also
  /// draws it with figures/table.gp as OUT/NAME.svg.
  public func write(_ table: TextTable, asPicture: Bool = false) {
    files.add(table, asPicture: asPicture)
  }

  /// Draws figures/`script`.gp with gnuplot into the file `picture` of OUT.
  ///
  /// - Parameters:
  ///   - script: The script's name. The script can use the variables `data`, `out`, `stamp` and
  ///     `watermark`.
  ///   - picture: The picture's file name.
  ///   - data: The names of the data files that the script reads, of this chapter or of an earlier one.
  ///   - variables: More variables for the script, all of them strings.
  public func draw(
    _ script: String, into picture: String, data: [String], variables: [String: String] = [:]
  ) {
    files.add(Figure(script: script, picture: picture, data: data, variables: variables))
  }

  /// Prints rows of a table at the end: metrics beside the article's numbers.
  public func report(_ comparisons: [Comparison]) { self.comparisons += comparisons }
}

// MARK: - The end of a run

extension Run {
  /// Writes the files and the record together, and prints their paths. If a file cannot be completed, OUT keeps the
  /// earlier results; the results of stages are stored already.
  func finish() throws {
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
      console: console)
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
      options: settings.changed.merging(findings.options) { given, _ in given },
      settings: findings.settings, dataset: findings.dataset,
      commit: newest.commit, dirty: newest.dirty, sourceSHA256: newest.sourceSHA256,
      date: newest.date, threads: newest.threads, blasCore: newest.blasCore,
      environment: newest.environment, wallSeconds: roundedToMilliseconds(seconds),
      metrics: findings.metrics,
      stages: stages.records,
      fingerprints: findings.fingerprints.isEmpty ? nil : findings.fingerprints, files: [])
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
