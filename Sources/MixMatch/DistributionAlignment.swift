import Engine

/// Distribution alignment (ReMixMatch, Berthelot et al. 2020, arXiv:1911.09785, section 3.1): guessed labels
/// are scaled so that their mean over the unlabelled images approaches the mean of the labelled images'
/// labels.
///
///     q̃ᵢ = q̄ᵢ · p(i)/p̃(i), normalised
///
/// p is the running mean of the labels, and p̃ that of the guesses: exponential moving averages with the same decay.
/// (The authors' code uses a decay of 0.999 for the labels, and the mean over the last 128 batches for the guesses.) A
/// class that is guessed too rarely gets more probability, so that the network does not lose it to a similar class.
public struct DistributionAlignment: Sendable, Encodable {
  /// The weight of a batch in the running means is 1 − `decay`; 0.99 averages over about 100 batches.
  public var decay: Float = 0.99

  /// Alignment with a decay of 0.99.
  public init() {}
}

/// The running means of labels and guesses over the batches of a training run, both (classes) and uniform
/// before the first batch.
public final class ClassFrequencies: Module {
  private let labels, guesses: RunningStatistics
  private let decay: Float

  /// Uniform frequencies of `classes` classes.
  public init(classes: Int, decay: Float) {
    (labels, guesses) = (RunningStatistics(channels: classes), RunningStatistics(channels: classes))
    self.decay = decay
    let uniform = Tensor(repeating: 1 / Float(classes), shape: [classes])
    for means in [labels, guesses] {
      means.moments = ChannelMoments(mean: uniform, variance: means.moments.variance)
    }
  }

  /// The running means, as the means of two buffers, whose variances are not used.
  public var buffers: [NamedBuffer] { [("labels", labels), ("guesses", guesses)] }

  /// Scales guesses by the frequencies so far; no gradient flows to the guesses.
  ///
  /// - Parameter q̄: Guesses (N, classes) before sharpening.
  /// - Returns: Distributions (N, classes).
  func aligned(_ q̄: Tensor) -> Tensor {
    // A class that was never guessed has a frequency near zero.
    let tiny: Float = 1e-6
    let ratio = zip(labels.moments.mean.scalars, guesses.moments.mean.scalars).map {
      ($0 + tiny) / ($1 + tiny)
    }
    return q̄.mapRows { row in
      for i in row.indices { row[i] *= ratio[i] }
      let total = row.sum()
      for i in row.indices { row[i] /= total }
    }
  }

  /// Adds a batch to the running means.
  ///
  /// - Parameters:
  ///   - q̄: Guesses (N, classes) before alignment.
  ///   - p: The labels of the labelled images (M, classes).
  func add(guesses q̄: Tensor, labels p: Tensor) {
    labels.add(p, decay: decay)
    guesses.add(q̄, decay: decay)
  }
}

extension RunningStatistics {
  /// Moves the mean towards that of `rows` (N, classes).
  fileprivate func add(_ rows: Tensor, decay: Float) {
    let mean = decay * moments.mean + (1 - decay) * rows.detached.mean(axis: 0)
    moments = ChannelMoments(mean: mean, variance: moments.variance)
  }
}
