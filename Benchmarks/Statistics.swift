import Engine

/// Median and range of several samples of a quantity.
struct Statistics: Codable, Equatable, Sendable {
  let median: Double
  let min: Double
  let max: Double
  /// The number of samples.
  let n: Int

  /// The statistics of at least one sample.
  init(of samples: [Double]) {
    require(!samples.isEmpty, "Statistics need at least one sample.")
    let sorted = samples.sorted()
    n = sorted.count
    median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2
    min = sorted[0]
    max = sorted[n - 1]
  }
}
