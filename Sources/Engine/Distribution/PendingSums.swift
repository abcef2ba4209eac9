/// Sums over all processes whose exchanges overlap with a backward pass.
///
/// The gradients of filters are nearly all that processes exchange, and nobody needs them before the pass ends. Each
/// of them runs through the same tree as any other sum, so that it has the same bits.
///
/// `@unchecked Sendable`: the thread that walks the tape alone uses it.
final class PendingSums: @unchecked Sendable {
  /// The sums of the current backward pass; nil outside one.
  @TaskLocal static var current: PendingSums?

  private var sums: [PendingSum] = []
  /// The storages of all sums of the pass, complete or not. Which are complete differs between processes, which have to
  /// wait at the same places.
  private var storages: [Storage] = []
  /// The tag of the last sum's exchanges.
  private var tag: Int

  /// Creates the sums of a backward pass. A pass inside a pullback continues the tags of the outer pass, so that no
  /// two sums have the same tag at a time.
  init() { tag = PendingSums.current?.tag ?? 0 }

  /// Begins to add the values of the other processes to `values` and to multiply the sums by `factor`; the result is
  /// complete after ``finish()``.
  func add(_ values: Tensor, times factor: Float, _ communicator: any Communicator) {
    tag += 1
    storages.append(values.storage)
    sums.append(PendingSum(values, times: factor, tag: tag, communicator))
  }

  /// Continues the sums whose exchanges are complete.
  func advance() { sums.removeAll { $0.advance() } }

  /// Waits for all sums.
  func finish() {
    for sum in sums { sum.finish() }
    sums = []
  }

  /// Returns a + b, either of which may be one of the sums.
  func added(_ a: Tensor, _ b: Tensor) -> Tensor {
    for tensor in [a, b] { finish(ifPending: tensor) }
    return a + b
  }

  /// Waits for all sums if `tensor` is one of the pass.
  func finish(ifPending tensor: Tensor) {
    if storages.contains(where: { $0 === tensor.storage }) { finish() }
  }
}

/// A sum over all processes whose next exchange is going on.
private final class PendingSum {
  private let values: Tensor
  private let others: Storage
  private let factor: Float
  private let tag: Int
  private let communicator: any Communicator
  /// The number of neighbouring processes whose values are already combined.
  private var distance = 1
  /// The exchange at this distance; nil at the end.
  private var exchange: (any PendingExchange)?

  init(_ values: Tensor, times factor: Float, tag: Int, _ communicator: any Communicator) {
    (self.values, self.factor, self.tag) = (values, factor, tag)
    self.communicator = communicator
    others = Storage(count: values.count)
    begin()
  }

  private func begin() {
    let bytes = values.count * MemoryLayout<Float>.stride
    exchange = unsafe communicator.beginExchange(
      UnsafeRawBufferPointer(start: values.pointer, count: bytes),
      UnsafeMutableRawBufferPointer(start: others.pointer, count: bytes),
      with: communicator.rank ^ distance, tag: tag)
  }

  /// Adds what has arrived, and begins the next exchange; returns whether the sum is complete.
  func advance() -> Bool {
    while let exchange, exchange.isComplete { add() }
    return exchange == nil
  }

  /// Waits for the rest of the sum.
  func finish() {
    while let exchange {
      exchange.wait()
      add()
    }
  }

  /// Adds the values that were received, and begins the next exchange, or multiplies the sums by the factor at the end.
  ///
  /// Both partners add the same two numbers, so that they get the same bits.
  private func add() {
    let sums = unsafe values.pointer
    for index in 0..<values.count { unsafe sums[index] += others.pointer[index] }
    distance *= 2
    guard distance == communicator.count else { return begin() }
    exchange = nil
    if factor != 1 { for index in 0..<values.count { unsafe sums[index] *= factor } }
  }
}

extension BatchShare? {
  /// Returns `factor` × the sum of `values` over all processes, which is complete at the end of the backward pass that
  /// is going on; only a pullback may call it.
  func sum(of values: Tensor, times factor: Float = 1) -> Tensor {
    guard let self else { return factor == 1 ? values : factor * values }
    guard let pending = PendingSums.current else {
      fatalError("Gradients are summed over processes in a backward pass; found none.")
    }
    pending.add(values, times: factor, self.communicator)
    return values
  }
}
