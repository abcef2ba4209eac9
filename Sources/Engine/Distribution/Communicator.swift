/// The processes that compute a training run together, and the way to exchange numbers between them.
///
/// Every process has all weights and all inputs, and does the same work. Only the images of a
/// batch are divided: each process computes the hidden states of its share, and sums over the images of a batch are
/// exchanged. They run over parts of the batch in a fixed tree, so that the results have the same bits with 1, 2, 4
/// or 8 processes, and any number of threads in each.
///
/// Set ``Parallel/communicator`` for a scope to divide the batches in it.
public protocol Communicator: Sendable {
  /// The number of this process, from 0.
  var rank: Int { get }
  /// The number of processes: 1, 2, 4 or 8.
  var count: Int { get }
  /// Sends bytes to another process and receives bytes from it; the other process makes the same call at the
  /// same time, and both know the two lengths. All processes make these calls in the same order.
  func exchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int)
  /// Begins an exchange without waiting for its end; several may be open at a time.
  ///
  /// - Parameters:
  ///   - sent: The bytes for the other process; they stay as they are until the exchange is complete.
  ///   - received: Room for the bytes of the other process, of the length that it sends. It is neither read nor
  ///     written by others until the exchange is complete.
  ///   - partner: The number of the other process, which makes the same call.
  ///   - tag: A number above 0, the same at both ends of the exchange and other than those of the open
  ///     exchanges with this process. Unlike those of ``exchange(_:_:with:)``, these calls may have another order in
  ///     each process.
  /// - Returns: The exchange, which may not be complete yet.
  func beginExchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with partner: Int,
    tag: Int
  ) -> any PendingExchange
}

/// An exchange between two processes that has begun.
public protocol PendingExchange {
  /// Whether all bytes are sent and received.
  var isComplete: Bool { get }
  /// Waits until all bytes are sent and received.
  func wait()
}

extension Communicator {
  /// Calls `body` with the ranks of the processes that this one exchanges with, in order, so that values are combined
  /// in a binary tree: first those of pairs of processes, then those of pairs of pairs, and so on.
  ///
  /// The distance is 1, 2, 4, …, the number of neighbouring processes whose values are already combined.
  package func forEachPartner(_ body: (_ partner: Int, _ distance: Int) -> Void) {
    var distance = 1
    while distance < count {
      body(rank ^ distance, distance)
      distance *= 2
    }
  }

  /// Replaces values by their sums over all processes.
  func sum(_ values: UnsafeMutablePointer<Float>, count: Int) {
    let others = Storage(count: count)
    let bytes = count * MemoryLayout<Float>.stride
    forEachPartner { partner, _ in
      unsafe exchange(
        UnsafeRawBufferPointer(start: values, count: bytes),
        UnsafeMutableRawBufferPointer(start: others.pointer, count: bytes), with: partner)
      // Both partners add the same two numbers.
      for index in 0..<count { unsafe values[index] += others.pointer[index] }
    }
  }

  /// Merges values with those of all processes; `merge` receives those of the lower ranks first.
  func merge<Value: BitwiseCopyable>(_ values: inout [Value], _ merge: (Value, Value) -> Value) {
    var others = values
    forEachPartner { partner, _ in
      unsafe values.withUnsafeBytes { sent in
        unsafe others.withUnsafeMutableBytes { unsafe exchange(sent, $0, with: partner) }
      }
      for index in values.indices {
        values[index] =
          rank < partner
          ? merge(values[index], others[index]) : merge(others[index], values[index])
      }
    }
  }
}

extension Parallel {
  /// The processes among which the images of batches are divided; nil for this process alone.
  ///
  /// Set it for a scope with `Parallel.$communicator.withValue(communicator) { … }`.
  @TaskLocal public static var communicator: (any Communicator)?
}
