import Engine
import Testing

/// Buffers are used again, and given back on request.
@Suite struct BufferTests {
  /// How many buffers of a size that no other test asks for come from the system while `rounds` of
  /// them are taken one after the other. Other tests, which share the pool, may add some.
  private func allocations(rounds: Int, before each: () -> Void) -> Int {
    let start = Buffer.allocations
    for _ in 0..<rounds {
      each()
      _ = Buffer(count: 1_234_567)
    }
    return Buffer.allocations - start
  }

  @Test func releasedBuffersAreAllocatedAnew() {
    #expect(allocations(rounds: 10_000) {} < 10_000)
    #expect(allocations(rounds: 1000) { Buffer.releaseUnused() } >= 1000)
  }
}
