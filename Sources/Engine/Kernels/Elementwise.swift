/// The vector type of the kernels; the compiler splits it into the processor's registers.
package typealias Vector = SIMD16<Float>

extension UnsafePointer<Float> {
  /// The 16 elements from this address on.
  @inline(__always)
  package var vector: Vector {
    UnsafeRawPointer(self).loadUnaligned(as: Vector.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// The 16 elements from this address on.
  @inline(__always)
  package var vector: Vector {
    get { UnsafeRawPointer(self).loadUnaligned(as: Vector.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: Vector.self) }
  }
}

/// The number of elements below which starting other threads costs more than it saves.
private let parallelThreshold = 1 << 15

/// Calls `body` with the start index of each vector of `count` elements; the last vector may extend
/// into the spare room at the end of a buffer.
@inline(__always)
func forEachVector(_ count: Int, _ body: (_ start: Int) -> Void) {
  let width = Buffer.vectorWidth
  let vectors = (count + width - 1) / width
  Parallel.forEachRange(of: vectors, parts: count < parallelThreshold ? 1 : 16) { _, range in
    for vector in range { body(vector * width) }
  }
}

/// Computes `result[i]` ← `body(a[i], b[i])` for i in 0 ..< `count`, in whole vectors.
///
/// All three pointers must be the starts of buffers, which have room for a whole last vector.
@inline(__always)
func elementwise(
  _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  into result: UnsafeMutablePointer<Float>, _ body: (Vector, Vector) -> Vector
) {
  forEachVector(count) { (result + $0).vector = body((a + $0).vector, (b + $0).vector) }
}

/// Computes `result[i]` ← `body(a[i])` for i in 0 ..< `count`, in whole vectors; both pointers must be
/// the starts of buffers.
@inline(__always)
func elementwise(
  _ count: Int, _ a: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
  _ body: (Vector) -> Vector
) {
  forEachVector(count) { (result + $0).vector = body((a + $0).vector) }
}
