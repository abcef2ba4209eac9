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
    let moments = ColumnMoments(parts: 16, columns: x.columns)
    Parallel.forEachRange(of: x.rows) { part, range in
      moments.add(x.pointer + range.lowerBound * x.columns, rows: range.count, to: part)
    }
    self.init(moments, channels: x.columns)
  }

  init(_ collected: ColumnMoments, channels: Int) {
    mean = Tensor(uninitialised: [channels])
    variance = Tensor(uninitialised: [channels])
    collected.result(mean: mean.pointer, variance: variance.pointer)
  }
}

/// Batch normalisation in training (Ioffe and Szegedy 2015, arXiv:1502.03167): by the moments of
/// `x` itself, through which the gradient flows too.
///
/// y = scale·(x − mean) / √(variance + ε) + shift, channel by channel.
///
/// - Parameters:
///   - x: (N, …, C).
///   - moments: Those of `x`, where they are known already.
///   - scale: γ of the paper (C).
///   - shift: β of the paper (C).
///   - epsilon: ε.
/// - Returns: y of the shape of `x`, and the moments of `x`.
public func normaliseByBatch(
  _ x: Tensor, moments: ChannelMoments? = nil, scale: Tensor, shift: Tensor, epsilon: Float
) -> (Tensor, ChannelMoments) {
  let moments = moments ?? ChannelMoments(of: x)
  let y = normalise(
    x, by: moments, scale: scale, shift: shift, epsilon: epsilon, momentsFollowX: true)
  return (y, moments)
}

/// Batch normalisation in evaluation: by moments that do not depend on `x`, otherwise as
/// ``normaliseByBatch(_:moments:scale:shift:epsilon:)``.
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
  let factors = NormalisationFactors(moments, scale: scale, shift: shift, epsilon: epsilon)
  let source = factors.source(x, activation: .none)
  return materialized(source, shape: x.shape).recorded(from: [x, scale, shift]) { gradient in
    let sums = NormalisationGradientSums(factors, parts: 16)
    Parallel.forEachRange(of: rows) { part, range in
      let start = range.lowerBound * channels
      sums.add(gradient.pointer + start, x.pointer + start, rows: range.count, to: part)
    }
    let result = sums.result(rows: rows, momentsFollowX: momentsFollowX)
    let inputGradient =
      x.needsGradient ? materialized(result.source(gradient, x), shape: x.shape) : nil
    return [inputGradient, result.scale, result.shift]
  }
}

/// The numbers of a source, written down.
func materialized(_ source: ImageSource, shape: [Int]) -> Tensor {
  let result = Tensor(uninitialised: shape)
  let (rows, columns) = (result.rows, result.columns)
  Parallel.forEachRange(of: rows, parts: result.count < 1 << 15 ? 1 : 16) { _, range in
    source.read(
      from: range.lowerBound * columns, pixels: range.count, channels: columns,
      into: result.pointer + range.lowerBound * columns)
  }
  return result
}
