extension Tensor {
  /// Returns a tensor with elements drawn uniformly from `range`.
  public static func uniform(in range: Range<Float>, shape: [Int], random: inout RandomStream)
    -> Tensor
  {
    Tensor((0..<elementCount(of: shape)).map { _ in random.uniform(in: range) }, shape: shape)
  }

  /// Returns a tensor with elements drawn from the normal distribution with mean 0 and standard deviation 1.
  public static func normal(shape: [Int], random: inout RandomStream) -> Tensor {
    Tensor((0..<elementCount(of: shape)).map { _ in random.normal() }, shape: shape)
  }
}
