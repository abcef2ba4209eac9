/// A fixed number of values in memory of its own, for inner loops: reads and writes are unchecked.
///
/// It is shared by reference and freed with its last owner. Threads may write different places of
/// it at once.
package final class UncheckedArray<Element: BitwiseCopyable>: @unchecked Sendable {
  /// How many values there are.
  package let count: Int
  /// The first of them.
  package let base: UnsafeMutablePointer<Element>

  /// A buffer of equal values.
  package init(count: Int, repeating value: Element) {
    self.count = count
    base = .allocate(capacity: count)
    base.initialize(repeating: value, count: count)
  }

  /// A buffer of the values of an array.
  package init(_ values: [Element]) {
    count = values.count
    base = .allocate(capacity: count)
    values.withUnsafeBufferPointer { values in
      if let first = values.baseAddress { base.initialize(from: first, count: count) }
    }
  }

  deinit { base.deallocate() }

  /// The value at a place, which must lie in 0 ..< `count`.
  package subscript(place: Int) -> Element {
    @inline(__always) get { base[place] }
    @inline(__always) set { base[place] = newValue }
  }

  /// Sixteen values from `place` on.
  @inline(__always)
  package func vector(at place: Int) -> SIMD16<Element> where Element: SIMDScalar {
    UnsafeRawPointer(base + place).loadUnaligned(as: SIMD16<Element>.self)
  }

  /// Writes sixteen values from `place` on.
  @inline(__always)
  package func store(_ vector: SIMD16<Element>, at place: Int) where Element: SIMDScalar {
    UnsafeMutableRawPointer(base + place).storeBytes(of: vector, as: SIMD16<Element>.self)
  }

  /// Four values from `place` on.
  @inline(__always)
  package func quad(at place: Int) -> SIMD4<Element> where Element: SIMDScalar {
    UnsafeRawPointer(base + place).loadUnaligned(as: SIMD4<Element>.self)
  }
}

extension SIMD16<Float> {
  /// The sum of the elements, halves added to halves. (In which order the standard library's `sum()`
  /// adds them is left to its version.)
  @inline(__always)
  var sumOfHalves: Float {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

/// The lesser of each two elements. (The standard library's function of this purpose goes through
/// them one by one.)
@inline(__always)
func lesser<Vector: SIMD>(_ a: Vector, _ b: Vector) -> Vector where Vector.Scalar: Comparable {
  a.replacing(with: b, where: b .< a)
}

/// The greater of each two elements.
@inline(__always)
func greater<Vector: SIMD>(_ a: Vector, _ b: Vector) -> Vector where Vector.Scalar: Comparable {
  a.replacing(with: b, where: a .< b)
}
