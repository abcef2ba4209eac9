/// max(x, 0), number by number.
public func relu(_ x: Tensor) -> Tensor { leakyReLU(x, slope: 0) }

/// x where x > 0, `slope`·x elsewhere (Maas et al. 2013); `slope` lies in [0, 1).
public func leakyReLU(_ x: Tensor, slope: Float) -> Tensor {
  require(slope >= 0 && slope < 1, "A slope lies in [0, 1), not \(slope).")
  let y = Tensor(uninitialised: x.shape)
  elementwise(x.count, x.pointer, into: y.pointer) {
    $0.replacing(with: slope * $0, where: $0 .<= 0)
  }
  // y has the sign of x, or is zero where x is not positive: y alone tells the derivative.
  return y.recorded(from: [x]) { gradient in
    let result = Tensor(uninitialised: y.shape)
    elementwise(y.count, gradient.pointer, y.pointer, into: result.pointer) { gradient, y in
      gradient.replacing(with: slope * gradient, where: y .<= 0)
    }
    return [result]
  }
}
