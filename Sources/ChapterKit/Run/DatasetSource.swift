import Datasets
import Files
import Foundation

/// A data set that is loaded from a directory, downloaded, or, failing both, replaced by generated data.
public struct DatasetSource: Sendable {
  /// The name of the data set.
  public let name: String
  /// The name in options: lower-case letters and digits only.
  public var key: String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
  /// Whether this is CIFAR-10, the data set of the article.
  public var isCIFAR10: Bool { key == DatasetSource.cifar10.key }
  let presence: @Sendable (_ directory: URL) throws -> DatasetPresence
  let load: @Sendable (_ directory: URL) throws -> ImageDataset?
  let download: DownloadFunction
  /// Generates a synthetic data set of the same size.
  public let generate: @Sendable () -> ImageDataset

  /// A function that downloads the data set into a directory. It breaks off once `shouldStop` returns true, and
  /// continues when it is called again.
  public typealias DownloadFunction =
    @Sendable (
      _ directory: URL, _ shouldStop: @escaping () -> Bool, _ progress: (String) -> Void
    ) throws -> Void

  /// A source of a data set.
  ///
  /// - Parameters:
  ///   - name: The name of the data set.
  ///   - presence: Determines how much of it is in a directory.
  ///   - load: Loads it from a directory; returns nil if it is not there, and throws if it is damaged.
  ///   - download: Downloads it into a directory.
  ///   - generate: Generates a synthetic data set of the same size.
  public init(
    name: String,
    presence: @escaping @Sendable (_ directory: URL) throws -> DatasetPresence,
    load: @escaping @Sendable (_ directory: URL) throws -> ImageDataset?,
    download: @escaping DownloadFunction,
    generate: @escaping @Sendable () -> ImageDataset
  ) {
    self.name = name
    self.presence = presence
    self.load = load
    self.download = download
    self.generate = generate
  }

  /// MNIST, or as many synthetic digits.
  public static let mnist = DatasetSource(
    name: "MNIST", presence: MNIST.presence, load: MNIST.load,
    download: { try MNIST.download(into: $0, stoppingWhen: $1, progress: $2) },
    generate: { syntheticDigits(trainCount: 60_000, testCount: 10_000, seed: 0) })

  /// CIFAR-10, or as many synthetic colour images.
  public static let cifar10 = DatasetSource(
    name: "CIFAR-10", presence: CIFAR10.presence, load: CIFAR10.load,
    download: { try CIFAR10.download(into: $0, stoppingWhen: $1, progress: $2) },
    generate: { syntheticColourImages(trainCount: 50_000, testCount: 10_000, seed: 0) })

  /// CIFAR-100, or as many synthetic colour images of ten classes.
  public static let cifar100 = DatasetSource(
    name: "CIFAR-100", presence: CIFAR100.presence, load: CIFAR100.load,
    download: { try CIFAR100.download(into: $0, stoppingWhen: $1, progress: $2) },
    generate: { syntheticColourImages(trainCount: 50_000, testCount: 10_000, seed: 0) })

  /// SVHN, or as many synthetic colour images.
  public static let svhn = DatasetSource(
    name: "SVHN", presence: SVHN.presence, load: SVHN.load,
    download: { try SVHN.download(into: $0, stoppingWhen: $1, progress: $2) },
    generate: { syntheticColourImages(trainCount: 73_257, testCount: 26_032, seed: 0) })

  /// STL-10, or as many synthetic colour images of 32×32 pixels as it has labelled ones.
  public static let stl10 = DatasetSource(
    name: "STL-10", presence: STL10.presence, load: STL10.load,
    download: { try STL10.download(into: $0, stoppingWhen: $1, progress: $2) },
    generate: { syntheticColourImages(trainCount: 5_000, testCount: 8_000, seed: 0) })

  /// The data sets of the MixMatch paper, all in colour.
  public static let colour = [cifar10, cifar100, svhn, stl10]

  /// Downloads the missing files of the data set into `directory`, and loads it.
  ///
  /// - Parameters:
  ///   - directory: The directory of the data sets.
  ///   - signals: The signals that break off the download; they are watched meanwhile.
  ///   - note: Writes a line about the download.
  /// - Throws: An error that names a damaged file, or the reason why the download failed; ``Interruption`` if a signal
  ///   has asked this process to end, after the programs that download have ended.
  @discardableResult
  package func fetch(
    into directory: URL, signals: StopSignals = .ofProcess, note: (String) -> Void
  ) throws -> ImageDataset {
    let presence = try presence(directory)
    if presence != .complete {
      let place = directory.shortPath
      switch presence {
      case .absent: note("\(name): not in \(place), downloading it")
      case .interrupted: note("\(name): continuing the download into \(place)")
      default: note("\(name): some files are not in \(place), looking for them")
      }
      signals.watch()
      defer { signals.release() }
      let result = Result { try download(directory, { signals.received() != nil }, note) }
      if let signal = signals.received() {
        throw Interruption("\(name): the download was interrupted", by: signal)
      }
      try result.get()
    }
    return try loadDownloaded(from: directory)
  }

  /// Loads the data set from `directory`, after downloading it if it is missing or a download was
  /// interrupted; nil if no file of it is there and no mirror can be reached.
  ///
  /// - Throws: An error that names a damaged or missing file, or the reason why `directory` cannot be written or a
  ///   download broke off; ``Interruption`` if a signal has broken off the download.
  func obtain(
    in directory: URL, signals: StopSignals, note: (String) -> Void
  ) throws -> ImageDataset? {
    let presence = try presence(directory)
    do {
      return try presence == .incomplete
        ? loadDownloaded(from: directory) : fetch(into: directory, signals: signals, note: note)
    } catch let interruption as Interruption {
      throw interruption
    } catch let error as DatasetError where error.isUnreachable && presence == .absent {
      guard try self.presence(directory) == .absent else {
        throw Failure(
          "\(oneLine(error)); the same command continues the download; to run on synthetic data instead: "
            + "SYNTHETIC=1")
      }
      note(oneLine(error))
      return nil
    } catch  where presence != .absent {
      throw Failure("\(oneLine(error)); to run on synthetic data instead: SYNTHETIC=1")
    }
  }

  private func loadDownloaded(from directory: URL) throws -> ImageDataset {
    guard let fetched = try load(directory) else {
      throw Failure(
        "\(directory.shortPath): found no \(name) after the download, expected its files")
    }
    return fetched
  }

  /// Generates synthetic data, after a notice in a frame.
  ///
  /// - Parameters:
  ///   - directory: The directory without the data set; nil if synthetic data were requested.
  ///   - note: Writes a line of the notice.
  func synthetic(for directory: URL?, note: (String) -> Void) -> ImageDataset {
    let data =
      "This run uses SYNTHETIC data, generated by code: its results are not results on \(name)."
    let lines =
      directory.map {
        [
          "\(name) is not in \($0.shortPath), and none of its mirrors can be reached.", data,
          "For the real data: make data, or DATA=their directory.",
        ]
      } ?? [data, "For the real data, leave out SYNTHETIC=1 (--synthetic)."]
    for line in framed(lines) { note(line) }
    return generate()
  }
}

/// `lines` in a frame of exclamation marks.
private func framed(_ lines: [String]) -> [String] {
  let rule = String(repeating: "!", count: (lines.map(\.count).max() ?? 0) + 4)
  return [rule] + lines.map { "! " + padded($0, to: rule.count - 4) + " !" } + [rule]
}
