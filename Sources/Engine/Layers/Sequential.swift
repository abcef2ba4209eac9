/// A chain of layers, each applied to the output of the one before.
public final class Sequential: Layer {
  private let layers: [any Layer]

  /// Creates a chain of `layers` in the order they are applied.
  public init(_ layers: any Layer...) { self.layers = layers }

  /// Creates a chain of an array of layers, such as one of a length that is not fixed, in the order they are applied.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Computes the output of the last layer.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    run(0..<stageCount, on: HiddenState(x), mode).values
  }

  /// The number of layers.
  public var stageCount: Int { layers.count }

  /// Applies some of the layers.
  public func run(_ stages: Range<Int>, on state: HiddenState, _ mode: Mode) -> HiddenState {
    requireStages(stages)
    let divided = layers[stages].prefix(while: \.isDivisible)
    let features =
      divided.isEmpty
      ? state : dividingImages(state) { state in divided.reduce(state) { apply($1, to: $0, mode) } }
    return layers[stages].dropFirst(divided.count).reduce(features) { apply($1, to: $0, mode) }
  }

  private func apply(_ layer: any Layer, to state: HiddenState, _ mode: Mode) -> HiddenState {
    HiddenState(layer(state.values, mode))
  }

  /// Whether all layers are divisible.
  public var isDivisible: Bool { layers.allSatisfy(\.isDivisible) }

  /// The parameters of the layers, named "index.name".
  public var parameters: [NamedParameter] { named.flatMap { $0.1.parameters(under: $0.0) } }

  /// The buffers of the layers, named "index.name".
  public var buffers: [NamedBuffer] { named.flatMap { $0.1.buffers(under: $0.0) } }

  private var named: [(String, any Layer)] {
    layers.enumerated().map { (String($0), $1) }
  }
}
