import Dispatch
import Foundation
import Synchronization

/// Work spread over threads, with results that do not depend on how many there are.
///
/// Work is cut into a number of parts that follows from its size alone; threads only decide who
/// computes which part. Sums over parts are taken in the order of the parts. So the same seed gives
/// the same bits with 1, 2 or 16 threads.
public enum Parallel {
  /// How many threads work at once; at least 1.
  ///
  /// Set it for a stretch of work with `Parallel.$threads.withValue(2) { … }`.
  @TaskLocal public static var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  /// Calls `body` once for each part in `0..<parts`, on up to ``threads`` threads, and returns when
  /// all are done.
  ///
  /// `body` must write only what belongs to its part.
  public static func forEach(part parts: Int, _ body: (_ part: Int) -> Void) {
    let threads = min(threads, parts)
    guard threads > 1 else {
      for part in 0..<parts { body(part) }
      return
    }
    // Threads take the next part when they are done with one, so that none waits for a slower one.
    let taken = Atomic(0)
    withoutActuallyEscaping(body) { body in
      let body = UncheckedSendable(value: body)
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        while true {
          let part = taken.add(1, ordering: .relaxed).oldValue
          guard part < parts else { return }
          body.value(part)
        }
      }
    }
  }

  /// Cuts `0..<count` into `parts` ranges of nearly equal length, and calls `body` with each.
  ///
  /// `parts` must not depend on the number of threads; ranges may be empty when `count < parts`.
  public static func forEachRange(
    of count: Int, parts: Int = 16, _ body: (_ part: Int, _ range: Range<Int>) -> Void
  ) {
    forEach(part: parts) { part in
      body(part, (count * part / parts)..<(count * (part + 1) / parts))
    }
  }
}

/// Carries a value across threads where the surrounding code keeps the promise that the compiler
/// cannot check.
package struct UncheckedSendable<Value>: @unchecked Sendable {
  package let value: Value

  package init(value: Value) { self.value = value }
}
