/// An array of fixed length without bounds checks, for inner loops.
///
/// It is shared by reference and freed with its last owner. Different threads may write different
/// elements at the same time.
///
/// It is `@unchecked Sendable` because ownership of the elements is divided by index: `Parallel` gives
/// each thread a range of its own to write, and joins all threads before other elements are read. The
/// stored properties themselves never change.
@safe package final class UncheckedArray<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The number of elements.
  package let count: Int
  /// The address of the first element.
  package let base: UnsafeMutablePointer<Element>

  /// Creates an array of equal elements.
  package init(count: Int, repeating value: Element) {
    self.count = count
    unsafe base = .allocate(capacity: count)
    unsafe base.initialize(repeating: value, count: count)
  }

  /// Creates a copy of an array.
  package init(_ values: [Element]) {
    count = values.count
    unsafe base = .allocate(capacity: count)
    unsafe values.withUnsafeBufferPointer { values in
      if let first = values.baseAddress { unsafe base.initialize(from: first, count: count) }
    }
  }

  deinit { unsafe base.deallocate() }

  /// Accesses an element; `place` must lie in 0 ..< `count`, which is not checked.
  @unsafe package subscript(place: Int) -> Element {
    @inline(__always) get { unsafe base[place] }
    @inline(__always) set { unsafe base[place] = newValue }
  }

  /// Returns the sixteen elements from `place` on.
  @unsafe @inline(__always)
  package func vector(at place: Int) -> SIMD16<Element> where Element: SIMDScalar {
    unsafe UnsafeRawPointer(base + place).loadUnaligned(as: SIMD16<Element>.self)
  }

  /// Writes the sixteen elements from `place` on.
  @unsafe @inline(__always)
  package func store(_ vector: SIMD16<Element>, at place: Int) where Element: SIMDScalar {
    unsafe UnsafeMutableRawPointer(base + place).storeBytes(of: vector, as: SIMD16<Element>.self)
  }

  /// Returns the four elements from `place` on.
  @unsafe @inline(__always)
  package func quad(at place: Int) -> SIMD4<Element> where Element: SIMDScalar {
    unsafe UnsafeRawPointer(base + place).loadUnaligned(as: SIMD4<Element>.self)
  }
}

extension SIMD16<Float> {
  /// The sum of the elements, computed by adding halves.
  ///
  /// The standard library does not specify the order of additions in its `sum()`.
  @inline(__always)
  var pairwiseSum: Float {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

/// Returns the elementwise minimum of two vectors.
///
/// The standard library's `pointwiseMin` compares the elements one by one, which is slower.
@inline(__always)
func elementwiseMinimum<Vector: SIMD>(_ a: Vector, _ b: Vector) -> Vector
where Vector.Scalar: Comparable {
  a.replacing(with: b, where: b .< a)
}

/// Returns the elementwise maximum of two vectors.
@inline(__always)
func elementwiseMaximum<Vector: SIMD>(_ a: Vector, _ b: Vector) -> Vector
where Vector.Scalar: Comparable {
  a.replacing(with: b, where: a .< b)
}
