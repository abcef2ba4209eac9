/// A vector of elements that a kernel processes at once. Lanes do not interact, so results do not
/// depend on their number.
///
/// Kernels that keep many values in registers are generic over the lanes and use ``NarrowLanes`` or
/// ``Vector``, depending on the processor's registers.
protocol Lanes {
  /// The type of the arithmetic.
  associatedtype Number: BinaryFloatingPoint

  /// The number of lanes.
  static var count: Int { get }
  /// Loads the ``count`` elements from `source` on.
  init(loading source: UnsafePointer<Float>)
  /// Stores the ``count`` elements from `target` on.
  func store(to target: UnsafeMutablePointer<Float>)

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, factor: Number) -> Self
  /// Returns self + `factor`·`others`, rounded once (fused multiply–add).
  func adding(_ factor: Number, times others: Self) -> Self
}

/// Eight lanes: one register of AVX2, two of NEON.
typealias NarrowLanes = SIMD8<Float>

extension SIMD8<Float>: Lanes {
  typealias Number = Float

  @inline(__always) static var count: Int { 8 }

  @inline(__always)
  init(loading source: UnsafePointer<Float>) {
    self = unsafe UnsafeRawPointer(source).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>) {
    unsafe UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
  }

  @inline(__always)
  func adding(_ factor: Float, times others: Self) -> Self {
    addingProduct(Self(repeating: factor), others)
  }
}

extension SIMD16<Float>: Lanes {
  typealias Number = Float

  @inline(__always) static var count: Int { 16 }

  @inline(__always)
  init(loading source: UnsafePointer<Float>) { self = unsafe source.vector }

  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>) { unsafe target.vector = self }

  @inline(__always)
  func adding(_ factor: Float, times others: Self) -> Self {
    addingProduct(Self(repeating: factor), others)
  }
}

/// Eight lanes of double-precision arithmetic, rounded to single precision when stored.
struct PreciseLanes: Lanes {
  private let numbers: SIMD8<Double>

  @inline(__always) static var count: Int { 8 }

  @inline(__always)
  private init(_ numbers: SIMD8<Double>) { self.numbers = numbers }

  @inline(__always)
  init(loading source: UnsafePointer<Float>) {
    numbers = unsafe SIMD8<Double>(SIMD8<Float>(loading: source))
  }

  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>) {
    unsafe SIMD8<Float>(numbers).store(to: target)
  }

  @inline(__always)
  static func + (a: Self, b: Self) -> Self { Self(a.numbers + b.numbers) }

  @inline(__always)
  static func - (a: Self, b: Self) -> Self { Self(a.numbers - b.numbers) }

  @inline(__always)
  static func * (a: Self, factor: Double) -> Self { Self(a.numbers * factor) }

  @inline(__always)
  func adding(_ factor: Double, times others: Self) -> Self {
    Self(numbers.addingProduct(SIMD8(repeating: factor), others.numbers))
  }
}
