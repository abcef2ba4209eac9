import Engine
import MixMatch
import Testing

@Suite struct MixupTests {
  private static let shapes = [[192, 32, 32, 3], [192, 10], [7, 3, 3, 5], [3, 16]]

  /// Equations 10 and 11 in Double, for examples whose length is a multiple of the vector length and
  /// others; the tolerance covers the rounding of the products and the sum.
  @Test(arguments: shapes)
  func equations10And11(shape: [Int]) {
    let (a, b) = (uniform("a", shape), uniform("b", shape))
    let λ = drawn(.perExample, count: shape[0])
    let mixed = mixup(a, b, lambda: λ)
    #expect(mixed.shape == shape)
    let length = a.count / shape[0]
    let places = zip(zip(a.scalars, b.scalars), mixed.scalars).enumerated()
    let wrong = places.count { place, numbers in
      let ((a, b), found) = numbers
      let λ = Double(λ.values[place / length])
      return !(abs(λ * Double(a) + (1 - λ) * Double(b) - Double(found)) <= 0x1p-23)
    }
    #expect(wrong == 0)
  }

  /// As α → 0 nothing is mixed: for α = 10⁻⁶, one λ′ in 60,000 differs from 1 in Float.
  @Test(arguments: MixingCoefficients.Sharing.allCases)
  func smallAlphaLeavesImagesUnchangedToTheBit(sharing: MixingCoefficients.Sharing) {
    let (images, others) = (uniform("a", [192, 8, 8, 3]), uniform("b", [192, 8, 8, 3]))
    let λ = drawn(sharing, count: 192, alpha: 1e-6)
    #expect(mixup(images, others, lambda: λ).scalars == images.scalars)
  }

  /// The sum of ten probabilities differs from 1 by rounding only.
  @Test func labelsStayDistributions() {
    let mixed = mixup(
      softmax(uniform("a", [192, 10])), softmax(uniform("b", [192, 10])),
      lambda: drawn(.perExample, count: 192))
    #expect(mixed.scalars.allSatisfy { $0 >= 0 && $0 <= 1 })
    for row in 0..<192 {
      let total = mixed.scalars[row * 10..<row * 10 + 10].reduce(0) { $0 + Double($1) }
      #expect(abs(total - 1) <= 10 * 0x1p-24)
    }
  }

  @Test func anExampleMixedWithItsOwnClassKeepsItsLabel() {
    let labels = oneHot((0..<192).map { $0 % 10 }, classes: 10)
    let mixed = mixup(labels, labels, lambda: drawn(.perExample, count: 192))
    #expect(mixed.scalars == labels.scalars)
  }

  /// λ′ = max(λ, 1 − λ) of successive draws, independent of the batch size; a shared λ′ is the first draw.
  @Test func coefficients() {
    var random = RandomStream(seed: 3, "coefficients")
    let draws = (0..<100).map { _ in SymmetricBeta(alpha: 0.75).draw(random: &random) }
    let expected = draws.map { Float(max($0, 1 - $0)) }
    #expect(draws.contains { $0 < 0.5 } && Set(expected).count == 100)
    #expect(drawn(.perExample, count: 100).values == expected)
    #expect(drawn(.perExample, count: 10).values == Array(expected.prefix(10)))
    #expect(drawn(.perBatch, count: 4).values == Array(repeating: expected[0], count: 4))
  }

  @Test func sameBitsForAnyNumberOfThreads() {
    let (a, b) = (uniform("a", [192, 32, 32, 3]), uniform("b", [192, 32, 32, 3]))
    let results = [1, 4].map { threads in
      Parallel.$threads.withValue(threads) {
        mixup(a, b, lambda: drawn(.perExample, count: 192)).scalars.map(\.bitPattern)
      }
    }
    #expect(results[0] == results[1])
  }

  /// ∂/∂a = λ′, ∂/∂b = 1 − λ′, and ∂/∂λ′ = Σ (a − b) of each example.
  @Test func gradientsFlowToImagesAndCoefficients() {
    let a = Parameter(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
    let b = Parameter(Tensor([0, 4, 1, 1, 1, 1], shape: [2, 3]))
    let λ = Parameter(Tensor([0.25, 1], shape: [2]))
    mixup(a.value, b.value, lambda: MixingCoefficients(λ.value)).sum().backward()
    #expect(a.gradient?.scalars == [0.25, 0.25, 0.25, 1, 1, 1])
    #expect(b.gradient?.scalars == [0.75, 0.75, 0.75, 0, 0, 0])
    #expect(λ.gradient?.scalars == [1, 12])
  }

  @Test func coefficientsOutsideZeroToOneAreAMistake() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MixingCoefficients([0.5, .nan])
    }
    #expect(standardError(of: result).contains("Coefficients lie in [0, 1], not [0.5, nan]."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MixingCoefficients([1.5])
    }
    #expect(standardError(of: result).contains("Coefficients lie in [0, 1], not [1.5]."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MixingCoefficients(Tensor([0.5, -3], shape: [2]))
    }
    #expect(
      standardError(of: result).contains("up to rounding; found [0.5, -3.0] of the shape [2]"))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MixingCoefficients(Tensor([0.5, 1], shape: [2, 1]))
    }
    #expect(standardError(of: result).contains("found [0.5, 1.0] of the shape [2, 1]"))
  }

  @Test func coefficientsAboveOneByRoundingAreClamped() {
    #expect(MixingCoefficients(Tensor([1.000001, -1e-7], shape: [2])).values == [1, 0])
  }

  @Test(arguments: MixingCoefficients.Sharing.allCases)
  func aBatchMayBeEmpty(sharing: MixingCoefficients.Sharing) {
    #expect(drawn(sharing, count: 0).values == [])
  }

  @Test func aNegativeNumberOfExamplesIsAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomStream(seed: 0, "coefficients")
      _ = MixingCoefficients(.perExample, count: -1, alpha: 0.75, random: &random)
    }
    #expect(standardError(of: result).contains("A batch has at least 0 examples; found -1."))
  }

  @Test func shapesThatDoNotFitAreAMistake() async {
    var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let batch = Tensor(repeating: 0, shape: [2, 10])
      _ = mixup(batch, batch, lambda: MixingCoefficients([0.5]))
    }
    #expect(
      standardError(of: result).contains("1 coefficients cannot mix a batch of shape [2, 10]."))
    result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = mixup(
        Tensor(repeating: 0, shape: [2, 10]), Tensor(repeating: 0, shape: [2, 5]),
        lambda: MixingCoefficients([0.5, 0.5]))
    }
    #expect(standardError(of: result).contains("[2, 10] and [2, 5]"))
  }

  private func drawn(
    _ sharing: MixingCoefficients.Sharing, count: Int, alpha: Double = 0.75
  ) -> MixingCoefficients {
    var random = RandomStream(seed: 3, "coefficients")
    return MixingCoefficients(sharing, count: count, alpha: alpha, random: &random)
  }

  private func uniform(_ name: String, _ shape: [Int]) -> Tensor {
    var random = RandomStream(seed: 3, name)
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { _ in random.uniform(in: -1..<1) }, shape: shape)
  }
}
