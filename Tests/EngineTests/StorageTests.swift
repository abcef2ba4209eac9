import Engine
import Testing

/// Storages are used again, and given back on request. Only these tests, which run one after the other, ask for storages
/// of this size: all tests share the pool.
@Suite(.serialized) struct StorageTests {
  private let size = 1_234_567

  /// The number of storages that come from the system while `rounds` of them are taken one after the other. Other tests
  /// may add some.
  private func allocations(rounds: Int, before each: () -> Void) -> Int {
    let start = Storage.allocations
    for _ in 0..<rounds {
      each()
      _ = Storage(count: size)
    }
    return Storage.allocations - start
  }

  @Test func storagesAreReusedUntilTheyAreReleased() {
    #expect(allocations(rounds: 10_000) {} < 1000)
    #expect(allocations(rounds: 1000) { Storage.releaseUnused() } >= 1000)
  }

  @Test func aStorageInUseIsNotReused() {
    func address() -> UInt { unsafe UInt(bitPattern: Storage(count: size).pointer) }
    let first = address()
    #expect(address() == first)
    #expect(first % 64 == 0)
    let (a, b) = (Storage(count: size), Storage(count: size))
    unsafe #expect(a.pointer != b.pointer)
  }
}
