/// The mean and the variance of each channel.
public struct ChannelMoments: Sendable {
  /// The means (C).
  public let mean: Tensor
  /// The biased variances (C): the mean squared deviations.
  public let variance: Tensor

  /// Moments with the given means and variances, both (C).
  public init(mean: Tensor, variance: Tensor) {
    self.mean = mean
    self.variance = variance
  }

  /// Computes the moments of each channel of `x` (N, …, C), N ≥ 1.
  public init(of x: Tensor) {
    let parts = BatchParts(of: x)
    let moments = ColumnMoments(parts: parts, columns: x.columns)
    parts.forEachRows(of: x) { part, rows in
      unsafe moments.add(x.pointer + rows.lowerBound * x.columns, rows: rows.count, to: part)
    }
    self.init(moments, channels: x.columns)
  }

  /// Computes the moments (C) of the rows that `collected` has accumulated.
  init(_ collected: ColumnMoments, channels: Int) {
    mean = Tensor(uninitialised: [channels])
    variance = Tensor(uninitialised: [channels])
    unsafe collected.result(mean: mean.pointer, variance: variance.pointer)
  }
}

/// Batch normalisation as in training (Ioffe and Szegedy 2015, arXiv:1502.03167): normalises by the
/// moments of the batch itself.
///
/// y = scale·(x − mean) / √(variance + ε) + shift, channel by channel. The gradient also flows
/// through the moments.
///
/// - Parameters:
///   - x: Features or images (N, …, C).
///   - moments: The moments of `x` if they are known already; computed if nil.
///   - scale: γ of the paper (C).
///   - shift: β of the paper (C).
///   - epsilon: ε, added to the variance.
/// - Returns: y, of the shape of `x`, and the moments of `x`.
public func normaliseByBatch(
  _ x: Tensor, moments: ChannelMoments? = nil, scale: Tensor, shift: Tensor, epsilon: Float
) -> (Tensor, ChannelMoments) {
  let moments = moments ?? ChannelMoments(of: x)
  let y = normalise(
    x, by: moments, scale: scale, shift: shift, epsilon: epsilon, momentsDependOnX: true)
  return (y, moments)
}

/// Batch normalisation as in evaluation: normalises by moments that do not depend on `x`.
///
/// The formula is that of ``normaliseByBatch(_:moments:scale:shift:epsilon:)``.
///
/// - Parameters:
///   - x: Features or images (N, …, C).
///   - moments: Constant moments, such as those of ``RunningStatistics``.
///   - scale: γ (C).
///   - shift: β (C).
///   - epsilon: ε, added to the variance.
/// - Returns: A tensor of the shape of `x`.
public func normalise(
  _ x: Tensor, by moments: ChannelMoments, scale: Tensor, shift: Tensor, epsilon: Float
) -> Tensor {
  normalise(
    x, by: moments, scale: scale, shift: shift, epsilon: epsilon, momentsDependOnX: false)
}

/// Normalises `x` (N, …, C) by moments (C), with `scale` and `shift` (C); the result has the shape of `x`.
///
/// The gradient flows through the moments if they depend on `x`.
private func normalise(
  _ x: Tensor, by moments: ChannelMoments, scale: Tensor, shift: Tensor, epsilon: Float,
  momentsDependOnX: Bool
) -> Tensor {
  let channels = x.columns
  let parts = BatchParts(of: x)
  let factors = NormalisationFactors(moments, scale: scale, shift: shift, epsilon: epsilon)
  require(
    factors.factor.count == channels,
    "Batch norm of \(factors.factor.count) channels does not fit the shape \(x.shape).")
  let source = unsafe factors.source(x, activation: .none)
  return unsafe materialised(source, shape: x.shape).recorded(from: [x, scale, shift]) { gradient in
    let sums = NormalisationGradientSums(factors, parts: parts)
    parts.forEachRows(of: x) { part, rows in
      let start = rows.lowerBound * channels
      unsafe sums.add(gradient.pointer + start, x.pointer + start, rows: rows.count, to: part)
    }
    let result = sums.result(rows: parts.rows(of: x), momentsDependOnX: momentsDependOnX)
    // A source has the addresses of its tensors, but does not keep them alive.
    let inputGradient = withExtendedLifetime(result) {
      unsafe x.needsGradient ? materialised(result.source(gradient, x), shape: x.shape) : nil
    }
    return [inputGradient, result.scale, result.shift]
  }
}

/// Computes all elements of `source` and stores them as a tensor of the given shape (N, …, C).
func materialised(_ source: ImageSource, shape: [Int]) -> Tensor {
  let result = Tensor(uninitialised: shape)
  let (rows, columns) = (result.rows, result.columns)
  Parallel.forEachRange(of: rows, parts: result.count < parallelThreshold ? 1 : 16) { _, range in
    unsafe source.read(
      from: range.lowerBound * columns, pixels: range.count, channels: columns,
      into: result.pointer + range.lowerBound * columns)
  }
  return result
}
