/// Neighbouring numbers that a kernel works on at once, each lane on its own: results do not depend
/// on how many there are.
///
/// Kernels that keep many values in registers are written for any number of lanes and compiled for
/// ``NarrowLanes`` or ``Vector``, whichever fits the processor's registers.
protocol Lanes {
  /// The type that lanes compute in.
  associatedtype Number: BinaryFloatingPoint

  /// How many numbers there are.
  static var count: Int { get }
  /// The numbers from `source` on.
  init(loading source: UnsafePointer<Float>)
  /// Writes the numbers from `target` on.
  func store(to target: UnsafeMutablePointer<Float>)

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, factor: Number) -> Self
  /// The numbers plus `factor` times `others`, rounded once.
  func adding(_ factor: Number, times others: Self) -> Self
}

/// Eight numbers: one register of AVX2, two of NEON.
typealias NarrowLanes = SIMD8<Float>

extension SIMD8<Float>: Lanes {
  typealias Number = Float

  @inline(__always) static var count: Int { 8 }

  @inline(__always)
  init(loading source: UnsafePointer<Float>) {
    self = UnsafeRawPointer(source).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
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
  init(loading source: UnsafePointer<Float>) { self = source.vector }

  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>) { target.vector = self }

  @inline(__always)
  func adding(_ factor: Float, times others: Self) -> Self {
    addingProduct(Self(repeating: factor), others)
  }
}

/// Eight numbers that are computed with in double precision and rounded when they are stored.
struct PreciseLanes: Lanes {
  private let numbers: SIMD8<Double>

  @inline(__always) static var count: Int { 8 }

  @inline(__always)
  private init(_ numbers: SIMD8<Double>) { self.numbers = numbers }

  @inline(__always)
  init(loading source: UnsafePointer<Float>) {
    numbers = SIMD8<Double>(SIMD8<Float>(loading: source))
  }

  @inline(__always)
  func store(to target: UnsafeMutablePointer<Float>) {
    SIMD8<Float>(numbers).store(to: target)
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
