/// A block of Float memory, returned to a pool when its last owner releases it.
///
/// It is aligned to 64 bytes and has room for at least one more vector at its end, so that vector
/// loops may run past the last element.
///
/// `@unchecked Sendable`: the address never changes, and only the code that made a storage writes to it, before it shares
/// the storage. There are three exceptions, during which nothing else reads the storage: an optimiser changes its averages
/// or velocities, a restored state replaces such values, and ``PendingSums`` adds to the gradients of filters until the
/// backward pass ends.
@safe package final class Storage: @unchecked Sendable {
  /// The number of Floats in a kernel's vector.
  package static let vectorWidth = 16

  package let pointer: UnsafeMutablePointer<Float>
  private let capacity: Int

  /// Allocates uninitialised memory for `count` Floats.
  package init(count: Int) {
    capacity = (count / Self.vectorWidth + 2) * Self.vectorWidth
    unsafe pointer = StoragePool.shared.take(capacity: capacity)
  }

  deinit { unsafe StoragePool.shared.giveBack(pointer, capacity: capacity) }

  /// The number of storages that the pool could not provide and the system allocated.
  package static var allocations: Int { StoragePool.shared.allocations }

  /// Returns the memory of all unused storages to the system, for a program that goes on to storages of
  /// other sizes.
  package static func releaseUnused() { StoragePool.shared.releaseUnused() }
}

/// A pool of the memory of former storages, by capacity.
///
/// A training step needs the same sizes in every iteration, so after the first one nothing more is
/// allocated.
private final class StoragePool: Sendable {
  static let shared = StoragePool()

  @safe private struct FreeLists {
    var byCapacity: [Int: [UnsafeMutablePointer<Float>]] = unsafe [:]
    var misses = 0

    mutating func take(capacity: Int) -> UnsafeMutablePointer<Float>? {
      let pointer = unsafe byCapacity[capacity]?.popLast()
      if unsafe pointer == nil { misses += 1 }
      return unsafe pointer
    }

    mutating func release() {
      unsafe byCapacity.values.joined().forEach { unsafe UnsafeMutableRawPointer($0).deallocate() }
      unsafe byCapacity = [:]
    }
  }
  private let free = Lock(FreeLists())

  var allocations: Int { free.withLock { $0.misses } }

  func take(capacity: Int) -> UnsafeMutablePointer<Float> {
    // A pointer leaves the lists here, so from now on the caller alone has it.
    let reused = unsafe free.withLock {
      unsafe UncheckedSendable(value: $0.take(capacity: capacity))
    }
    return unsafe reused.value
      ?? UnsafeMutableRawPointer.allocate(byteCount: capacity * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: capacity)
  }

  func giveBack(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
    // The storage that owned it is being destroyed, so nobody else has it.
    let pointer = unsafe UncheckedSendable(value: pointer)
    free.withLock { unsafe $0.byCapacity[capacity, default: []].append(pointer.value) }
  }

  func releaseUnused() { free.withLock { $0.release() } }
}
