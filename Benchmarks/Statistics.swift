/// What several samples of one quantity say.
struct Statistics: Codable, Equatable, Sendable {
  let median: Double
  let min: Double
  let max: Double
  /// How many samples there were.
  let n: Int

  /// Of at least one sample.
  init(of samples: [Double]) {
    precondition(!samples.isEmpty, "There are no statistics of nothing.")
    let sorted = samples.sorted()
    n = sorted.count
    median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2
    min = sorted[0]
    max = sorted[n - 1]
  }
}
