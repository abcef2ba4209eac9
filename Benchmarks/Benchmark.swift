import ChapterKit
import Datasets
import Foundation

/// Work whose speed is measured.
struct Benchmark: Sendable {
  /// What `--only` calls it.
  let name: String
  /// What a sample of it measures.
  let quantities: [Quantity]
  /// Whether it is measured without being asked for.
  var isStandard = true
  /// Gets everything ready and warm; what it returns takes one sample, a number for each quantity.
  let prepare: @Sendable (Context) throws -> () throws -> [Double]
}

/// What a number says, and how it is written.
struct Quantity: Sendable {
  /// Its name in records, such as "trainImagesPerSecond.batch64".
  let metric: String
  /// Its name for people.
  let title: String
  let unit: String
  /// How many decimals it is written with.
  var decimals = 1
}

/// What benchmarks share while they get ready.
final class Context {
  private let data: URL
  private let note: (String) -> Void
  private var loadedDigits: ImageDataset?

  /// `data` is the directory of the data sets.
  init(data: URL, note: @escaping (String) -> Void) {
    (self.data, self.note) = (data, note)
  }

  /// MNIST, or digits drawn by code where it is not in DATA.
  func digits() throws -> ImageDataset {
    if let loadedDigits { return loadedDigits }
    let found = try MNIST.load(from: data)
    if found == nil {
      note("MNIST is not in \(data.relativePath) (make data): taking synthetic digits instead")
    }
    let digits = found ?? syntheticDigits()
    loadedDigits = digits
    return digits
  }

  /// Which digits a benchmark asked for; nil where none did.
  var dataset: DatasetIdentity? {
    loadedDigits.map {
      DatasetIdentity(name: $0.name, sha256: $0.sha256, synthetic: $0.isSynthetic)
    }
  }
}

/// Seconds that a call of `work` takes, the mean over as many calls as fill `duration` seconds.
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
