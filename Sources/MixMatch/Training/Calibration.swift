import Engine

/// The agreement between the confidence of predictions and their accuracy (Guo et al. 2017, arXiv:1706.04599).
///
/// Predictions are sorted into bins of equal width by their confidence, the probability of the predicted class.
public struct Calibration: Sendable, Equatable {
  /// The bins with at least one prediction, in the order of their confidence.
  public let bins: [Bin]

  /// The predictions of similar confidence.
  public struct Bin: Sendable, Equatable {
    /// The number of predictions.
    public let count: Int
    /// The mean of their confidences.
    public let confidence: Double
    /// The share of them that are right.
    public let accuracy: Double
  }

  /// The calibration of predictions.
  ///
  /// - Parameters:
  ///   - confidences: The confidence of each prediction, from 0 to 1.
  ///   - isRight: Whether each prediction is right.
  ///   - binCount: The number of bins of equal width; 15 as in the paper.
  public init(confidences: [Float], isRight: [Bool], binCount: Int = 15) {
    require(
      confidences.count == isRight.count,
      "\(confidences.count) confidences do not fit \(isRight.count) predictions.")
    require(binCount >= 1, "A calibration needs at least one bin, not \(binCount).")
    require(
      confidences.allSatisfy { $0 >= 0 && $0 <= 1.001 },
      "A confidence is a number from 0 to 1, up to rounding.")
    var sums = Array(repeating: (count: 0, confidence: 0.0, right: 0), count: binCount)
    for (confidence, isRight) in zip(confidences, isRight) {
      // Bins are open on the left, as in the paper's code.
      let bin = Int((Double(confidence) * Double(binCount)).rounded(.up)) - 1
      let index = min(max(bin, 0), binCount - 1)
      sums[index].count += 1
      sums[index].confidence += Double(confidence)
      sums[index].right += isRight ? 1 : 0
    }
    bins = sums.filter { $0.count > 0 }.map { sum in
      Bin(
        count: sum.count, confidence: sum.confidence / Double(sum.count),
        accuracy: Double(sum.right) / Double(sum.count))
    }
  }

  /// The expected calibration error: the mean of |accuracy − confidence| over the bins, weighted by their
  /// numbers of predictions; 0 without predictions.
  public var expectedError: Double {
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return 0 }
    return bins.reduce(0) { $0 + Double($1.count) * abs($1.accuracy - $1.confidence) }
      / Double(total)
  }
}
