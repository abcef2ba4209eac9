import Datasets
import Foundation

/// Where a data set comes from: a directory, the network, or, failing both, code that draws it.
public struct DatasetSource: Sendable {
  let name: String
  let load: @Sendable (_ directory: URL) throws -> ImageDataset?
  let download: @Sendable (_ directory: URL, _ progress: (String) -> Void) throws -> Void
  let synthesise: @Sendable () -> ImageDataset

  /// - Parameters:
  ///   - name: What people call the data set.
  ///   - load: Reads it from a directory; `nil` where it is not there, an error where it is broken.
  ///   - download: Brings it into a directory.
  ///   - synthesise: Draws a stand-in of the same sizes.
  public init(
    name: String,
    load: @escaping @Sendable (_ directory: URL) throws -> ImageDataset?,
    download: @escaping @Sendable (_ directory: URL, _ progress: (String) -> Void) throws -> Void,
    synthesise: @escaping @Sendable () -> ImageDataset
  ) {
    self.name = name
    self.load = load
    self.download = download
    self.synthesise = synthesise
  }

  /// The handwritten digits; their stand-in has as many images.
  public static let mnist = DatasetSource(
    name: "MNIST", load: MNIST.load,
    download: { try MNIST.download(into: $0, progress: $1) },
    synthesise: { syntheticDigits(trainCount: 60_000, testCount: 10_000, seed: 0) })

  /// The data set in `directory`, brought there first where it is missing.
  ///
  /// - Throws: An error that names the file where one is broken, or says why the data set cannot be
  ///   downloaded.
  @discardableResult
  public func fetch(into directory: URL, note: (String) -> Void) throws -> ImageDataset {
    try obtain(in: directory, note: note) { throw $0 }
  }

  /// The data set in `directory`, brought there first where it is missing; where that fails, what
  /// `standIn` makes of the reason. What is there but broken is always an error.
  func obtain(
    in directory: URL, note: (String) -> Void, orElse standIn: (any Error) throws -> ImageDataset
  ) throws -> ImageDataset {
    if let present = try load(directory) { return present }
    note("\(name): not in \(directory.shortPath), downloading it")
    do {
      try download(directory, note)
    } catch {
      return try standIn(error)
    }
    guard let fetched = try load(directory) else {
      throw Failure("\(directory.shortPath): found no \(name) after downloading it")
    }
    return fetched
  }

  /// The stand-in, announced so that nobody overlooks it.
  func announcedStandIn(for directory: URL, note: (String) -> Void) -> ImageDataset {
    note(
      framed([
        "\(name) is neither in \(directory.shortPath) nor to be had from the network.",
        "This run uses SYNTHETIC data, drawn by code: its numbers say nothing about \(name).",
        "To change that: make data, or DATA=the directory that has it.",
      ]))
    return synthesise()
  }
}

/// Lines in a frame that nobody overlooks.
private func framed(_ lines: [String]) -> String {
  let rule = String(repeating: "!", count: (lines.map(\.count).max() ?? 0) + 4)
  return ([rule] + lines.map { "! " + padded($0, to: rule.count - 4) + " !" } + [rule])
    .joined(separator: "\n")
}
