import Dispatch
import Synchronization

/// A sequence whose next elements are computed in the background, such as batches of images.
///
///     func train(_ network: any Layer, on images: LabelledImages, steps: Int) throws {
///       var batches = ShuffledBatches(of: images.count, size: 64, seed: 0, name: "labelled")
///       let prefetched = Prefetcher(count: steps) { step in images.tensor(batches(step)) }
///       for step in 0..<steps {
///         let x = try prefetched(step)
///         …
///       }
///     }
///
/// The closure takes over what it changes, such as `batches`. That must be a local variable of a function: a variable
/// at the top level of main.swift is global and belongs to the main thread.
///
/// Elements are computed one at a time, in the order of the requests. An element must depend on its
/// index alone, so that results do not depend on timing.
///
/// One background thread is enough: preparing a batch is little work compared with a training step,
/// which occupies all threads. If ``Parallel/threads`` is 1, elements are computed on request.
public final class Prefetcher<Element: Sendable> {
  private let count: Int
  private let ahead: Int
  private let element: UncheckedSendable<(Int) throws -> Element>
  private let background = DispatchQueue(label: "Prefetcher")
  private var pending: [Int: PendingElement<Element>] = [:]

  /// Creates a sequence of `count` elements.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - ahead: The number of elements to compute beyond the last one requested, at least one.
  ///   - element: Computes the element at an index. Calls never overlap, so the closure may keep
  ///     mutable state; nothing else may use that state from now on.
  public init(count: Int, ahead: Int = 2, _ element: sending @escaping (Int) throws -> Element) {
    require(ahead >= 1, "A prefetcher computes at least one element ahead; found \(ahead).")
    self.count = count
    self.ahead = Parallel.threads > 1 ? min(ahead, max(count, 1)) : 0
    // `sending` makes the closure ours, and the serial queue never overlaps its calls.
    self.element = UncheckedSendable(value: element)
  }

  /// Cancels pending elements and waits for the one being computed.
  deinit {
    for element in pending.values { element.cancel() }
    background.sync {}
  }

  /// Returns the element at `index`, waiting for it if necessary.
  ///
  /// - Throws: The error that the computation of this element threw.
  public func callAsFunction(_ index: Int) throws -> Element {
    require(index >= 0 && index < count, "A sequence of \(count) elements has no element \(index).")
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

/// An element that was scheduled for computation.
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

  /// Waits for the element.
  func value() throws -> Element {
    isDone.wait()
    return try result.withLock { $0! }.get()
  }
}
