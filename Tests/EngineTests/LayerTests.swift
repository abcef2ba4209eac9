import Engine
import Testing

/// Layers and operations in cases that the fixtures do not contain.
@Suite struct LayerTests {
  /// The gradient flows to the first of equal maxima, and NaN is larger than any number, as in
  /// PyTorch.
  @Test func maxPoolingOfTiesAndNaN() {
    let x = Parameter(Tensor([1, 3, 3, 2, 5, .nan, -1, 4], shape: [1, 2, 4, 1]))
    let pool = MaxPool2d(kernelSize: 2)
    let y = pool(x.value, .training)
    #expect(y.shape == [1, 1, 2, 1])
    #expect(y.scalars[0].isNaN && y.scalars[1] == 4)
    let ties = Parameter(Tensor(repeating: 2, shape: [1, 2, 2, 1]))
    pool(ties.value, .evaluation).sum().backward()
    #expect(ties.gradient?.scalars == [1, 0, 0, 0])
  }

  @Test func leakyReLUHasTheSlopeThatItIsGiven() {
    let layer = LeakyReLU(slope: 0.5)
    #expect(layer(Tensor([-2, 4], shape: [2]), .training).scalars == [-1, 4])
  }

  /// A chain takes what its first layer takes.
  @Test func chainOfAScalar() {
    #expect(Sequential(ReLU())(Tensor([-1], shape: []), .training).scalar == 0)
  }

  /// The channels of a pixel stay together: (H, W, C), and not (C, H, W) as in PyTorch.
  @Test func flatteningKeepsTheOrderOfTheImage() {
    let x = Parameter(Tensor((0..<24).map { Float($0) }, shape: [2, 2, 2, 3]))
    let y = Flatten()(x.value, .training)
    #expect(y.shape == [2, 12] && y.scalars == x.value.scalars)
    (y * y).sum().backward()
    #expect(x.gradient?.shape == [2, 2, 2, 3])
    #expect(x.gradient?.scalars == (0..<24).map { 2 * Float($0) })
    #expect(Flatten()(Tensor(repeating: 0, shape: [3]), .evaluation).shape == [3, 1])
  }

  /// Dropped elements get no gradient, the others the gradient times 1 / (1 − probability).
  @Test(arguments: [Mode.training, .trainingWithFrozenStatistics])
  func dropoutInTraining(mode: Mode) {
    let x = Parameter(Tensor(repeating: 3, shape: [100, 100]))
    let layer = Dropout(probability: 0.25, random: RandomStream(seed: 4, "dropout"))
    let y = layer(x.value, mode)
    #expect(Set(y.scalars) == [0, 4])
    // 10,000 draws: five standard deviations are 217.
    #expect(abs(y.scalars.count { $0 == 0 } - 2500) < 217)
    y.sum().backward()
    #expect(x.gradient?.scalars == y.scalars.map { $0 / 3 })
    #expect(layer(x.value, mode).scalars != y.scalars, "the stream goes on")
    layer.random = RandomStream(seed: 4, "dropout")
    #expect(layer(x.value, mode).scalars == y.scalars, "the same stream drops the same")
  }

  @Test func dropoutInEvaluationIsTheIdentity() {
    let x = Tensor([1, 2, 3], shape: [3])
    var layer = Dropout(probability: 0.9, random: RandomStream(seed: 4, "dropout"))
    #expect(layer(x, .evaluation).scalars == x.scalars)
    // Evaluation draws no numbers.
    let next = layer.random.next()
    layer = Dropout(probability: 0.9, random: RandomStream(seed: 4, "dropout"))
    #expect(layer.random.next() == next)
  }

  /// The same bits for any number of threads, for sizes at which threads share the work.
  @Test func reductionsAndPoolingDoNotDependOnThreads() {
    let x = Fixture.uniform("layers/x", in: [-1, 1], shape: [40, 9, 10, 17])
    let results = [1, 2, 7].map { threads in
      Parallel.$threads.withValue(threads) {
        let parameter = Parameter(x)
        let y = maxPool2d(parameter.value, kernelSize: 3, stride: 2)
        (y * y).mean().backward()
        return [y, parameter.gradient!, x.sum(), x.sum(axis: 0), x.sum(axis: 2), x.mean(axis: 3)]
          .map { $0.scalars.map(\.bitPattern) }
      }
    }
    #expect(results[1] == results[0] && results[2] == results[0])
  }
}
