import Engine

/// The division of the mixed examples into groups that batch norm normalises together.
///
/// The choice matters: with separate batches of labelled and unlabelled examples, the running statistics
/// fit neither.
public enum BatchNormGroups: String, Codable, Sendable, CaseIterable {
  /// All examples together, as in the notebook; guessing labels updates the running statistics too.
  ///
  /// The notebook shuffles the examples first. Batch statistics do not depend on the order, so they are
  /// not shuffled here. When labels are guessed, all versions of the unlabelled images are one group; in the notebook
  /// each version is a group of its own.
  case whole
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
    case .whole: [Group(indices: Array(0..<count), mode: .training)]
    case .interleaved:
      (0...versions).map { group in
        Group(
          indices: Array(stride(from: group, to: count, by: versions + 1)),
          mode: group == 0 ? .training : .trainingWithFrozenStatistics)
      }
    }
  }

  /// The mode in which the network guesses labels.
  var guessingMode: Mode { self == .whole ? .training : .trainingWithFrozenStatistics }

  /// Whether each version of the unlabelled images goes through the network by itself when labels are
  /// guessed, or all versions together.
  var guessesVersionsSeparately: Bool { self == .interleaved }
}
