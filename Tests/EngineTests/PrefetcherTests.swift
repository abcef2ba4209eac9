import Engine
import Foundation
import Synchronization
import Testing

@Suite struct PrefetcherTests {
  private struct Broken: Error {}

  private func with(threads: Int, _ body: () throws -> Void) throws {
    try Parallel.$threads.withValue(threads) { try body() }
  }

  /// Slow and fast elements, asked for in order, with gaps and backwards, with one thread and more.
  @Test(arguments: [1, 3])
  func elementsDependOnTheirIndexAlone(threads: Int) throws {
    try with(threads: threads) {
      var calls = 0
      let squares = Prefetcher(count: 40) { index in
        // State of its own, as the order of an epoch is: calls never overlap.
        calls += 1
        if calls % 3 == 0 { Thread.sleep(forTimeInterval: 0.002) }
        return index * index
      }
      let indices = Array(0..<12) + [30, 31, 5, 5, 39]
      let found = try indices.map { try squares($0) }
      #expect(found == indices.map { $0 * $0 })
    }
  }

  /// The next elements are computed before anybody asks for them; none beyond the end is.
  @Test func worksAhead() throws {
    try with(threads: 2) {
      let computed = ElementList()
      let prefetched = Prefetcher(count: 4, ahead: 2) { index in computed.add(index) }
      try prefetched(0)
      #expect(computed.wait(for: [0, 1, 2]))
      for index in 1..<4 { try prefetched(index) }
      #expect(computed.wait(for: [0, 1, 2, 3]))
    }
  }

  /// Whoever lets go of it finds nothing running, and nothing begun since.
  @Test func nothingIsLeftRunning() throws {
    try with(threads: 2) {
      let ended = ElementList()
      var prefetched: Prefetcher? = Prefetcher(count: 9, ahead: 3) { index in
        if index > 0 { Thread.sleep(forTimeInterval: 0.2) }
        ended.add(index)
      }
      try prefetched?(0)
      prefetched = nil
      let count = ended.count
      // Element 1 may have been under way, and with a pause of the machine the next; not all three.
      #expect(count < 4)
      Thread.sleep(forTimeInterval: 0.25)
      #expect(ended.count == count)
    }
  }

  @Test func errorsComeWithTheirElement() throws {
    for threads in [1, 2] {
      try with(threads: threads) {
        let prefetched = Prefetcher(count: 9) { index in
          if index == 2 { throw Broken() }
          return index
        }
        let before = try [prefetched(0), prefetched(1)]
        #expect(throws: Broken.self) { try prefetched(2) }
        let after = try prefetched(3)
        #expect(before + [after] == [0, 1, 3])
      }
    }
  }

  /// Elements may themselves use ``Parallel``, while all threads are busy elsewhere; they get one.
  @Test func doesNotWaitForThreadsThatAreBusy() throws {
    try with(threads: 4) {
      let sums = Prefetcher(count: 30) { index in
        let sum = Mutex(0)
        Parallel.forEachPart(of: 8) { part in sum.withLock { $0 += part * index } }
        return (sum: sum.withLock { $0 }, threads: Parallel.threads)
      }
      for index in 0..<30 {
        Parallel.forEachPart(of: 8) { _ in Thread.sleep(forTimeInterval: 0.0005) }
        let element = try sums(index)
        #expect(element == (28 * index, 1))
      }
    }
  }
}

/// Elements that were computed, for a test to wait on.
private final class ElementList: Sendable {
  private let indices = Mutex<[Int]>([])

  func add(_ index: Int) { indices.withLock { $0.append(index) } }

  var count: Int { indices.withLock { $0.count } }

  /// Whether exactly `expected` were added, in this order, within a few seconds.
  func wait(for expected: [Int]) -> Bool {
    for _ in 0..<2000 where indices.withLock({ $0 != expected }) {
      Thread.sleep(forTimeInterval: 0.002)
    }
    return indices.withLock { $0 == expected }
  }
}
