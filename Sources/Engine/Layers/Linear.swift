/// A fully connected layer; see ``linear(_:_:bias:)``.
public final class Linear: Layer {
  private let weights: Parameter
  private let bias: Parameter

  /// Creates the layer with weights and bias drawn uniformly from ±1/√inputs, PyTorch's default.
  public init(inputs: Int, outputs: Int, random: inout RandomStream) {
    require(
      inputs > 0 && outputs > 0,
      "A linear layer needs at least one input and one output; found \(inputs) and \(outputs).")
    let bound = 1 / Float(inputs).squareRoot()
    weights = Parameter(
      .uniform(in: -bound..<bound, shape: [inputs, outputs], random: &random))
    bias = Parameter(.uniform(in: -bound..<bound, shape: [outputs], random: &random))
  }

  /// Features (N, inputs) → features (N, outputs).
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    linear(x, weights.value, bias: bias.value)
  }

  /// "weights" (inputs, outputs) and "bias" (outputs).
  public var parameters: [NamedParameter] { [("weights", weights), ("bias", bias)] }
}
