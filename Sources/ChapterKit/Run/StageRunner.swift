import Engine
import Files
import Foundation

/// The stages of a run: loads their results or computes them, and keeps their records.
final class StageRunner {
  /// The records of the stages so far, in their order.
  private(set) var records: [StageRecord] = []
  /// The directories that did not exist before a stage needed them, an outer one before those in it.
  private(set) var createdDirectories: [URL] = []
  private let store: StageStore
  private let environment: RunEnvironment
  private let threads: Int
  private let log: WorkLog
  /// The hashes of code that have been taken, by its paths.
  private var codeHashes: [[String]: String] = [:]

  init(_ store: StageStore, threads: Int, log: WorkLog, in environment: RunEnvironment) {
    (self.store, self.threads, self.log, self.environment) = (store, threads, log, environment)
  }

  /// The result of `stage`, loaded or computed.
  func run<Value: Codable>(
    _ stage: StageRequest, counting unit: ProgressUnit, _ work: (StageProgress) throws -> Value
  ) throws -> Value {
    let name = stage.name
    // Their names contain values of options, in which signs may be all that differs.
    if let other = records.first(where: { fileNamePart(of: $0.name) == fileNamePart(of: name) }) {
      throw Failure(
        "found the stages \"\(other.name)\" and \"\(name)\" in one run, expected names that give different "
          + "names of files")
    }
    let key = try StageIdentity(
      code: codeHash(at: stage.code), hasFusedMultiplyAdd: Processor.hasFusedMultiplyAdd,
      stage: name, inputs: stage.inputs.mapValues { try JSONValue(describing: $0) },
      dataset: stage.dataset?.sha256
    ).key()
    if let dataset = stage.dataset, let shared = stage.sharedKey {
      try checkMayShare(shared, on: dataset)
    }
    if let entry = try fromRoot({ try loaded(Value.self, of: name, key: key) }) {
      add(entry.record)
      return entry.value
    }
    let entry = try compute(stage, key: key, counting: unit, work)
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
    _ stage: StageRequest, key: String, counting unit: ProgressUnit,
    _ work: (StageProgress) throws -> Value
  ) throws -> StageStore.Entry<Value> {
    let name = stage.name
    if stage.isSynthetic, let file = try store.unmarkedOther(of: name, key: key) {
      throw refusalToReplace(
        "a result or checkpoint that is damaged or not marked as synthetic", in: file,
        by: syntheticRun)
    }
    log.beginWork()
    createdDirectories += try store.prepare()
    let checkpoints = store.checkpoints(of: name, key: key, isSynthetic: stage.isSynthetic)
    try environment.processes?.checkAgreement(
      on: "the checkpoints of \(name)", "\(key) \(checkpoints.find().names)")
    try noteEarlierWork(on: stage, key: key, checkpoints)
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
    var record = environment.record(
      of: name, key: key, threads, time: progress.stopwatch, exchange: progress.exchange)
    record.synthetic = stage.isSynthetic ? true : nil
    let entry = StageStore.Entry(value: value, record: record)
    try store.store(entry)
    environment.console.note("\(name): done in \(durationText(seconds))\(progress.metricsSuffix)")
    if let signal = environment.stopSignals.received() {
      throw Interruption("interrupted after \(name)", by: signal)
    }
    return entry
  }

  /// Writes a line if a stage starts over although OUT has a result or checkpoints of it under other keys, which are
  /// removed when it is done. A result that took less than a second is not worth the line.
  private func noteEarlierWork(
    on stage: StageRequest, key: String, _ checkpoints: CheckpointFiles
  ) throws {
    let (ours, others) = try checkpoints.find()
    guard ours.isEmpty else { return }
    let differences = try differencesOfTrainingRecord(from: stage)
    let found: String
    if !differences.isEmpty {
      found = "a result of \(differences.map(\.rawValue).joined(separator: " and "))"
    } else if try store.otherRecords(of: stage.name, key: key).contains(where: \.isLong) {
      found = "a result of other code, other settings or other data"
    } else if !others.isEmpty {
      found = "checkpoints of other code, other settings or other data"
    } else {
      return
    }
    let use = differences == [.code] ? stage.useOfOtherCode.map { " (\($0))" } : nil
    environment.console.note("\(stage.name): found only \(found); starting over\(use ?? "")")
  }

  /// The respects in which the training record of `stage` in OUT differs from the one that the stage needs; none if
  /// there is no such record, or if it took less than a second.
  private func differencesOfTrainingRecord(from stage: StageRequest) throws -> [Difference] {
    guard let key = stage.sharedKey, let record = try store.shared(JSONValue.self, key),
      record.stage.isLong
    else { return [] }
    return try differences(of: record, from: key, dataset: stage.dataset?.sha256)
  }
}

extension StageRecord {
  /// Whether the computation took so long that its repetition is worth a notice.
  fileprivate var isLong: Bool { seconds >= 1 }
}

/// A respect in which a training record differs from the one that a stage needs.
private enum Difference: String {
  case code = "other code"
  case settings = "other settings"
  case data = "other data"
}

// MARK: - Shared results

extension StageRunner {
  /// The result that this or another chapter stored in OUT under `key`, if it was computed from the same
  /// inputs on the same data by the same sources.
  func shared<Value: Codable & Sendable>(
    _ type: Value.Type, _ key: TrainingKey, dataset: String
  ) throws -> TrainingRecord<Value>? {
    let found = try fromRoot { () -> TrainingRecord<Value>? in
      guard let found = try store.shared(type, key),
        try differences(of: found, from: key, dataset: dataset).isEmpty
      else { return nil }
      return found
    }
    if let found { add(found.stage) }
    return found
  }

  /// The respects in which `record` differs from the training record of `key` on `dataset` by the present code.
  private func differences<Value>(
    of record: TrainingRecord<Value>, from key: TrainingKey, dataset: String?
  ) throws -> [Difference] {
    let ofCode: [Difference] = try record.sources == codeHash(at: key.code) ? [] : [.code]
    return try ofCode + differencesOfInputs(of: record, from: key, dataset: dataset)
  }

  /// The respects in which `record` differs from the training record of `key` on `dataset` by any code; nil stands for
  /// any data set.
  private func differencesOfInputs<Value>(
    of record: TrainingRecord<Value>, from key: TrainingKey, dataset: String?
  ) throws -> [Difference] {
    var differences: [Difference] = []
    if try record.inputs != key.encodedInputs { differences.append(.settings) }
    if let dataset, record.dataset.sha256 != dataset { differences.append(.data) }
    return differences
  }

  /// The result that is recorded in `directory` under `key`, if it was computed from the same inputs
  /// and, if `dataset` is given, on the same data, by any version of the sources.
  ///
  /// A line names a file with another result, which is left out.
  func recorded<Value: Codable & Sendable>(
    _ type: Value.Type, _ key: TrainingKey, in directory: URL, dataset: String?
  ) throws -> TrainingRecord<Value>? {
    let file = directory.appending(path: key.fileName)
    let found = try fromRoot { () -> TrainingRecord<Value>? in
      guard let found = try TrainingRecord<Value>.load(file, ofStage: key.name) else { return nil }
      let differences = try differencesOfInputs(of: found, from: key, dataset: dataset)
      guard differences.isEmpty else {
        environment.console.note(
          "\(file.shortPath): found a training run of "
            + "\(differences.map(\.rawValue).joined(separator: " and ")), expected those of this run; it is left out"
        )
        return nil
      }
      return found
    }
    if let found { add(found.stage) }
    return found
  }

  /// Takes the lock of a result that chapters share.
  ///
  /// - Throws: ``BusyError`` if another process computes it.
  func lock(_ key: TrainingKey) throws -> RunLock {
    createdDirectories += try store.prepareTrainings()
    return try store.lock(key)
  }

  /// Checks that a result on `dataset` would not replace a training record of real data by one of synthetic data.
  private func checkMayShare(_ key: TrainingKey, on dataset: DatasetIdentity) throws {
    guard dataset.synthetic, let earlier = try store.shared(JSONValue.self, key),
      !earlier.dataset.synthetic
    else { return }
    throw refusalToReplace(
      "a training run on \(earlier.dataset.name)", in: store.file(of: key), by: syntheticRun)
  }

  /// Stores the result of a stage of this run in OUT, for other chapters.
  func share(_ value: some Codable & Sendable, of key: TrainingKey, dataset: DatasetIdentity) throws
  {
    guard let record = record(of: key.name) else {
      fatalError("The run has no stage \(key.name) whose result could be shared.")
    }
    // Another process may have stored one since the stage began.
    try checkMayShare(key, on: dataset)
    try store.share(
      TrainingRecord(
        value: value, stage: record, inputs: try key.encodedInputs, dataset: dataset,
        sources: try codeHash(at: key.code)),
      under: key)
  }
}
