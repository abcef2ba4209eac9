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
}

/// Buffers that were used before, by capacity.
///
/// A training step asks for the same sizes in every iteration, so after the first one the system
/// is asked for no more memory. Buffers of sizes that are no longer asked for, such as those of
/// smaller images earlier in a training, go back to the system.
private final class BufferPool: Sendable {
  static let shared = BufferPool()

  private let free = Lock(FreeBuffers())

  var allocations: Int { free.withLock { $0.misses } }

  func take(capacity: Int) -> UnsafeMutablePointer<Float> {
    let reused = free.withLock { UncheckedSendable(value: $0.take(capacity: capacity)) }
    return reused.value
      ?? UnsafeMutableRawPointer.allocate(byteCount: capacity * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: capacity)
  }

  func giveBack(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
    let pointer = UncheckedSendable(value: pointer)
    free.withLock { $0.giveBack(pointer.value, capacity: capacity) }
  }
}

/// The buffers of a pool that nobody uses at present.
private struct FreeBuffers: @unchecked Sendable {
  /// How many buffers are taken between two sweeps: more than in an iteration of any network here.
  private static let takesBetweenSweeps = 1 << 15

  private struct Shelf {
    var buffers: [UnsafeMutablePointer<Float>] = []
    /// Whether a buffer was taken since the last sweep.
    var isInUse = true
  }

  private var shelves: [Int: Shelf] = [:]
  private var takes = 0
  private(set) var misses = 0

  mutating func take(capacity: Int) -> UnsafeMutablePointer<Float>? {
    takes += 1
    if takes.isMultiple(of: Self.takesBetweenSweeps) { sweep() }
    shelves[capacity, default: Shelf()].isInUse = true
    let buffer = shelves[capacity]?.buffers.popLast()
    if buffer == nil { misses += 1 }
    return buffer
  }

  mutating func giveBack(_ buffer: UnsafeMutablePointer<Float>, capacity: Int) {
    shelves[capacity, default: Shelf()].buffers.append(buffer)
  }

  /// Returns the buffers of sizes that nobody asked for since the last sweep to the system.
  private mutating func sweep() {
    for (capacity, shelf) in shelves {
      if shelf.isInUse {
        shelves[capacity]?.isInUse = false
      } else {
        for buffer in shelf.buffers { UnsafeMutableRawPointer(buffer).deallocate() }
        shelves[capacity] = nil
      }
    }
  }
}
