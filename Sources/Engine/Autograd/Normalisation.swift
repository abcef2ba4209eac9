/// The mean and the variance of each channel.
public struct ChannelMoments: Sendable {
  /// (C).
  public let mean: Tensor
  /// (C), divided by the number of values.
  public let variance: Tensor

  /// Moments that were taken elsewhere, both (C).
  public init(mean: Tensor, variance: Tensor) {
    self.mean = mean
    self.variance = variance
  }

  /// The moments of each channel of `x` (N, …, C).
  public init(of x: Tensor) {
    mean = Tensor(uninitialised: [x.columns])
    variance = Tensor(uninitialised: [x.columns])
    ColumnStatistics.moments(
      x.pointer, rows: x.rows, columns: x.columns, mean: mean.pointer, variance: variance.pointer)
  }
}

/// Batch normalisation in training (Ioffe and Szegedy 2015, arXiv:1502.03167): by the moments of `x`
/// itself, through which the gradient flows too.
///
/// y = scale·(x − mean) / √(variance + ε) + shift, channel by channel.
///
/// - Parameters:
///   - x: (N, …, C).
///   - scale: γ of the paper (C).
///   - shift: β of the paper (C).
///   - epsilon: ε.
/// - Returns: y of the shape of `x`, and the moments of `x`.
public func normaliseByBatch(_ x: Tensor, scale: Tensor, shift: Tensor, epsilon: Float)
  -> (Tensor, ChannelMoments)
{
  let moments = ChannelMoments(of: x)
  let y = normalise(
    x, by: moments, scale: scale, shift: shift, epsilon: epsilon, momentsFollowX: true)
  return (y, moments)
}

/// Batch normalisation in evaluation: by moments that do not depend on `x`, otherwise as
/// ``normaliseByBatch(_:scale:shift:epsilon:)``.
public func normalise(
  _ x: Tensor, by moments: ChannelMoments, scale: Tensor, shift: Tensor, epsilon: Float
) -> Tensor {
  normalise(
    x, by: moments, scale: scale, shift: shift, epsilon: epsilon, momentsFollowX: false)
}

private func normalise(
  _ x: Tensor, by moments: ChannelMoments, scale: Tensor, shift: Tensor, epsilon: Float,
  momentsFollowX: Bool
) -> Tensor {
  let (rows, channels) = (x.rows, x.columns)
  precondition(
    [moments.mean, moments.variance, scale, shift].allSatisfy { $0.shape == [channels] },
    "Batch normalisation of \(x.shape) needs a number for each of \(channels) channels.")
  let mean = moments.mean
  let inverseDeviation = filled([channels]) {
    for c in 0..<channels { $0[c] = 1 / (moments.variance.pointer[c] + epsilon).squareRoot() }
  }
  let factor = filled([channels]) {
    for c in 0..<channels { $0[c] = scale.pointer[c] * inverseDeviation.pointer[c] }
  }
  let offset = filled([channels]) {
    for c in 0..<channels { $0[c] = shift.pointer[c] - mean.pointer[c] * factor.pointer[c] }
  }
  let y = filled(x.shape) {
    combineRows(x.pointer, factor.pointer, offset.pointer, rows, channels, into: $0)
  }
  return y.recorded(from: [x, scale, shift]) { gradient in
    let shiftGradient = Tensor(uninitialised: [channels])
    let scaleGradient = Tensor(uninitialised: [channels])
    ColumnStatistics.sumsAndProducts(
      gradient.pointer, x.pointer, around: mean.pointer, rows: rows, columns: channels,
      sums: shiftGradient.pointer, products: scaleGradient.pointer)
    for c in 0..<channels { scaleGradient.pointer[c] *= inverseDeviation.pointer[c] }
    guard x.needsGradient else { return [nil, scaleGradient, shiftGradient] }

    // dx = factor·(g − mean of g − x̂ · mean of g·x̂), the last two terms only where the moments
    // follow x; as a sum of multiples of g, x and 1.
    let share: Float = momentsFollowX ? 1 / Float(rows) : 0
    let xFactor = filled([channels]) {
      for c in 0..<channels {
        $0[c] =
          -factor.pointer[c] * inverseDeviation.pointer[c] * scaleGradient.pointer[c] * share
      }
    }
    let offset = filled([channels]) {
      for c in 0..<channels {
        $0[c] =
          -factor.pointer[c] * shiftGradient.pointer[c] * share
          - mean.pointer[c] * xFactor.pointer[c]
      }
    }
    let inputGradient = filled(x.shape) {
      combineRows(x.pointer, xFactor.pointer, offset.pointer, rows, channels, into: $0)
      addMultiple(of: gradient.pointer, factor.pointer, rows, channels, to: $0)
    }
    return [inputGradient, scaleGradient, shiftGradient]
  }
}

/// `result` ← `x`·`factor` + `offset`, the last two a number for each column.
private func combineRows(
  _ x: UnsafePointer<Float>, _ factor: UnsafePointer<Float>, _ offset: UnsafePointer<Float>,
  _ rows: Int, _ columns: Int, into result: UnsafeMutablePointer<Float>
) {
  forEachRow(rows, columns: columns) { row in
    let (x, result) = (x + row * columns, result + row * columns)
    for c in 0..<columns { result[c] = offset[c].addingProduct(x[c], factor[c]) }
  }
}

/// `result` ← `result` + `x`·`factor`, the last a number for each column.
private func addMultiple(
  of x: UnsafePointer<Float>, _ factor: UnsafePointer<Float>,
  _ rows: Int, _ columns: Int, to result: UnsafeMutablePointer<Float>
) {
  forEachRow(rows, columns: columns) { row in
    let (x, result) = (x + row * columns, result + row * columns)
    for c in 0..<columns { result[c].addProduct(x[c], factor[c]) }
  }
}
