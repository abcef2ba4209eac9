/// Batches of the indices of a data set, shuffled anew for each epoch; the incomplete last batch of an
/// epoch is dropped.
///
/// Batch *i* is a pure function of the seed, the name and *i*.
public struct ShuffledBatches: Sendable {
  /// The number of batches per epoch.
  public let batchesPerEpoch: Int

  private let count: Int
  private let size: Int
  private let seed: UInt64
  private let name: String
  private var epoch = -1
  private var order: [Int] = []

  /// Creates batches of `size` out of `count` examples.
  ///
  /// - Parameters:
  ///   - count: The number of examples.
  ///   - size: The batch size, in 1 ... `count`.
  ///   - seed: The seed of the training run.
  ///   - name: The name of the data set; sets with different names are shuffled independently.
  public init(of count: Int, size: Int, seed: UInt64, name: String) {
    require(
      size > 0 && size <= count,
      "The batch size is \(size); for \(count) examples it must lie in 1...\(count).")
    batchesPerEpoch = count / size
    (self.count, self.size, self.seed, self.name) = (count, size, seed, name)
  }

  /// Returns the indices of the examples in batch `index`, counted from 0 over all epochs.
  public mutating func callAsFunction(_ index: Int) -> [Int] {
    require(index >= 0, "Batches are counted from 0; found \(index).")
    if index / batchesPerEpoch != epoch {
      epoch = index / batchesPerEpoch
      var random = RandomStream(seed: seed, name, epoch)
      order = random.permutation(of: count)
    }
    let start = index % batchesPerEpoch * size
    return Array(order[start..<start + size])
  }
}
