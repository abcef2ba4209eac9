import Datasets
import Files
import Foundation

// The stages of a run, and results that chapters share.

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
  package func shared<Value: Codable & Sendable>(
    _ type: Value.Type, _ key: TrainingKey, on dataset: ImageDataset
  ) throws -> Value? {
    try stages.shared(type, key, dataset: dataset.sha256)?.value
  }

  /// The result that is recorded in `directory` under `key`, if it was computed from the same inputs
  /// and, if `dataset` is given, on the same data, by any version of the sources.
  ///
  /// The record of this run names the commit that computed it, and the data set. If `dataset` is nil, the data set of
  /// the first result becomes that of this run.
  ///
  /// - Returns: The result; nil if there is no file, and, after a line that names the file, if it has a training run of
  ///   other settings or, where `dataset` is given, on other data.
  /// - Throws: An error that names the file if it is damaged or is the record of a stage with another name; an error if
  ///   `dataset` is nil and the result is on other data than this run, or if it is on synthetic data and the run would
  ///   replace results on real data.
  public func recorded<Value: Codable & Sendable>(
    _ type: Value.Type, _ key: TrainingKey, in directory: URL, on dataset: ImageDataset?
  ) throws -> Value? {
    let found = try stages.recorded(type, key, in: directory, dataset: dataset?.sha256)
    guard let found else { return nil }
    guard let first = recordedValues.dataset else {
      try useDataset(found.dataset)
      return found.value
    }
    guard first.sha256 == found.dataset.sha256 else {
      throw Failure(
        "--recorded: found \(key.name) on \(found.dataset.name), expected a run on \(first.name), on the "
          + "same bytes as the others")
    }
    return found.value
  }

  /// Returns the shared result in OUT under `key`, or the recorded one, or computes it and stores it in OUT for other
  /// chapters. One process at a time computes it.
  ///
  /// - Parameters:
  ///   - key: The name, the inputs and the code.
  ///   - dataset: The data set that the stage reads.
  ///   - unit: The unit of its progress.
  ///   - recorded: Looks for a recorded result; returns nil if there is none.
  ///   - work: Computes the result, with the same bits for any number of threads.
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
