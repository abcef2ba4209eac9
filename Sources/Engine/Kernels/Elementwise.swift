/// The vector type of the kernels; the compiler splits it into the processor's registers.
package typealias Vector = SIMD16<Float>

extension UnsafePointer<Float> {
  /// The 16 elements from this address on.
  @inline(__always)
  package var vector: Vector {
    unsafe UnsafeRawPointer(self).loadUnaligned(as: Vector.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// The 16 elements from this address on.
  @inline(__always)
  package var vector: Vector {
    get { unsafe UnsafeRawPointer(self).loadUnaligned(as: Vector.self) }
    nonmutating set {
      unsafe UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: Vector.self)
    }
  }
}

/// The number of elements below which starting other threads costs more than it saves.
let parallelThreshold = 1 << 15

/// Calls `body` with the start index of each vector of `count` elements; the last vector may extend
/// into the spare room at the end of a storage.
@inline(__always)
func forEachVector(_ count: Int, _ body: (_ start: Int) -> Void) {
  let width = Storage.vectorWidth
  let vectors = (count + width - 1) / width
  Parallel.forEachRange(of: vectors, parts: count < parallelThreshold ? 1 : 16) { _, range in
    for vector in range { body(vector * width) }
  }
}

/// Calls `body` for every row of a matrix, on several threads if the matrix is large.
@inline(__always)
func forEachRow(_ rows: Int, columns: Int, _ body: (_ row: Int) -> Void) {
  Parallel.forEachRange(of: rows, parts: rows * columns < parallelThreshold ? 1 : 16) { _, range in
    for row in range { body(row) }
  }
}

/// Returns the constant tensor of `body` of the corresponding elements of two tensors of the same shape, computed
/// for a vector of them at a time.
@inline(__always)
func elementwise(_ a: Tensor, _ b: Tensor, _ body: (Vector, Vector) -> Vector) -> Tensor {
  require(
    a.shape == b.shape,
    "Elementwise arithmetic needs two tensors of the same shape; found \(a.shape) and \(b.shape).")
  return unsafe filled(a.shape) { result in
    let (count, a, b) = unsafe (a.count, a.pointer, b.pointer)
    forEachVector(count) { unsafe (result + $0).vector = body((a + $0).vector, (b + $0).vector) }
  }
}

/// Returns the constant tensor of `body` of each element of `x`, of its shape, computed for a vector of them at a time.
@inline(__always)
func elementwise(_ x: Tensor, _ body: (Vector) -> Vector) -> Tensor {
  unsafe filled(x.shape) { result in
    let pointer = unsafe x.pointer
    forEachVector(x.count) { unsafe (result + $0).vector = body((pointer + $0).vector) }
  }
}
