/// Layers one after the other.
public final class Sequential: Layer {
  private let layers: [any Layer]

  /// The layers in the order they are applied.
  public init(_ layers: any Layer...) { self.layers = layers }

  /// The last layer's output.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    layers.reduce(x) { x, layer in layer(x, mode) }
  }

  /// The layers' parameters, named "index.name".
  public var parameters: [NamedParameter] { named.flatMap { $0.1.parameters(under: $0.0) } }

  /// The layers' buffers, named "index.name".
  public var buffers: [NamedBuffer] { named.flatMap { $0.1.buffers(under: $0.0) } }

  private var named: [(String, any Layer)] {
    layers.enumerated().map { (String($0), $1) }
  }
}
