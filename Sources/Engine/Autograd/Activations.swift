/// The rectified linear unit, max(x, 0), of each element; NaN for −∞.
public func relu(_ x: Tensor) -> Tensor { leakyReLU(x, slope: 0) }

/// The leaky rectified linear unit (Maas et al. 2013): x where x > 0, `slope`·x elsewhere.
///
/// - Parameters:
///   - x: A tensor of any shape.
///   - slope: The slope for x ≤ 0, in [0, 1).
/// - Returns: A tensor of the shape of `x`.
public func leakyReLU(_ x: Tensor, slope: Float) -> Tensor {
  requireSlope(slope)
  let y = elementwise(x) { leaky($0, slope: slope, where: $0) }
  // y is positive exactly where x is, so the derivative can be computed from y and x need not be kept.
  return y.recorded(from: [x]) { gradient in
    [elementwise(gradient, y) { leaky($0, slope: slope, where: $1) }]
  }
}

/// Requires that a slope for negative inputs lies in [0, 1).
func requireSlope(_ slope: Float) {
  require((0..<1).contains(slope), "The slope is \(slope); it must lie in [0, 1).")
}
