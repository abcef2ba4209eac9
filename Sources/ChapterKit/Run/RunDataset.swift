import Datasets
import Engine
import Files
import Foundation

// The data set of a run.

extension Run {
  /// The data set of this run: loaded from DATA, downloaded, or else synthetic; always synthetic with
  /// `--synthetic`.
  ///
  /// A run that writes no record uses synthetic data with `--synthetic` only.
  ///
  /// - Throws: An error that names a damaged or missing file in DATA, or a record of real data that a run on synthetic
  ///   data would replace.
  public func dataset(_ source: DatasetSource) throws -> ImageDataset {
    require(recordedValues.dataset == nil, "A run has one data set.")
    func obtain() throws -> ImageDataset {
      settings.usesSyntheticData
        ? try syntheticDataset(source, nil)
        : try source.obtain(
          in: settings.data, signals: environment.ownSignals, note: console.note)
          ?? syntheticDataset(source, settings.data)
    }
    let found: ImageDataset
    do {
      found =
        try environment.processes?.obtainAfterFirst("the data set", \.sha256, obtain) ?? obtain()
    } catch let interruption as Interruption where environment.processes != nil {
      // The other processes wait for this one, and only its failure ends them.
      throw Failure(interruption.description)
    }
    try useDataset(DatasetIdentity(found))
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
    require(recordedValues.dataset == nil, "A run has one data set.")
    try environment.processes?.checkAgreement(on: "the data set", dataset.sha256)
    try useDataset(DatasetIdentity(dataset))
    return dataset
  }

  /// Makes `dataset` the data set of this run, and reports in one line if results on another one will be replaced.
  ///
  /// - Throws: An error if it is synthetic and would replace results on real data.
  func useDataset(_ dataset: DatasetIdentity) throws {
    if dataset.synthetic {
      try previous.checkMayBeReplaced(bySmoke: false, bySynthetic: true)
    }
    recordedValues.dataset = dataset
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
    return source.synthetic(for: directory, note: console.note)
  }
}
