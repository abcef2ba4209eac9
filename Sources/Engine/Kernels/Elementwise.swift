/// The vector that kernels are written with; the compiler cuts it to what the processor has.
package typealias Vector = SIMD16<Float>

extension UnsafePointer<Float> {
  /// The 16 numbers from here on.
  @inline(__always)
  package var vector: Vector {
    UnsafeRawPointer(self).loadUnaligned(as: Vector.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// The 16 numbers from here on.
  @inline(__always)
  package var vector: Vector {
    get { UnsafeRawPointer(self).loadUnaligned(as: Vector.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: Vector.self) }
  }
}

/// Below this many numbers, waking other threads costs more than it saves.
private let worthSharing = 1 << 15

/// `result[i]` ← `body(a[i], b[i])` for i in 0 ..< `count`, in whole vectors: all three must be
/// buffers of their own, which have room for that.
@inline(__always)
func elementwise(
  _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  into result: UnsafeMutablePointer<Float>, _ body: (Vector, Vector) -> Vector
) {
  let width = Buffer.vectorWidth
  let vectors = (count + width - 1) / width
  Parallel.forEachRange(of: vectors, parts: count < worthSharing ? 1 : 16) { _, range in
    for start in stride(from: range.lowerBound * width, to: range.upperBound * width, by: width) {
      (result + start).vector = body((a + start).vector, (b + start).vector)
    }
  }
}

/// `result[i]` ← `body(a[i])`, under the same rules.
@inline(__always)
func elementwise(
  _ count: Int, _ a: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
  _ body: (Vector) -> Vector
) {
  elementwise(count, a, a, into: result) { a, _ in body(a) }
}
