import Engine

/// Which examples mixup blends: the method's choice, and those that the paper's ablation holds
/// against it (its table 4).
public enum MixupPairing: String, Codable, Sendable, CaseIterable {
  /// Labelled and unlabelled ones, each with any other: MixMatch.
  case together
  /// Both, but each only with its own kind.
  case apart
  /// Labelled ones with each other; unlabelled ones stay as they are.
  case labelledOnly = "labelled-only"
  /// Unlabelled ones with each other; labelled ones stay as they are.
  case unlabelledOnly = "unlabelled-only"
  /// None.
  case none

  /// The partner of each of `labelled` + `unlabelled` examples, an index among them.
  func partners(_ labelled: Int, _ unlabelled: Int, random: inout RandomStream) -> [Int] {
    guard self != .together else { return random.permutation(of: labelled + unlabelled) }
    return random.permutation(of: labelled)
      + random.permutation(of: unlabelled).map { labelled + $0 }
  }

  /// The coefficients, with 1 for every example that is not to be mixed, the first `labelled` being
  /// those with labels.
  func restrict(_ λ: MixingCoefficients, to labelled: Int) -> MixingCoefficients {
    MixingCoefficients(
      λ.values.enumerated().map { index, λ in mixes(isLabelled: index < labelled) ? λ : 1 })
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
