import ChapterKit
import Datasets
import Foundation

/// A benchmark, which measures one or several quantities.
struct Benchmark: Sendable {
  /// The name for `--only`.
  let name: String
  /// The quantities that a sample measures.
  let quantities: [Quantity]
  /// Whether it runs without `--only`.
  var isStandard = true
  /// Prepares and warms up; returns a function that takes a sample, a number for each quantity.
  let prepare: @Sendable (Context) throws -> () throws -> [Double]
}

/// A measured quantity with its unit and format.
struct Quantity: Sendable {
  /// The name in records, such as "trainImagesPerSecond.batch64".
  let metric: String
  /// The name in tables and figures.
  let title: String
  let unit: String
  /// The number of decimals in tables.
  var decimals = 1
}

/// Data that several benchmarks share.
final class Context {
  private let data: URL
  private let note: (String) -> Void
  private var loadedDigits: ImageDataset?

  /// A context that loads data sets from the directory `data`.
  init(data: URL, note: @escaping (String) -> Void) {
    (self.data, self.note) = (data, note)
  }

  /// MNIST, or synthetic digits if it is not in DATA.
  func digits() throws -> ImageDataset {
    if let loadedDigits { return loadedDigits }
    let found = try MNIST.load(from: data)
    if found == nil {
      note("MNIST: not in \(data.relativePath); using synthetic digits (make data downloads MNIST)")
    }
    let digits = found ?? syntheticDigits()
    loadedDigits = digits
    return digits
  }

  /// The identity of the digits, if a benchmark has used them.
  var dataset: DatasetIdentity? {
    loadedDigits.map {
      DatasetIdentity(name: $0.name, sha256: $0.sha256, synthetic: $0.isSynthetic)
    }
  }
}

/// The mean time of a call of `work` in seconds, over as many calls as fit into `duration` seconds.
func secondsPerCall(filling duration: Double, _ work: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  var calls = 0
  var elapsed = 0.0
  repeat {
    try work()
    calls += 1
    elapsed = (ContinuousClock.now - start) / .seconds(1)
  } while elapsed < duration
  return elapsed / Double(calls)
}
