import Engine

/// The division of the mixed examples into groups that batch norm normalises together.
///
/// The choice matters: with separate batches of labelled and unlabelled examples, the running statistics
/// average over both kinds and may fit neither.
public enum BatchNormGroups: String, Codable, Sendable, CaseIterable {
  /// All examples together. When labels are guessed, all versions of the unlabelled images are one group, and update
  /// the running statistics too.
  case whole
  /// All examples together, as in the notebook. When labels are guessed, each version of the unlabelled images is a
  /// group of its own, and updates the running statistics too.
  ///
  /// The notebook shuffles the examples first. Batch statistics do not depend on the order, so they are not shuffled
  /// here.
  case versionsApart = "versions-apart"
  /// K + 1 groups, each with the same share of labelled and unlabelled examples, as in the paper's code;
  /// only the first group updates the running statistics. When labels are guessed, each version of the
  /// unlabelled images is a group of its own.
  case interleaved

  /// Examples that go through the network together, in ascending order.
  package struct Group {
    package let indices: [Int]
    package let mode: Mode
  }

  /// The groups of `count` examples.
  package func groups(of count: Int, versions: Int) -> [Group] {
    switch self {
    case .whole, .versionsApart: [Group(indices: Array(0..<count), mode: .training)]
    case .interleaved:
      (0...versions).map { group in
        Group(
          indices: Array(stride(from: group, to: count, by: versions + 1)),
          mode: group == 0 ? .training : .trainingWithFrozenStatistics)
      }
    }
  }

  /// The mode in which the network guesses labels.
  var guessingMode: Mode { self == .interleaved ? .trainingWithFrozenStatistics : .training }

  /// Whether each version of the unlabelled images goes through the network by itself when labels are
  /// guessed, or all versions together.
  var guessesVersionsSeparately: Bool { self != .whole }
}
