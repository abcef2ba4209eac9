/// A linear map with weights that are learned; see ``linear(_:_:bias:)``.
public final class Linear: Layer {
  private let weights: Parameter
  private let bias: Parameter

  /// Weights and bias drawn as PyTorch does: uniformly from ±1/√inputs.
  public init(inputs: Int, outputs: Int, random: inout RandomStream) {
    let bound = 1 / Float(inputs).squareRoot()
    weights = Parameter(
      .uniform(in: -bound..<bound, shape: [inputs, outputs], random: &random))
    bias = Parameter(.uniform(in: -bound..<bound, shape: [outputs], random: &random))
  }

  /// Features (N, inputs) → (N, outputs).
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    linear(x, weights.value, bias: bias.value)
  }

  /// "weights" (inputs, outputs) and "bias" (outputs).
  public var parameters: [NamedParameter] { [("weights", weights), ("bias", bias)] }
}
