/// The activation function applied to the output of a layer.
public enum Activation: Sendable {
  /// The identity.
  case none
  /// Leaky ReLU: x where x > 0, slope·x elsewhere; the slope lies in [0, 1).
  case leakyReLU(slope: Float)

  /// ReLU: max(x, 0); NaN for −∞.
  public static let relu = Activation.leakyReLU(slope: 0)

  /// The derivative where x ≤ 0.
  var slope: Float {
    switch self {
    case .none: 1
    case .leakyReLU(let slope): slope
    }
  }
}

/// `values` where `inputs` is positive, `slope` times `values` elsewhere: leaky ReLU if both are the same, and its gradient
/// if `values` is the gradient with respect to its output and `inputs` its input or output.
@inline(__always)
func leaky(_ values: Vector, slope: Float, where inputs: Vector) -> Vector {
  (slope * values).replacing(with: values, where: inputs .> 0)
}

/// Adds `bias` (columns), if there is one, to each row of `x` (rows, columns) and applies `activation`.
func activate(
  _ x: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>?, activation: Activation,
  rows: Int, columns: Int
) {
  let slope = activation.slope
  for row in 0..<rows {
    let x = unsafe x + row * columns
    if let bias = unsafe bias { for c in 0..<columns { unsafe x[c] += bias[c] } }
    if slope != 1 { for c in 0..<columns { unsafe x[c] = x[c] > 0 ? x[c] : slope * x[c] } }
  }
}
