/// Batches of a data set in an order that is drawn anew for each pass, the last partial batch of a
/// pass left out.
///
/// What batch *i* holds is a pure function of the seed, the name and *i*.
public struct ShuffledBatches: Sendable {
  /// How many batches one pass over the data has.
  public let batchesInPass: Int

  private let count: Int
  private let size: Int
  private let seed: UInt64
  private let name: String
  private var pass = -1
  private var order: [Int] = []

  /// Batches of `size` out of `count` examples; `name` tells the random streams of two sets apart.
  public init(of count: Int, size: Int, seed: UInt64, name: String) {
    require(
      size > 0 && size <= count, "\(count) examples hold no batch of \(size).")
    batchesInPass = count / size
    (self.count, self.size, self.seed, self.name) = (count, size, seed, name)
  }

  /// The examples of batch `index`, counted from 0 over all passes.
  public mutating func callAsFunction(_ index: Int) -> [Int] {
    if index / batchesInPass != pass {
      pass = index / batchesInPass
      var random = RandomStream(seed: seed, name, pass)
      order = random.permutation(of: count)
    }
    let start = index % batchesInPass * size
    return Array(order[start..<start + size])
  }
}
