import Engine
import Testing

/// Arithmetic of a tensor and a scalar.
@Suite struct ScalarArithmeticTests {
  /// f(x) and f′(x) at x = 1, −2 and 4, by hand; all of them are exact.
  @Test func valuesAndDerivatives() {
    expect([2, -4, 8], derivatives: [2, 2, 2]) { $0 * 2 }
    expect([2, -4, 8], derivatives: [2, 2, 2]) { 2 * $0 }
    expect([2, -1, 5], derivatives: [1, 1, 1]) { $0 + 1 }
    expect([2, -1, 5], derivatives: [1, 1, 1]) { 1 + $0 }
    expect([0, -3, 3], derivatives: [1, 1, 1]) { $0 - 1 }
    expect([0, 3, -3], derivatives: [-1, -1, -1]) { 1 - $0 }
    expect([0.5, -1, 2], derivatives: [0.5, 0.5, 0.5]) { $0 / 2 }
    expect([8, -4, 2], derivatives: [-8, -2, -0.5]) { 8 / $0 }
  }

  /// A polynomial in which all operators meet: f(x) = (1 − x)·x·2 + 3 / x − 1.
  @Test func expressions() {
    expect([2, -14.5, -24.25], derivatives: [-5, 9.25, -14.1875]) { x in
      let product = (1 - x) * x * 2
      return product + 3 / x - 1
    }
  }

  /// Expects the values of `f` at 1, −2 and 4, and its derivatives there.
  private func expect(
    _ values: [Float], derivatives: [Float], sourceLocation: SourceLocation = #_sourceLocation,
    _ f: (Tensor) -> Tensor
  ) {
    let x = Parameter(Tensor([1, -2, 4], shape: [3, 1]))
    let y = f(x.value)
    #expect(y.shape == [3, 1] && y.scalars == values, sourceLocation: sourceLocation)
    // Each element's derivative must meet its own factor.
    let factors: [Float] = [1, 2, 4]
    (y * Tensor(factors, shape: [3, 1])).sum().backward()
    let gradient = zip(derivatives, factors).map { $0 * $1 }
    #expect(x.gradient?.scalars == gradient, sourceLocation: sourceLocation)
    #expect(!f(x.value.detached).needsGradient, sourceLocation: sourceLocation)
  }
}
