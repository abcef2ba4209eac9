import Engine

/// The choice of the pairs that mixup mixes: MixMatch's, and the alternatives of the paper's ablation (table 4).
public enum MixupPairing: String, Codable, Sendable, CaseIterable {
  /// Any example with any other, labelled or unlabelled: MixMatch.
  case together
  /// Labelled examples with labelled ones, unlabelled with unlabelled.
  case apart
  /// Labelled examples with each other; unlabelled examples stay unmixed.
  case labelledOnly = "labelled-only"
  /// Unlabelled examples with each other; labelled examples stay unmixed.
  case unlabelledOnly = "unlabelled-only"
  /// No example is mixed.
  case none

  /// The partner of each of `labelled` + `unlabelled` examples, as an index into them.
  func partners(_ labelled: Int, _ unlabelled: Int, random: inout RandomStream) -> [Int] {
    guard self != .together else { return random.permutation(of: labelled + unlabelled) }
    return random.permutation(of: labelled)
      + random.permutation(of: unlabelled).map { labelled + $0 }
  }

  /// The coefficients, set to 1 for every example that stays unmixed. The first `labelledCount` examples are
  /// the labelled ones.
  func withUnmixedAtOne(_ λ: MixingCoefficients, labelledCount: Int) -> MixingCoefficients {
    MixingCoefficients(
      λ.values.enumerated().map { index, λ in mixes(isLabelled: index < labelledCount) ? λ : 1 })
  }

  private func mixes(isLabelled: Bool) -> Bool {
    switch self {
    case .together, .apart: true
    case .labelledOnly: isLabelled
    case .unlabelledOnly: !isLabelled
    case .none: false
    }
  }
}
