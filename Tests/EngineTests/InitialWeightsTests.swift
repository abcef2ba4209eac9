import Engine
import Testing

/// The distributions of initial weights, compared with the formulas of PyTorch (`nn.Conv2d`, `nn.Linear`), fastai v1
/// (`wrn.py`) and the MixMatch paper's code (`libml/models.py`).
@Suite struct InitialWeightsTests {
  /// Uniform on ±1/√(K²·C): weights and bias.
  @Test func convolutionsAreUniform() {
    var random = RandomStream(seed: 0, "weights")
    let layer = Conv2d(inputChannels: 8, outputChannels: 50, kernelSize: 3, random: &random)
    for (name, parameter) in layer.parameters {
      expectUniform(parameter.value, bound: 1 / 72.0.squareRoot(), name)
    }
  }

  /// Uniform on ±1/√inputs: weights and bias.
  @Test func linearLayersAreUniform() {
    var random = RandomStream(seed: 0, "weights")
    for (name, parameter) in Linear(inputs: 30, outputs: 70, random: &random).parameters {
      expectUniform(parameter.value, bound: 1 / 30.0.squareRoot(), name)
    }
  }

  /// Filters (K, K, C, D) are normal with variance 2/(K²·C) in fastai's network and 2/(K²·D) in the paper's; batch norm
  /// has scale 1 and shift 0.
  @Test(arguments: ["fastai", "paper"])
  func wideResNets(variant: String) {
    var random = RandomStream(seed: 0, "weights")
    let network = WideResNet(
      depth: 10, widenFactor: 2, startChannels: 8, variant: variant == "fastai" ? .fastai : .paper,
      random: &random)
    var filters = 0
    for (name, parameter) in network.parameters {
      let value = parameter.value
      if value.shape.count == 4 {
        let channels = value.shape[variant == "fastai" ? 2 : 3]
        let fan = Double(value.shape[0] * value.shape[1] * channels)
        expectNormal(value, deviation: (2 / fan).squareRoot(), name)
        filters += 1
      } else if name.hasSuffix("scale") {
        #expect(value.scalars.allSatisfy { $0 == 1 }, "\(name)")
      } else if name.hasSuffix("shift") {
        #expect(value.scalars.allSatisfy { $0 == 0 }, "\(name)")
      } else {
        #expect(name.hasPrefix("head."), "\(name)")
      }
    }
    #expect(filters == 1 + 3 * 2 + 3, "stem, two convolutions a block, three shortcuts")
  }

  /// Expects a mean of 0 and a variance of bound²/3, both within five standard errors, and extremes near the bounds.
  private func expectUniform(_ values: Tensor, bound: Double, _ name: String) {
    let (mean, variance, n) = moments(values)
    #expect(abs(mean) < 5 * bound / (3 * n).squareRoot(), "\(name)")
    // The variance of x² is bound⁴·(1/5 − 1/9).
    let error = bound * bound * (4 / 45.0 / n).squareRoot()
    #expect(abs(variance - bound * bound / 3) < 5 * error, "\(name)")
    let largest = values.scalars.map { Double(abs($0)) }.max()!
    #expect((0.8 * bound...bound * 1.000001).contains(largest), "\(name)")
  }

  /// Expects a mean of 0 and the standard deviation, both within five standard errors.
  private func expectNormal(_ values: Tensor, deviation: Double, _ name: String) {
    let (mean, variance, n) = moments(values)
    #expect(abs(mean) < 5 * deviation / n.squareRoot(), "\(name)")
    #expect(abs(variance.squareRoot() / deviation - 1) < 5 / (2 * n).squareRoot(), "\(name)")
  }

  /// The mean, the mean square and the number of values.
  private func moments(_ values: Tensor) -> (mean: Double, variance: Double, n: Double) {
    let numbers = values.scalars.map(Double.init)
    let n = Double(numbers.count)
    return (numbers.reduce(0, +) / n, numbers.reduce(0) { $0 + $1 * $1 } / n, n)
  }
}
