/// A stretch of Float memory that goes back to the pool when its last owner lets go of it.
///
/// Its start is aligned to 64 bytes, and it has slack for at least one vector at its end, so that
/// vector loops may run over the end of what is used.
package final class Buffer: @unchecked Sendable {
  /// The number of Floats in the vectors that kernels are written with.
  package static let vectorWidth = 16

  package let pointer: UnsafeMutablePointer<Float>
  private let capacity: Int

  /// Memory for `count` Floats, holding whatever was there before.
  package init(count: Int) {
    capacity = (count / Self.vectorWidth + 2) * Self.vectorWidth
    pointer = BufferPool.shared.take(capacity: capacity)
  }

  deinit { BufferPool.shared.giveBack(pointer, capacity: capacity) }

  /// How many buffers came from the system since the program began, because the pool had none of
  /// their size.
  package static var allocations: Int { BufferPool.shared.allocations }

  /// Returns the memory of all buffers that nobody uses at present to the system: for a program that
  /// goes on to buffers of other sizes.
  package static func releaseUnused() { BufferPool.shared.releaseUnused() }
}

/// Buffers that were used before, by capacity.
///
/// A training step asks for the same sizes in every iteration, so after the first one the system
/// is asked for no more memory.
private final class BufferPool: Sendable {
  static let shared = BufferPool()

  private struct FreeLists: @unchecked Sendable {
    var byCapacity: [Int: [UnsafeMutablePointer<Float>]] = [:]
    var misses = 0

    mutating func take(capacity: Int) -> UnsafeMutablePointer<Float>? {
      let pointer = byCapacity[capacity]?.popLast()
      if pointer == nil { misses += 1 }
      return pointer
    }

    mutating func release() {
      for pointer in byCapacity.values.joined() { UnsafeMutableRawPointer(pointer).deallocate() }
      byCapacity = [:]
    }
  }
  private let free = Lock(FreeLists())

  var allocations: Int { free.withLock { $0.misses } }

  func take(capacity: Int) -> UnsafeMutablePointer<Float> {
    let reused = free.withLock { UncheckedSendable(value: $0.take(capacity: capacity)) }
    return reused.value
      ?? UnsafeMutableRawPointer.allocate(byteCount: capacity * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: capacity)
  }

  func giveBack(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
    let pointer = UncheckedSendable(value: pointer)
    free.withLock { $0.byCapacity[capacity, default: []].append(pointer.value) }
  }

  func releaseUnused() { free.withLock { $0.release() } }
}
