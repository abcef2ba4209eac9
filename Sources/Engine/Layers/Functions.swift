/// ``relu(_:)`` as a layer.
public final class ReLU: Layer {
  /// Has no parameters.
  public init() {}
  /// Any shape → the same shape.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { relu(x) }
}

/// ``leakyReLU(_:slope:)`` as a layer.
public final class LeakyReLU: Layer {
  private let slope: Float
  /// `slope` is the derivative below zero, in [0, 1).
  public init(slope: Float) { self.slope = slope }
  /// Any shape → the same shape.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { leakyReLU(x, slope: slope) }
}

/// ``globalAveragePool(_:)`` as a layer.
public final class GlobalAveragePool: Layer {
  /// Has no parameters.
  public init() {}
  /// Images (N, H, W, C) → (N, C).
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor { globalAveragePool(x) }
}
