import CProcessor
import Files

/// Properties of the processor that the code was compiled for, by the compiler flags -march and
/// -mcpu, and its prefetch instructions.
package enum Processor {
  /// Whether there are 32 vector registers of 512 bits, as in AVX-512.
  static var hasWideVectors: Bool { PROCESSOR_HAS_WIDE_VECTORS == 1 }

  /// Whether there are fused multiply–add instructions.
  package static var hasFusedMultiplyAdd: Bool { PROCESSOR_HAS_FMA == 1 }

  /// Starts to load a range of elements into the cache, so that reading them soon afterwards does not wait for
  /// memory.
  @inline(__always)
  static func prefetch(_ elements: Range<Int>, of numbers: UnsafePointer<Float>) {
    unsafe processor_prefetch(numbers + elements.lowerBound, elements.count * 4)
  }

  /// Starts to load a range of elements into the cache, so that writing them soon afterwards does not wait for
  /// memory.
  @inline(__always)
  static func prefetchForWriting(_ elements: Range<Int>, of numbers: UnsafePointer<Float>) {
    unsafe processor_prefetch_for_writing(numbers + elements.lowerBound, elements.count * 4)
  }

  /// Prints ``warning(hasFusedMultiplyAdd:)`` to standard error when it is first accessed.
  static let printWarning: Void = {
    if let text = warning(hasFusedMultiplyAdd: hasFusedMultiplyAdd) { writeToStandardError(text) }
  }()

  /// The line to print if the code was compiled without fused multiply–add instructions; nil if it
  /// was compiled with them.
  package static func warning(hasFusedMultiplyAdd: Bool) -> String? {
    guard !hasFusedMultiplyAdd else { return nil }
    return "warning: Engine was compiled without fused multiply-add instructions, which makes "
      + "convolutions and matrix products about fifty times slower; "
      + "compile with: swift build -c release -Xcc -march=native\n"
  }
}
