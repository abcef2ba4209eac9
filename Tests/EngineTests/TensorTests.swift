import Engine
import Testing

@Suite struct TensorTests {
  @Test func rowMaximaTakeTheFirstOfEquals() {
    let maxima = Tensor([1, 3, 3, -5, -7, -6], shape: [2, 3]).rowMaxima()
    #expect(maxima.map(\.index) == [1, 0])
    #expect(maxima.map(\.value) == [3, -5])
  }

  /// As in `torch.max`, wherever in the row the NaN is.
  @Test func theFirstNaNIsTheMaximumOfItsRow() {
    let maxima = Tensor(
      [1, .nan, 3, .nan, 5, 2, 1, 2, .nan, 0, .nan, .nan, .infinity, .nan, 1], shape: [5, 3]
    ).rowMaxima()
    #expect(maxima.map(\.index) == [1, 0, 2, 1, 1])
    #expect(maxima.allSatisfy { $0.value.isNaN })
  }

  /// Also where the NaN is at the label; the other rows count as before.
  @Test func predictionsThatAreNotNumbersAreWrong() {
    let predictions = Tensor([.nan, .nan, 0.5, .nan, 0.1, 0.9, 0.9, 0.1], shape: [4, 2])
    #expect(accuracy(of: predictions, labels: [0, 1, 1, 0]) == 0.5)
    #expect(accuracy(of: predictions[0..<2], labels: [0, 0]) == 0)
  }

  @Test func accuracyIsTheShareOfRowsWithTheirMaximumAtTheLabel() {
    let predictions = Tensor([0.1, 0.9, 0.5, 0.5, 0.7, 0.3, -1, -2], shape: [4, 2])
    #expect(accuracy(of: predictions, labels: [1, 0, 0, 0]) == 1)
    #expect(accuracy(of: predictions, labels: [1, 1, 1, 1]) == 0.25)
  }

  @Test func reshapedSharesTheStorage() {
    let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    let y = x.reshaped(to: [3, 1, 2])
    #expect(y.shape == [3, 1, 2] && y.scalars == x.scalars)
    #expect(y.storage === x.storage)
    #expect(Tensor([7], shape: [1, 1]).reshaped(to: []).scalar == 7)
  }

  @Test func mapRowsLeavesTheOriginalAlone() {
    let x = Tensor([1, 2, 3, 4], shape: [2, 2])
    let reversed = x.mapRows { $0.swapAt(0, 1) }
    #expect(reversed.scalars == [2, 1, 4, 3])
    #expect(x.scalars == [1, 2, 3, 4])
  }

  @Test func oneHotPutsAllMassOnTheLabel() {
    let distributions = oneHot([2, 0], classes: 3)
    #expect(distributions.shape == [2, 3])
    #expect(distributions.scalars == [0, 0, 1, 1, 0, 0])
  }

  @Test func descriptionsHaveTheShapeAndTheFirstElements() {
    #expect("\(Tensor([1, 2, 3.5, -4], shape: [2, 2]))" == "Tensor (2, 2): 1.0, 2.0, 3.5, -4.0")
    #expect("\(Tensor([7], shape: []))" == "Tensor (): 7.0")
    #expect("\(Tensor([], shape: [0, 3]))" == "Tensor (0, 3)")
    #expect(
      "\(Tensor(repeating: 1, shape: [8]))" == "Tensor (8): 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0")
    #expect(
      "\(Parameter(Tensor(repeating: 0, shape: [3, 3])).value)"
        == "Tensor (3, 3): 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, …")
  }

  /// A chain of an array has the names of one of arguments.
  @Test func chainOfAnArray() {
    let layers: [any Layer] = [BatchNorm(channels: 2), ReLU(), BatchNorm(channels: 2)]
    let network = Sequential(layers)
    #expect(network.stageCount == 3)
    #expect(
      network.parameters.map(\.name) == ["0.scale", "0.shift", "2.scale", "2.shift"])
    #expect(Sequential([]).stageCount == 0)
  }

  /// Shapes, names and counts of a network's parts, as checkpoints and optimisers see them.
  @Test func namesOfParameters() {
    var random = RandomStream(seed: 0, "names")
    let network = Sequential(
      Conv2d(inputChannels: 3, outputChannels: 8, kernelSize: 3, bias: false, random: &random),
      BatchNorm(channels: 8), ReLU(), GlobalAveragePool(),
      Linear(inputs: 8, outputs: 2, random: &random))
    #expect(
      network.parameters.map(\.name)
        == ["0.weights", "1.scale", "1.shift", "4.weights", "4.bias"])
    #expect(network.buffers.map(\.name) == ["1.running"])
    #expect(network.parameterCount == 3 * 3 * 3 * 8 + 8 + 8 + 8 * 2 + 2)
  }
}
