import Datasets
import Engine
import Files
import Foundation

/// One run of a chapter: its settings, and what it has to say.
///
/// Stages are computed where they stand. Data files, pictures, the record and the final table are
/// collected and written together when the chapter's body is done, so that all of them speak of the
/// same run. What a chapter finds it computes in stages: they carry the date and commit of the
/// record, and a run in which all of them are loaded leaves everything as it is.
public final class Run {
  /// The scale, with aliases resolved.
  public let preset: Preset
  /// The seeds to run with, one after the other.
  public private(set) var seeds: [Int]
  /// How many threads work; results do not depend on it.
  public let threads: Int

  let chapter: Chapter
  private let options: OptionValues
  private let environment: RunEnvironment
  let output: OutputDirectory
  private let cache: StageCache
  private let previous: PreviousRecord
  private let lock: RunLock
  private var console: Console { environment.console }
  var root: URL { environment.root }

  private var settings = JSONValue.object([:])
  var dataset: DatasetIdentity?
  var stages: [StageRecord] = []
  private var metrics: [String: Metric] = [:]
  private var fingerprints: [String: WeightFingerprints] = [:]
  private var dataFiles: [DataFile] = []
  private var figures: [Figure] = []
  private var tables: [TextTable] = []
  private var comparisons: [Comparison] = []
  /// Stages that were loaded and not yet spoken of: nobody needs to hear when all of them are.
  var keptStages: [StageRecord] = []
  private var hasWorked = false

  init(_ chapter: Chapter, _ options: OptionValues, in environment: RunEnvironment) throws {
    self.chapter = chapter
    self.options = options
    var environment = environment
    if let interval = options[chapter.common.saveEvery] {
      environment.checkpointInterval = interval
    }
    self.environment = environment
    let preset = chapter.resolve(options[chapter.common.preset])
    let firstSeed = options[chapter.common.seed]
    self.preset = preset
    seeds = Array(firstSeed..<firstSeed + options[chapter.common.seeds])
    threads = options[chapter.common.threads] ?? Parallel.threads

    guard environment.root.appending(path: "figures").isExistingDirectory else {
      throw Failure(
        "figures: found no such directory in \(environment.root.shortPath), expected the scripts "
          + "that draw; run from the root of the package")
    }
    let standardOut = preset == .smoke ? "figures/smoke" : "figures"
    let out = options[chapter.common.out] ?? environment.root.appending(path: standardOut)
    let cacheDirectory = "cache/\(chapter.name.program)/\(preset.rawValue)"
    output = OutputDirectory(out)
    cache = StageCache(output, directory: cacheDirectory)
    previous = try PreviousRecord(chapter: chapter.name, in: out)
    try previous.checkMayBeReplaced(bySmoke: preset == .smoke, bySynthetic: false)
    if let warning = previous.warning { environment.console.note(warning) }
    try output.prepare(subdirectories: ["data", cacheDirectory])
    lock = try RunLock(
      output.file("cache/\(chapter.name.program)/.lock"), program: chapter.name.program)
  }

  /// Lets other processes run the chapter in this OUT.
  func end() { lock.release() }

  /// The value of one of the chapter's own options, or its default.
  public subscript<Value>(option: CommandLineOption<Value>) -> Value { options[option] }

  /// The data set of this run: from DATA, else from the network, else drawn by code; with
  /// `--synthetic` drawn by code at once.
  ///
  /// - Throws: An error in one line where the data are there but broken.
  public func dataset(_ source: DatasetSource) throws -> ImageDataset {
    require(dataset == nil, "A run has one data set.")
    let directory = options[chapter.common.data] ?? environment.root.appending(path: "data")
    let found =
      options[chapter.common.synthetic]
      ? try standIn(source, nil)
      : try source.obtain(in: directory, note: console.note) ?? standIn(source, directory)
    dataset = DatasetIdentity(found)
    return found
  }

  /// The data set of this run as ``dataset(_:)`` gives it, if it has at least `train` images to learn
  /// from and `test` to measure on, and some of each class among either.
  ///
  /// - Throws: An error in one line where it has not.
  public func dataset(_ source: DatasetSource, train: Int, test: Int) throws -> ImageDataset {
    let found = try dataset(source)
    for (images, kind, minimum) in [(found.train, "training", train), (found.test, "test", test)] {
      guard images.count >= minimum else {
        throw Failure(
          "\(found.name): found \(images.count) \(kind) images, expected at least \(minimum) for "
            + "\(chapter.name.spoken) at the scale \(preset.rawValue); give other DATA (--data)")
      }
      let present = Set(images.labels)
      if let missing = found.classNames.indices.first(where: { !present.contains(UInt8($0)) }) {
        throw Failure(
          "\(found.name): found no \(kind) image of the class \(found.classNames[missing]), expected "
            + "some of each class; give other DATA (--data)")
      }
    }
    return found
  }

  private func standIn(_ source: DatasetSource, _ directory: URL?) throws -> ImageDataset {
    try previous.checkMayBeReplaced(bySmoke: false, bySynthetic: true)
    return source.announcedStandIn(for: directory, note: console.note)
  }

  /// A unit of work that is done once: its result is kept in OUT/cache and loaded again as long as
  /// nothing it depends on has changed.
  ///
  /// - Parameters:
  ///   - name: What it is called; each name occurs once in a run.
  ///   - dataset: The data set that it reads, if it does.
  ///   - inputs: All else that the result depends on, besides the program itself.
  ///   - unit: What the progress counts.
  ///   - work: Computes the result. It must give the same bits for any number of threads.
  public func stage<Value: Codable>(
    _ name: String, on dataset: ImageDataset? = nil, inputs: [String: any Encodable] = [:],
    counting unit: ProgressUnit = .iterations, _ work: (StageProgress) throws -> Value
  ) throws -> Value {
    require(
      !stages.contains { fileNamePart(of: $0.name) == fileNamePart(of: name) },
      "Two stages share the name \(name).")
    let key = try StageIdentity(
      executable: environment.executableSHA256, stage: name,
      inputs: inputs.mapValues { try JSONValue(describing: $0) }, dataset: dataset?.sha256
    ).key()
    let entry: StageCache.Entry<Value>
    if let kept = keptResult(Value.self, of: name, key: key) {
      entry = kept
      keptStages.append(kept.record)
    } else {
      entry = try compute(name, key: key, counting: unit, work)
    }
    stages.append(entry.record)
    return entry.value
  }

  /// Leaves out the seeds of which `isKnown` does not hold: the record does not speak of them.
  package func leaveOutSeeds(unless isKnown: (Int) -> Bool) { seeds = seeds.filter(isKnown) }

  /// Records the chapter's settings.
  public func record(settings: some Encodable) throws {
    self.settings = try JSONValue(describing: settings)
  }

  /// Records a quantity, one value for each seed or a single one.
  public func record(metric name: String, values: [some BinaryFloatingPoint]) {
    require(metrics[name] == nil, "The metric \(name) is recorded twice.")
    metrics[name] = Metric(of: values.map { Double($0) })
  }

  /// Records the fingerprints of the weights on the way of the training in a stage.
  public func record(_ fingerprints: WeightFingerprints, ofStage name: String) {
    require(
      stages.contains { $0.name == name }, "The fingerprints are of no stage of this run: \(name).")
    self.fingerprints[name] = fingerprints
  }

  /// Has a table written to OUT/data.
  public func write(_ file: DataFile) {
    require(
      !dataFiles.contains { $0.name == file.name }, "The data file \(file.name) is written twice.")
    dataFiles.append(file)
  }

  /// Has a table for people written three times: into OUT/data for gnuplot, as OUT/`name`.md, and by
  /// figures/table.gp as OUT/`name`.svg.
  public func write(_ table: TextTable) {
    tables.append(table)
    write(table.dataFile)
    draw(
      "table", into: "\(table.name).svg", data: [table.name],
      variables: table.variables)
  }

  /// Has gnuplot draw figures/`script`.gp into the file `picture` of OUT.
  ///
  /// - Parameters:
  ///   - script: The script's name. It finds the variables `data`, `out`, `stamp` and `watermark`.
  ///   - picture: The picture's file name.
  ///   - data: The data files that it shows, of this chapter or of an earlier one.
  ///   - variables: More variables for the script, all of them texts.
  public func draw(
    _ script: String, into picture: String, data: [String], variables: [String: String] = [:]
  ) {
    require(
      !figures.contains { $0.picture == picture }, "The picture \(picture) is drawn twice.")
    figures.append(Figure(script: script, picture: picture, data: data, variables: variables))
  }

  /// Has a table printed at the end: what was measured beside what the article has.
  public func report(_ comparisons: [Comparison]) { self.comparisons += comparisons }

  /// Writes what the body asked for, the record last, and says where it lies.
  func finish() throws {
    var record = recordWithoutFiles()
    record.files = try dataFiles.map { try write($0, comment: record.dataFileComment) }
    record.files += try tables.map { try write($0, stamp: record.stamp) }
    let origin = ["stamp": record.stamp, "watermark": record.warning ?? ""]
    record.files += try figures.map { try draw($0, origin: origin) }
    do {
      try record.validate()
    } catch {
      throw Failure(
        "\(chapter.name.program): found \(oneLine(error)) in what it computed, expected possible "
          + "values; no record is written")
    }
    if record != previous.record {
      try output.write(record.encoded(), to: RunRecord.fileName(chapter: chapter.name))
      hasWorked = true
    }
    if !comparisons.isEmpty {
      console.print(comparisonTable(comparisons, metrics: record.metrics))
    }
    sayWhereItLies(record)
  }
}

// MARK: - Stages

extension Run {
  private func keptResult<Value: Decodable>(
    _ type: Value.Type, of stage: String, key: String
  ) -> StageCache.Entry<Value>? {
    do {
      let entry = try cache.load(type, stage: stage, key: key)
      if let entry { removeCheckpoints(of: entry.record) }
      return entry
    } catch {
      console.note("\(oneLine(error)); computing it again")
      return nil
    }
  }

  /// Removes what a stage that is done has left there where it could not be removed then.
  func removeCheckpoints(of stage: StageRecord) {
    cache.checkpoints(of: stage.name, key: stage.key).removeFinished(ofAllKeys: false)
  }

  private func compute<Value: Encodable>(
    _ name: String, key: String, counting unit: ProgressUnit,
    _ work: (StageProgress) throws -> Value
  ) throws -> StageCache.Entry<Value> {
    beginWork()
    let checkpoints = cache.checkpoints(of: name, key: key)
    let progress = StageProgress(
      stage: name, unit: unit, checkpointFiles: checkpoints, in: environment)
    defer { environment.stopSignals.release() }
    let value: Value
    do {
      value = try work(progress)
    } catch let error as Trainer.NonFiniteLoss {
      let last = try checkpoints.find().names.first.map { "the last checkpoint is \($0)" }
      throw Failure("\(name): \(error); \(last ?? "there is no checkpoint yet")")
    }
    let seconds = progress.stopwatch.seconds
    let record = StageRecord(
      name: name, key: key, commit: environment.sources.commit, dirty: environment.sources.dirty,
      date: environment.date().formatted(.iso8601), threads: threads,
      blasCore: environment.blasCore, seconds: roundedToMilliseconds(seconds))
    let entry = StageCache.Entry(value: value, record: record)
    try cache.store(entry)
    console.note("\(name): done in \(durationText(seconds))\(progress.closing)")
    if let signal = environment.stopSignals.received() {
      throw Interruption("interrupted after \(name)", by: signal)
    }
    return entry
  }

  /// Names the stages that were loaded before the first thing that has to be done.
  private func beginWork() {
    hasWorked = true
    for stage in keptStages {
      console.note("\(stage.name): kept, computed \(stage.date) in \(durationText(stage.seconds))")
    }
    keptStages = []
  }
}

// MARK: - Results

extension Run {
  /// The record of this run, dated by its newest stage: loading old results does not make them new.
  private func recordWithoutFiles() -> RunRecord {
    let newest = stages.max { $0.date < $1.date }
    return RunRecord(
      chapter: chapter.name, title: chapter.title, preset: preset, seeds: seeds,
      settings: settings, dataset: dataset,
      commit: newest?.commit ?? environment.sources.commit,
      dirty: newest.map(\.dirty) ?? environment.sources.dirty,
      date: newest?.date ?? environment.date().formatted(.iso8601),
      threads: newest?.threads ?? threads, blasCore: newest?.blasCore ?? environment.blasCore,
      wallSeconds: roundedToMilliseconds(stages.map(\.seconds).reduce(0, +)), metrics: metrics,
      stages: stages, fingerprints: fingerprints.isEmpty ? nil : fingerprints, files: [])
  }

  private func write(_ file: DataFile, comment: String) throws -> FileRecord {
    try write(file.text(comment: comment), to: DataFile.path(file.name), as: file.kind)
  }

  private func write(_ table: TextTable, stamp: String) throws -> FileRecord {
    try write(table.markdown(stamp: stamp), to: "\(table.name).md", as: .table)
  }

  private func write(_ text: String, to path: String, as kind: FileRecord.Kind) throws -> FileRecord
  {
    let content = Data(text.utf8)
    if try output.content(of: path) != content {
      try output.write(content, to: path)
      hasWorked = true
    }
    return FileRecord(path: path, kind: kind, sha256: sha256Hex(content), drawnFrom: nil)
  }

  private func draw(_ figure: Figure, origin: [String: String]) throws -> FileRecord {
    let gnuplot = Gnuplot(
      executable: environment.gnuplot, root: environment.root, output: output, console: console)
    let (record, wasDrawn) = try gnuplot.update(
      figure.adding(origin),
      previous: previous.record?.files.first { $0.path == figure.picture })
    if wasDrawn {
      beginWork()
      console.note("\(figure.picture): drawn")
    }
    return record
  }

  private func sayWhereItLies(_ record: RunRecord) {
    let pictures = record.files.filter { [.figure, .table].contains($0.kind) }.map(\.path)
    let state = hasWorked ? "done" : "everything is up to date"
    console.print(
      "\(chapter.name.program): \(state); in \(output.url.shortPath): "
        + (pictures + ["data/", RunRecord.fileName(chapter: chapter.name)])
        .joined(separator: ", "))
  }
}

/// Clocks are not finer than that, and sums of rounded numbers are better round as well.
private func roundedToMilliseconds(_ seconds: Double) -> Double {
  (seconds * 1000).rounded() / 1000
}
