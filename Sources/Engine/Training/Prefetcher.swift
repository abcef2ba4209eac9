import Dispatch
import Synchronization

/// Computes the elements of a series before they are asked for, in the background.
///
///     var batches = ShuffledBatches(of: images.count, size: 64, seed: seed, name: "labelled")
///     let prefetched = Prefetcher(count: steps) { step in images.tensor(batches(step)) }
///     for step in 0..<steps { train(on: try prefetched(step)) }
///
/// Elements are computed one at a time, in the order in which they are asked for; what an element
/// is must depend on its index alone. So it plays no part whether it was ready in time.
///
/// The background has one thread: preparing a batch is little work beside a training step, which
/// occupies all threads itself. Where only one thread is to work (``Parallel/threads``), elements
/// are computed when they are asked for.
public final class Prefetcher<Element: Sendable> {
  private let count: Int
  private let ahead: Int
  private let element: UncheckedSendable<(Int) throws -> Element>
  private let background = DispatchQueue(label: "Prefetcher")
  private var pending: [Int: PendingElement<Element>] = [:]

  /// A series of `count` elements.
  ///
  /// - Parameters:
  ///   - count: How many elements there are.
  ///   - ahead: How many are computed beyond the one that was asked for last.
  ///   - element: Computes the element of an index. Calls never overlap, and so it may keep state
  ///     for speed; what it uses belongs to it from now on.
  public init(count: Int, ahead: Int = 2, _ element: sending @escaping (Int) throws -> Element) {
    require(ahead >= 1, "At least one element is computed ahead, not \(ahead).")
    self.count = count
    self.ahead = Parallel.threads > 1 ? ahead : 0
    self.element = UncheckedSendable(value: element)
  }

  /// Gives up what is still to be computed, and waits for what is being computed.
  deinit {
    for element in pending.values { element.cancel() }
    background.sync {}
  }

  /// The element of `index`.
  ///
  /// - Throws: What the computation of this element threw.
  public func callAsFunction(_ index: Int) throws -> Element {
    require(index >= 0 && index < count, "A series of \(count) has no element \(index).")
    for stale in pending.keys where stale < index || stale > index + ahead {
      pending.removeValue(forKey: stale)?.cancel()
    }
    guard ahead > 0 else { return try element.value(index) }
    for index in index...min(index + ahead, count - 1) where pending[index] == nil {
      let element = element
      pending[index] = PendingElement(on: background) { try element.value(index) }
    }
    return try pending.removeValue(forKey: index)!.value()
  }
}

/// An element that is computed, or will be.
private final class PendingElement<Element: Sendable>: Sendable {
  private let result = Lock<Result<Element, any Error>?>(nil)
  private let isCancelled = Atomic(false)
  private let isDone = DispatchSemaphore(value: 0)

  init(on queue: DispatchQueue, _ compute: @escaping @Sendable () throws -> Element) {
    queue.async {
      if !self.isCancelled.load(ordering: .relaxed) {
        let result = Result { try Parallel.$threads.withValue(1) { try compute() } }
        self.result.withLock { $0 = result }
      }
      self.isDone.signal()
    }
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Waits until it is computed.
  func value() throws -> Element {
    isDone.wait()
    return try result.withLock { $0! }.get()
  }
}
