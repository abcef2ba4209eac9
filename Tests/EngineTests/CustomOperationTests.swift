import Engine
import Testing

/// Operations and layers that a user of the library writes, with its public interface.
@Suite struct CustomOperationTests {
  /// The example of ``Tensor/recorded(from:_:)``; its pullback uses `x`, which is on the tape.
  private func square(_ x: Tensor) -> Tensor {
    let y = Tensor(shape: x.shape) { y in
      x.withScalars { x in for i in x.indices { y[i] = x[i] * x[i] } }
    }
    return y.recorded(from: [x]) { gradient in [2 * (gradient * x)] }
  }

  @Test func customOperation() {
    let x = Parameter(Tensor([1, -2, 3], shape: [3]))
    let y = square(x.value)
    #expect(y.scalars == [1, 4, 9])
    y.sum().backward()
    #expect(x.gradient?.scalars == [2, -4, 6])
    #expect(x.gradient?.needsGradient == false, "a pullback is not recorded")
    #expect(!square(x.value.detached).needsGradient)
    #expect(!withoutGradients { square(x.value) }.needsGradient)
  }

  /// The loss in the article "Writing an operation".
  private func smoothedCrossEntropy(_ logits: Tensor, _ targets: Tensor, smoothing: Float) -> Tensor
  {
    let uniform = Tensor(repeating: 1 / Float(targets.shape[1]), shape: targets.shape)
    return crossEntropy(logits, (1 - smoothing) * targets + smoothing * uniform)
  }

  /// The elementary function in the article.
  private func exponential(_ x: Tensor) -> Tensor {
    let y = Tensor(shape: x.shape) { y in
      x.withScalars { x in for i in x.indices { y[i] = .exp(x[i]) } }
    }
    return y.recorded(from: [x]) { gradient in [gradient * y] }
  }

  @Test func customLoss() {
    let logits = Parameter(Tensor([1, 2, -1, 0], shape: [2, 2]))
    smoothedCrossEntropy(
      logits.value, Tensor([1, 0, 0, 1], shape: [2, 2]), smoothing: 0.5
    ).backward()
    let expected = Parameter(logits.value.detached)
    crossEntropy(expected.value, Tensor([0.75, 0.25, 0.25, 0.75], shape: [2, 2])).backward()
    #expect(logits.gradient?.scalars == expected.gradient?.scalars)
  }

  @Test func customElementaryFunction() {
    let x = Parameter(Tensor([0, 1], shape: [2]))
    exponential(x.value).sum().backward()
    #expect(x.gradient?.scalars == [1, Float.exp(1)])
  }

  /// A result that was itself computed on the tape depends on the given inputs alone.
  @Test func recordedReplacesTheTape() {
    let x = Parameter(Tensor([1, 2], shape: [2]))
    (5 * x.value).recorded(from: [x.value]) { [$0] }.sum().backward()
    #expect(x.gradient?.scalars == [1, 1])
    #expect(!(5 * x.value).recorded(from: []) { _ in [] }.needsGradient)
  }

  /// A layer composed of others and a buffer of its own.
  private final class Centred: Layer {
    private let inner: Linear
    private let running = RunningStatistics(channels: 2)

    init(random: inout RandomStream) { inner = Linear(inputs: 2, outputs: 3, random: &random) }

    func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
      if mode.updatesStatistics {
        running.move(towards: ChannelMoments(of: x), count: x.shape[0], momentum: 1)
      }
      return inner(x, mode)
    }

    var parameters: [NamedParameter] { inner.parameters(under: "inner") }
    var buffers: [NamedBuffer] { [("running", running)] }
  }

  @Test func customLayer() {
    var random = RandomStream(seed: 0, "custom layer")
    let network = Sequential(ReLU(), Centred(random: &random))
    #expect(network.parameters.map(\.name) == ["1.inner.weights", "1.inner.bias"])
    #expect(network.buffers.map(\.name) == ["1.running"])
    _ = network(Tensor([1, 2, 3, 6], shape: [2, 2]), .training)
    #expect(network.buffers[0].buffer.moments.mean.scalars == [2, 4])
    #expect(network.buffers[0].buffer.moments.variance.scalars == [2, 8])
  }
}
