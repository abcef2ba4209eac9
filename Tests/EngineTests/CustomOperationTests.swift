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
    private let running = RunningMoments(channels: 2)

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
