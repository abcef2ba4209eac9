import Engine
import Testing

/// The compiler rounds each product and each sum where the source has one: it neither fuses what is
/// not written as fused nor reorders sums.
@Suite struct ArithmeticTests {
  /// (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, of which a Float rounds the last term away.
  private let x = opaque(1 + 0x1p-12)
  private let xSquared = opaque(1 + 0x1p-11)

  @Test func productsAreRoundedBeforeTheyAreAdded() {
    #expect(x * x - xSquared == 0)
    let (xs, squares) = (Vector(repeating: x), Vector(repeating: xSquared))
    #expect(xs * xs - squares == .zero)
    var sum: Float = 0
    for number in [Float](repeating: x, count: 100) { sum += number * number - xSquared }
    #expect(sum == 0)
  }

  @Test func addingProductIsFused() {
    #expect((-xSquared).addingProduct(x, x) == 0x1p-24)
    let (xs, squares) = (Vector(repeating: x), Vector(repeating: xSquared))
    #expect((-squares).addingProduct(xs, xs) == Vector(repeating: 0x1p-24))
  }

  /// 2²⁴ + 1 is rounded to 2²⁴: in order, ones that are added to it one by one disappear.
  @Test func sumsRunInOrder() {
    let numbers = [opaque(0x1p24)] + [Float](repeating: opaque(1), count: 1000)
    #expect(numbers.reduce(0, +) == 0x1p24)
    var sum: Float = 0
    for number in numbers { sum += number }
    #expect(sum == 0x1p24)
    #expect(numbers.reversed().reduce(0, +) == 0x1p24 + 1000)
  }
}

/// A number that the compiler does not know while it compiles.
@inline(never) @_optimize(none)
private func opaque(_ number: Float) -> Float { number }
