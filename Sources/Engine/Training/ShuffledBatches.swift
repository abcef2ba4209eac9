/// Batches of a data set in an order that is drawn anew for each epoch, the last partial batch of a
/// epoch left out.
///
/// What batch *i* holds is a pure function of the seed, the name and *i*.
public struct ShuffledBatches: Sendable {
  /// How many batches one epoch over the data has.
  public let batchesPerEpoch: Int

  private let count: Int
  private let size: Int
  private let seed: UInt64
  private let name: String
  private var epoch = -1
  private var order: [Int] = []

  /// Batches of `size` out of `count` examples; `name` tells the random streams of two sets apart.
  public init(of count: Int, size: Int, seed: UInt64, name: String) {
    require(
      size > 0 && size <= count, "\(count) examples hold no batch of \(size).")
    batchesPerEpoch = count / size
    (self.count, self.size, self.seed, self.name) = (count, size, seed, name)
  }

  /// The examples of batch `index`, counted from 0 over all epochs.
  public mutating func callAsFunction(_ index: Int) -> [Int] {
    if index / batchesPerEpoch != epoch {
      epoch = index / batchesPerEpoch
      var random = RandomStream(seed: seed, name, epoch)
      order = random.permutation(of: count)
    }
    let start = index % batchesPerEpoch * size
    return Array(order[start..<start + size])
  }
}
