import Dispatch
import Foundation
import Synchronization

/// Parallel loops over the parts of some work.
///
/// Results do not depend on the number of threads if the caller chooses a number of parts that depends on the size of the
/// work alone, lets each part write to memory of its own, and adds sums of the parts in a fixed order after the loop. Only
/// the assignment of parts to threads varies.
public enum Parallel {
  /// The number of threads, at least 1; the number of processors by default.
  ///
  /// Set it for a scope with `Parallel.$threads.withValue(2) { … }`.
  @TaskLocal public static var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  /// Calls `body` once for each part in `0..<parts` on up to ``threads`` threads, and waits for all
  /// of them.
  ///
  /// `body` runs concurrently and must write to memory of its own part only. Task-local values, such as ``threads``
  /// and the effect of ``withoutGradients(_:)``, apply to the calling thread only; set them inside `body`.
  public static func forEachPart(of parts: Int, _ body: (_ part: Int) -> Void) {
    require(parts >= 0, "Work has at least 0 parts; found \(parts).")
    let threads = min(threads, parts)
    guard threads > 1 else {
      for part in 0..<parts { body(part) }
      return
    }
    // A thread takes the next part when it has finished one, so that none waits for a slower one.
    let taken = Atomic(0)
    withoutActuallyEscaping(body) { body in
      // Concurrent calls are safe as each writes to its own part, which the caller guarantees.
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

  /// Divides `0..<count` into `parts` ranges of nearly equal length and calls `body` with each, in
  /// parallel as in ``forEachPart(of:_:)``.
  ///
  /// `parts`, at least 1, must not depend on the number of threads; some ranges are empty if `count < parts`.
  public static func forEachRange(
    of count: Int, parts: Int = 16, _ body: (_ part: Int, _ range: Range<Int>) -> Void
  ) {
    require(count >= 0, "Work has at least 0 elements; found \(count).")
    require(parts > 0, "Work is divided into at least one part; found \(parts).")
    forEachPart(of: parts) { part in
      body(part, (count * part / parts)..<(count * (part + 1) / parts))
    }
  }
}

/// A wrapper that passes a value to another thread without the compiler's check.
///
/// `@unchecked Sendable`: each use states why only one thread at a time uses the value, or why
/// concurrent use is safe.
package struct UncheckedSendable<Value>: @unchecked Sendable {
  package let value: Value

  package init(value: Value) { self.value = value }
}
