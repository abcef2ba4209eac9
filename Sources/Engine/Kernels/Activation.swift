/// What a layer does to each of its numbers at the end.
public enum Activation: Sendable {
  /// Nothing.
  case none
  /// x where x > 0, slope·x elsewhere; the slope lies in [0, 1).
  case leakyReLU(slope: Float)

  /// max(x, 0).
  public static let relu = Activation.leakyReLU(slope: 0)

  /// The derivative where x ≤ 0.
  var slope: Float {
    switch self {
    case .none: 1
    case .leakyReLU(let slope): slope
    }
  }
}

/// Adds `bias` (columns) to each row, if there is one, and applies `activation`.
func activate(
  _ x: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>?, activation: Activation,
  rows: Int, columns: Int
) {
  let slope = activation.slope
  for row in 0..<rows {
    let x = x + row * columns
    if let bias { for c in 0..<columns { x[c] += bias[c] } }
    if slope != 1 { for c in 0..<columns { x[c] = x[c] > 0 ? x[c] : slope * x[c] } }
  }
}

/// `result` ← the gradient before the activation, given that after it and what the activation put
/// out; adds its columns to `columnSums`.
///
/// The output has the sign of the input or is zero where that is not positive, so that it alone
/// tells the derivative.
func undoActivation(
  _ gradient: UnsafePointer<Float>, output: UnsafePointer<Float>, activation: Activation,
  into result: UnsafeMutablePointer<Float>, columnSums: UnsafeMutablePointer<Float>,
  rows: Int, columns: Int
) {
  let slope = activation.slope
  for row in 0..<rows {
    let (gradient, output) = (gradient + row * columns, output + row * columns)
    let result = result + row * columns
    for c in 0..<columns {
      let before = output[c] > 0 ? gradient[c] : slope * gradient[c]
      result[c] = before
      columnSums[c] += before
    }
  }
}
