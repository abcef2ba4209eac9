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

/// Calls `body` with the start of every vector of `count` numbers, the last of which may reach into
/// the slack at a buffer's end.
@inline(__always)
func forEachVector(_ count: Int, _ body: (_ start: Int) -> Void) {
  let width = Buffer.vectorWidth
  let vectors = (count + width - 1) / width
  Parallel.forEachRange(of: vectors, parts: count < worthSharing ? 1 : 16) { _, range in
    for vector in range { body(vector * width) }
  }
}

/// `result[i]` ← `body(a[i], b[i])` for i in 0 ..< `count`, in whole vectors: all three must be
/// buffers of their own, which have room for that.
@inline(__always)
func elementwise(
  _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  into result: UnsafeMutablePointer<Float>, _ body: (Vector, Vector) -> Vector
) {
  forEachVector(count) { (result + $0).vector = body((a + $0).vector, (b + $0).vector) }
}

/// `result[i]` ← `body(a[i])`, under the same rules.
@inline(__always)
func elementwise(
  _ count: Int, _ a: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
  _ body: (Vector) -> Vector
) {
  forEachVector(count) { (result + $0).vector = body((a + $0).vector) }
}
