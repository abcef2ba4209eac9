import Datasets
import Files
import Foundation

/// Where a data set comes from: a directory, the network, or, failing both, code that draws it.
public struct DatasetSource: Sendable {
  let name: String
  let presence: @Sendable (_ directory: URL) throws -> Presence
  let load: @Sendable (_ directory: URL) throws -> ImageDataset?
  let download: @Sendable (_ directory: URL, _ progress: (String) -> Void) throws -> Void
  let synthesise: @Sendable () -> ImageDataset

  /// - Parameters:
  ///   - name: What people call the data set.
  ///   - presence: Looks how much of it a directory holds.
  ///   - load: Reads it from a directory; `nil` where it is not there, an error where it is broken.
  ///   - download: Brings it into a directory.
  ///   - synthesise: Draws a stand-in of the same sizes.
  public init(
    name: String,
    presence: @escaping @Sendable (_ directory: URL) throws -> Presence,
    load: @escaping @Sendable (_ directory: URL) throws -> ImageDataset?,
    download: @escaping @Sendable (_ directory: URL, _ progress: (String) -> Void) throws -> Void,
    synthesise: @escaping @Sendable () -> ImageDataset
  ) {
    self.name = name
    self.presence = presence
    self.load = load
    self.download = download
    self.synthesise = synthesise
  }

  /// The handwritten digits; their stand-in has as many images.
  public static let mnist = DatasetSource(
    name: "MNIST", presence: MNIST.presence, load: MNIST.load,
    download: { try MNIST.download(into: $0, progress: $1) },
    synthesise: { syntheticDigits(trainCount: 60_000, testCount: 10_000, seed: 0) })

  /// The photographs of ten kinds of things; their stand-in has as many images.
  public static let cifar10 = DatasetSource(
    name: "CIFAR-10", presence: CIFAR10.presence, load: CIFAR10.load,
    download: { try CIFAR10.download(into: $0, progress: $1) },
    synthesise: { syntheticColourImages(trainCount: 50_000, testCount: 10_000, seed: 0) })

  /// The data set in `directory`, brought there first, as far as it is missing.
  ///
  /// - Throws: An error that names the file where one is broken, or says why the data set cannot be
  ///   downloaded.
  @discardableResult
  public func fetch(into directory: URL, note: (String) -> Void) throws -> ImageDataset {
    if try presence(directory) != .complete {
      note("\(name): not in \(directory.shortPath), downloading it")
      try download(directory, note)
    }
    return try loadFetched(from: directory)
  }

  /// The data set in `directory`, brought there first where it is missing or a download was
  /// interrupted; `nil` where there is nothing of it and no mirror can be reached.
  ///
  /// - Throws: An error that names what is there but broken or in part, or why the folder cannot be
  ///   written.
  func obtain(in directory: URL, note: (String) -> Void) throws -> ImageDataset? {
    let presence = try presence(directory)
    do {
      return try presence == .incomplete
        ? loadFetched(from: directory) : fetch(into: directory, note: note)
    } catch let error as DatasetError where error.isUnreachable && presence == .absent {
      note(oneLine(error))
      return nil
    } catch  where presence != .absent {
      throw Failure("\(oneLine(error)); to run on synthetic data all the same: SYNTHETIC=1")
    }
  }

  private func loadFetched(from directory: URL) throws -> ImageDataset {
    guard let fetched = try load(directory) else {
      throw Failure("\(directory.shortPath): found no \(name) after downloading it")
    }
    return fetched
  }

  /// The stand-in, announced so that nobody overlooks it.
  ///
  /// - Parameter directory: Where the data set was looked for; `nil` where it was not, because the
  ///   stand-in was asked for.
  func announcedStandIn(for directory: URL?, note: (String) -> Void) -> ImageDataset {
    let data = "This run uses SYNTHETIC data, drawn by code: its numbers say nothing about \(name)."
    note(
      framed(
        directory.map {
          [
            "\(name) is not in \($0.shortPath), and no mirror that has it can be reached.", data,
            "To change that: make data, or DATA=the directory that has it.",
          ]
        } ?? [data, "To change that, leave SYNTHETIC=1 (--synthetic) out."]))
    return synthesise()
  }
}

/// Lines in a frame that nobody overlooks.
private func framed(_ lines: [String]) -> String {
  let rule = String(repeating: "!", count: (lines.map(\.count).max() ?? 0) + 4)
  return ([rule] + lines.map { "! " + padded($0, to: rule.count - 4) + " !" } + [rule])
    .joined(separator: "\n")
}
