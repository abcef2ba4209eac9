import Datasets
import Engine
import Files
import Foundation

/// The stages of a run: loads their results or computes them, and keeps their records.
final class StageRunner {
  /// The records of the stages so far, in their order.
  private(set) var records: [StageRecord] = []
  private let store: StageStore
  private let environment: RunEnvironment
  private let threads: Int
  private let log: WorkLog
  /// The hashes of code that have been taken, by its paths.
  private var codeHashes: [[String]: String] = [:]

  init(_ store: StageStore, threads: Int, log: WorkLog, in environment: RunEnvironment) {
    (self.store, self.threads, self.log, self.environment) = (store, threads, log, environment)
  }

  /// The result of the stage `name`, loaded or computed by the code at the paths `code`.
  func run<Value: Codable>(
    _ name: String, dataset: String?, inputs: [String: any Encodable], code: [String],
    counting unit: ProgressUnit, _ work: (StageProgress) throws -> Value
  ) throws -> Value {
    // Their names contain values of options, in which signs may be all that differs.
    if let other = records.first(where: { fileNamePart(of: $0.name) == fileNamePart(of: name) }) {
      throw Failure(
        "found the stages \"\(other.name)\" and \"\(name)\" in one run, expected names that give different "
          + "names of files")
    }
    let key = try StageIdentity(
      code: codeHash(at: code), hasFusedMultiplyAdd: Processor.hasFusedMultiplyAdd,
      stage: name, inputs: inputs.mapValues { try JSONValue(describing: $0) }, dataset: dataset
    ).key()
    if let entry = try fromRoot({ try loaded(Value.self, of: name, key: key) }) {
      add(entry.record)
      return entry.value
    }
    let entry = try compute(name, key: key, counting: unit, work)
    records.append(entry.record)
    return entry.value
  }

  /// The hash of the code at `paths`, taken once in a run: an edit meanwhile does not change the program.
  private func codeHash(at paths: [String]) throws -> String {
    if let hash = codeHashes[paths] { return hash }
    let hash = try environment.codeHash(at: paths)
    codeHashes[paths] = hash
    return hash
  }

  /// The record of the stage with `name`; nil if the run has no such stage.
  func record(of name: String) -> StageRecord? { records.first { $0.name == name } }

  /// Adds the record of a stage whose result was loaded.
  private func add(_ record: StageRecord) {
    records.append(record)
    log.add(loaded: record)
    // Removes checkpoints that could not be removed when the stage finished.
    store.checkpoints(of: record.name, key: record.key).removeFinished(ofAllKeys: false)
  }

  private func loaded<Value: Decodable>(
    _ type: Value.Type, of stage: String, key: String
  ) throws -> StageStore.Entry<Value>? {
    do {
      return try store.load(type, stage: stage, key: key)
    } catch let error as FileError {
      throw error
    } catch {
      environment.console.note("\(oneLine(error)); recomputing it")
      return nil
    }
  }

  /// The result of `find`, which only rank 0 of several processes calls, because another run may store one at any time.
  private func fromRoot<Value: Codable>(_ find: () throws -> Value?) throws -> Value? {
    guard let processes = environment.processes else { return try find() }
    return try processes.broadcast(value: processes.isFirst ? find() : nil)
  }

  private func compute<Value: Codable>(
    _ name: String, key: String, counting unit: ProgressUnit,
    _ work: (StageProgress) throws -> Value
  ) throws -> StageStore.Entry<Value> {
    log.beginWork()
    try store.prepare()
    let checkpoints = store.checkpoints(of: name, key: key)
    try environment.processes?.checkAgreement(
      on: "the checkpoints of \(name)", "\(key) \(checkpoints.find().names)")
    let progress = StageProgress(
      stage: name, unit: unit, checkpointFiles: checkpoints, in: environment)
    defer { environment.stopSignals.release() }
    var value: Value
    do {
      value = try work(progress)
    } catch let error as Trainer.NonFiniteLoss {
      let last = try checkpoints.find().names.first.map { "the last checkpoint is \($0)" }
      throw Failure("\(name): \(error); \(last ?? "there is no checkpoint yet")")
    }
    // A measured time differs between processes.
    if let processes = environment.processes { value = try processes.broadcast(value: value) }
    let seconds = progress.stopwatch.seconds
    let entry = StageStore.Entry(
      value: value,
      record: environment.record(
        of: name, key: key, threads, time: progress.stopwatch, exchange: progress.exchange))
    try store.store(entry)
    environment.console.note("\(name): done in \(durationText(seconds))\(progress.metricsSuffix)")
    if let signal = environment.stopSignals.received() {
      throw Interruption("interrupted after \(name)", by: signal)
    }
    return entry
  }
}

// MARK: - Shared results

extension StageRunner {
  /// The result that this or another chapter stored in OUT under `key`, if it was computed from the same
  /// inputs on the same data by the same sources.
  func shared<Value: Codable & Sendable>(
    _ type: Value.Type, _ key: TrainingKey, dataset: String
  ) throws -> TrainingRecord<Value>? {
    let found = try fromRoot { () -> TrainingRecord<Value>? in
      guard let found = try store.shared(type, key), try isResult(found, of: key, dataset: dataset),
        try found.sources == codeHash(at: key.code)
      else { return nil }
      return found
    }
    if let found { add(found.stage) }
    return found
  }

  /// The result that is recorded in `directory` under `key`, if it was computed from the same inputs
  /// and, if `dataset` is given, on the same data, by any version of the sources.
  func recorded<Value: Codable & Sendable>(
    _ type: Value.Type, _ key: TrainingKey, in directory: URL, dataset: String?
  ) throws -> TrainingRecord<Value>? {
    let file = directory.appending(path: URL(filePath: key.path).lastPathComponent)
    let found = try fromRoot { () -> TrainingRecord<Value>? in
      guard let found = try TrainingRecord<Value>.load(file, ofStage: key.name),
        try isResult(found, of: key, dataset: dataset)
      else { return nil }
      return found
    }
    if let found { add(found.stage) }
    return found
  }

  /// Takes the lock of a result that chapters share.
  ///
  /// - Throws: ``BusyError`` if another process computes it.
  func lock(_ key: TrainingKey) throws -> RunLock { try store.lock(key) }

  /// Whether `record` has the inputs of `key` and, if `dataset` is given, that data set.
  private func isResult<Value>(
    _ record: TrainingRecord<Value>, of key: TrainingKey, dataset: String?
  ) throws -> Bool {
    try record.inputs == key.encodedInputs
      && (dataset == nil || record.dataset.sha256 == dataset)
  }

  /// Stores the result of a stage of this run in OUT, for other chapters.
  func share(_ value: some Codable & Sendable, of key: TrainingKey, dataset: DatasetIdentity) throws
  {
    guard let record = record(of: key.name) else {
      fatalError("The run has no stage \(key.name) whose result could be shared.")
    }
    try store.share(
      TrainingRecord(
        value: value, stage: record, inputs: try key.encodedInputs, dataset: dataset,
        sources: try codeHash(at: key.code)),
      under: key)
  }
}

/// Whether a run has done any work yet, and the loaded results that have not been announced.
///
/// Loaded results are announced when the first work begins. A run without any work reports that
/// everything is up to date.
final class WorkLog {
  private(set) var hasWorked = false
  private var loaded: [StageRecord] = []
  private let console: Console

  init(_ console: Console) { self.console = console }

  func add(loaded stage: StageRecord) { loaded.append(stage) }

  /// Announces the results that were loaded before this work.
  func beginWork() {
    hasWorked = true
    for stage in loaded {
      console.note(
        "\(stage.name): loaded, computed \(stage.date) in \(durationText(stage.seconds))")
    }
    loaded = []
  }

  /// Notes that a file was written.
  func noteWritten() { hasWorked = true }
}
