import Engine

/// Which of the mixed examples go through the network together, and so are normalised by the same
/// moments.
///
/// It matters more than it looks: networks that see labelled and unlabelled examples in batches of
/// their own learn moments that fit neither.
public enum BatchNormGroups: String, Codable, Sendable, CaseIterable {
  /// All of them. (The notebook shuffles them first; the moments of a batch do not depend on its
  /// order, and so nothing is shuffled here.) Guessing labels moves the running moments as well.
  case whole
  /// As in the paper's code: K + 1 groups, each with its share of the labelled and of the unlabelled
  /// examples; only the first moves the running moments, and guessing does not.
  case interleaved

  /// What runs through the network at once: some of the examples in ascending order.
  struct Group {
    let indices: [Int]
    let mode: Mode
  }

  /// The groups that `count` examples fall into.
  func groups(of count: Int, versions: Int) -> [Group] {
    switch self {
    case .whole: [Group(indices: Array(0..<count), mode: .training)]
    case .interleaved:
      (0...versions).map { group in
        Group(
          indices: Array(stride(from: group, to: count, by: versions + 1)),
          mode: group == 0 ? .training : .trainingFrozenStatistics)
      }
    }
  }

  /// How batch norm behaves while labels are guessed.
  var guessingMode: Mode { self == .whole ? .training : .trainingFrozenStatistics }
}
